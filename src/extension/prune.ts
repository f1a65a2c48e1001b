import * as vscode from 'vscode';
import type { App } from './app.ts';

/** Shows what the private state of the workspace's repository takes, and removes it when the person says so. */
export async function prune({ host }: App): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file');
  if (folder === undefined) return void vscode.window.showInformationMessage('Bounded: open a folder first.');
  const engine = await host.engine();
  const { dir, bytes, warning } = await engine.sizeOfState(folder.uri.fsPath);
  const size = `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
  const question = host.held === undefined ? `Remove ${size} of private state?` : `Close the session of this window and remove ${size} of private state?`;
  const detail = `${dir}\n\nEvery session, trace and checkpoint of this repository is removed. Nothing can be rewound or continued after that.${warning} Your work tree and your repository stay as they are.`;
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, 'Remove It')) === undefined) return;
  await host.close();
  await engine.removeState(folder.uri.fsPath, 'the editor');
  void vscode.window.showInformationMessage(`Bounded: ${size} of private state were removed.`);
}
