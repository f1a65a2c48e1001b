import * as vscode from 'vscode';
import type { FlagStore } from './flagStore.ts';
import { rangeOf, sentenceOf } from './words.ts';

/** Open flags in the Problems view. */
export function showProblems(flags: FlagStore): vscode.Disposable {
  const problems = vscode.languages.createDiagnosticCollection('bounded');
  const refresh = (): void => {
    problems.clear();
    problems.set(flags.files.map(({ uri, hunks }) => [uri, hunks.map((placed) => {
      const problem = new vscode.Diagnostic(rangeOf(placed, Number.MAX_SAFE_INTEGER), sentenceOf(placed.flag), vscode.DiagnosticSeverity.Warning);
      problem.source = 'bounded';
      problem.code = placed.flag.standing;
      return problem;
    })]));
  };
  refresh();
  return vscode.Disposable.from(problems, flags.onChange(refresh));
}
