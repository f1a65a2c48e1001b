import * as vscode from 'vscode';
import { bytesText } from '../core/session/view/figures.ts';
import type { App } from './app.ts';
import type { SessionHost } from './sessionHost.ts';

/** Sessions that the question names one by one. */
const mostNamed = 12;

/** Shows what the private state of a workspace folder's repository holds and takes, and removes it when the person says so. */
export async function prune({ host }: App): Promise<void> {
  const folder = await chosenFolder();
  if (folder === undefined) return;
  const engine = await host.engine();
  const kept = await engine.keptState(folder);
  if (kept.bytes === 0) return void vscode.window.showInformationMessage(`Bounded: ${engine.nothingKept}.`);
  const size = bytesText(kept.bytes);
  const works = await worksIn(host, kept.dir);
  const question = works ? `Close the session of this window and remove ${size} of private state?` : `Remove ${size} of private state?`;
  const detail = `${engine.keptLines(kept, mostNamed).join('\n')}\n\nAll of it is removed: every session, trace and checkpoint of this repository. Nothing can be rewound or continued after that.${kept.warning} Your work tree and your repository stay as they are.`;
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, 'Remove It')) === undefined) return;
  if (works) await host.close();
  try {
    await engine.removeState(folder, 'the editor');
  } finally {
    host.lookAgain();
  }
  void vscode.window.showInformationMessage(`Bounded: ${size} of private state were removed.`);
}

/** The folder of this window, or the one of several that the person picks: each may be another repository. */
async function chosenFolder(): Promise<string | undefined> {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  if (folders.length === 0) return void vscode.window.showInformationMessage('Bounded: open a folder first.');
  const items = folders.map(({ name, uri }) => ({ label: name, description: uri.fsPath }));
  const chosen = items.length === 1 ? items[0] : await vscode.window.showQuickPick(items, { title: 'Prune', placeHolder: 'Of which folder\'s repository? Nothing is removed before you have seen what there is.' });
  return chosen?.description;
}

/** Whether the session of this window has a root whose private state is at `dir`. */
async function worksIn(host: SessionHost, dir: string): Promise<boolean> {
  const { stateOf } = await host.engine();
  const states = await Promise.all((host.place?.roots ?? []).map(({ real }) => stateOf(real).catch(() => undefined)));
  return states.some((state) => state?.dir === dir);
}
