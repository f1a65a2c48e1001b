import * as vscode from 'vscode';
import type { Problem } from '../core/contract/contract.ts';
import { log, messageOf } from './log.ts';
import { plain } from './plain.ts';

/** Tells a person why something did not happen, with the next step where there is one. Never rejects. */
export async function explain(error: unknown, contract?: vscode.Uri): Promise<void> {
  const message = plain(messageOf(error));
  if (error instanceof Error && error.name === 'StartRefusal') log().warn(message);
  else log().error(error instanceof Error ? error : message);
  const [first, ...more] = problemsOf(error);
  if (first !== undefined && contract !== undefined) return showProblem(message, contract, first, more.length);
  await vscode.window.showErrorMessage(`Bounded: ${message}`);
}

async function showProblem(message: string, contract: vscode.Uri, problem: Problem, more: number): Promise<void> {
  const text = plain(`Bounded: ${message}. Line ${problem.line}: ${problem.message}${more > 0 ? ` (and ${more} more)` : ''}`);
  if ((await vscode.window.showErrorMessage(text, 'Go to Line')) === undefined) return;
  const at = new vscode.Position(problem.line - 1, problem.column - 1);
  await vscode.window.showTextDocument(contract, { selection: new vscode.Range(at, at) });
}

/** The problems of the contract that a refusal to start carries. */
function problemsOf(error: unknown): readonly Problem[] {
  return error instanceof Error && 'problems' in error && Array.isArray(error.problems) ? (error.problems as readonly Problem[]) : [];
}
