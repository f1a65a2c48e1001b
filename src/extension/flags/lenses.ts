import * as vscode from 'vscode';
import type { FlagStore } from './flagStore.ts';
import { actionsFor, rangeOf, standingOf } from './words.ts';

/** Above each flagged hunk: what it is, and what can be done about it. */
export class FlagLenses implements vscode.CodeLensProvider {
  readonly #flags: FlagStore;
  readonly onDidChangeCodeLenses: vscode.Event<void>;

  constructor(flags: FlagStore) {
    this.#flags = flags;
    this.onDidChangeCodeLenses = flags.onChange;
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    return this.#flags.at(document.uri).flatMap((placed) => {
      const range = rangeOf(placed, document.lineCount);
      const label = { title: `$(warning) ${standingOf(placed.flag)}`, tooltip: placed.flag.cause, command: '' };
      return [label, ...actionsFor(placed).map(({ title, command, given }) => ({ title, command, arguments: [given] }))].map((command) => new vscode.CodeLens(range, command));
    });
  }
}
