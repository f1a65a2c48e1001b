import * as vscode from 'vscode';
import { bytesText } from '../core/session/view/figures.ts';
import type { App } from './app.ts';

/** Sessions that the question names one by one. */
const mostNamed = 12;

/** Shows what the private state of the workspace's repository holds and takes, and removes it when the person says so. */
export async function prune({ host }: App): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file');
  if (folder === undefined) return void vscode.window.showInformationMessage('Bounded: open a folder first.');
  const engine = await host.engine();
  const kept = await engine.keptState(folder.uri.fsPath);
  if (kept.bytes === 0) return void vscode.window.showInformationMessage(`Bounded: ${engine.nothingKept}.`);
  const size = bytesText(kept.bytes);
  const question = host.held === undefined ? `Remove ${size} of private state?` : `Close the session of this window and remove ${size} of private state?`;
  const detail = `${engine.keptLines(kept, mostNamed).join('\n')}\n\nAll of it is removed: every session, trace and checkpoint of this repository. Nothing can be rewound or continued after that.${kept.warning} Your work tree and your repository stay as they are.`;
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, 'Remove It')) === undefined) return;
  await host.close();
  try {
    await engine.removeState(folder.uri.fsPath, 'the editor');
  } finally {
    host.lookAgain();
  }
  void vscode.window.showInformationMessage(`Bounded: ${size} of private state were removed.`);
}
