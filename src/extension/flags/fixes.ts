import * as vscode from 'vscode';
import type { FlagStore } from './flagStore.ts';
import { actionsFor, rangeOf } from './words.ts';

/** Quick fixes of the problems that flags are. */
export class FlagFixes implements vscode.CodeActionProvider {
  static readonly kinds = [vscode.CodeActionKind.QuickFix];
  readonly #flags: FlagStore;

  constructor(flags: FlagStore) {
    this.#flags = flags;
  }

  provideCodeActions(document: vscode.TextDocument, asked: vscode.Range, context: vscode.CodeActionContext): vscode.CodeAction[] {
    const here = this.#flags.at(document.uri).filter((placed) => rangeOf(placed, document.lineCount).intersection(asked) !== undefined);
    return here.flatMap((placed) => actionsFor(placed).map(({ title, command, given }, index) => {
      const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
      action.command = { title, command, arguments: [given] };
      action.diagnostics = context.diagnostics.filter((one) => one.source === 'bounded' && one.range.start.line === placed.start);
      action.isPreferred = index === 0 && placed.hunk !== undefined;
      return action;
    }));
  }
}
