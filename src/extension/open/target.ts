import * as vscode from 'vscode';
import type { OpenTarget } from '../../core/protocol.ts';
import type { App } from '../app.ts';
import { placedIn } from '../flags/placed.ts';
import type { Shown } from '../sessionHost.ts';
import { artifactUri, traceUri } from './contents.ts';
import { openBoundaryDiff, openChange, openDiff, openFileDiff, openVerdictDiff } from './diffs.ts';

type Report = Extract<OpenTarget, { kind: 'report' }>['file'];

/** Shows in an editor what a person asked for. */
export async function open(app: App, target: OpenTarget): Promise<void> {
  const { shown } = app.host;
  if (shown === undefined) return;
  switch (target.kind) {
    case 'flag': return openFlag(app, shown, target.flag);
    case 'artifact': return showDocument(artifactUri(target.id));
    case 'report': return openReport(app, target.file);
    case 'contract': return showDocument(shown.place.uri(shown.session.contractFile));
    case 'diff': return openDiff(app);
    case 'verdict-diff': return openVerdictDiff(app);
    case 'change': return openChange(app, target.path, target.hunk);
    case 'hunks': return (await import('../acts/hunks.ts')).rewindHunks(app);
    case 'conflict': return (await import('../conflicts/resolve.ts')).openConflict(app, target.rewind, target.path);
    case 'boundary-diff': return openBoundaryDiff(app, target.boundary);
  }
}

/** A page for people of the session, as it is drawn and not as it is written. */
export async function openReport({ host }: App, file: Report): Promise<void> {
  const { shown } = host;
  if (shown === undefined) return;
  const uri = shown.place.uri(`.bounded/${shown.session.name}/${file}`);
  if (!(await exists(uri))) return void vscode.window.showInformationMessage(`Bounded: there is no ${file} yet.`);
  await vscode.commands.executeCommand('markdown.showPreview', uri);
}

export async function openTrace({ host }: App): Promise<void> {
  if (host.session !== undefined) await showDocument(traceUri(host.session));
}

async function openFlag(app: App, shown: Shown, id: string): Promise<void> {
  const flag = shown.session.line.flags.find((one) => one.id === id);
  if (flag === undefined) return;
  const uri = shown.place.uri(flag.path);
  if (flag.beside !== undefined && (await exists(uri))) return showDocument(uri);
  if (flag.outcome !== undefined || flag.write.after === undefined || flag.write.binary || !(await exists(uri))) return openFileDiff(app, { path: flag.path });
  const document = await vscode.workspace.openTextDocument(uri);
  const at = new vscode.Position(placedIn(document.getText(), flag)[0]?.start ?? 0, 0);
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at) });
}

async function showDocument(uri: vscode.Uri): Promise<void> {
  await vscode.window.showTextDocument(uri);
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(() => true, () => false);
}
