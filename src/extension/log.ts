import * as vscode from 'vscode';

let channel: vscode.LogOutputChannel | undefined;

/** The output channel "Bounded"; made when the first line is written. */
export function log(): vscode.LogOutputChannel {
  channel ??= vscode.window.createOutputChannel('Bounded', { log: true });
  return channel;
}

/** An error as one sentence for people. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
