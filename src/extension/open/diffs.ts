import * as vscode from 'vscode';
import type { Blob, FileDiff, Path, TreeId } from '../../core/session/changes.ts';
import { evictedAt } from '../../core/session/retention.ts';
import type { App } from '../app.ts';
import type { Place } from '../place.ts';
import type { Shown } from '../sessionHost.ts';
import { changeOf, netChanges } from '../changes.ts';
import { plain } from '../plain.ts';
import { blobUri } from './contents.ts';

type Row = [vscode.Uri, vscode.Uri | undefined, vscode.Uri | undefined];

/** What the session has changed, base against the work tree, in the multi-file diff editor. */
export async function openDiff({ host }: App): Promise<void> {
  const { shown } = host;
  if (shown === undefined) return;
  const changes = netChanges(shown.session);
  if (changes.length === 0) return void vscode.window.showInformationMessage('Bounded: the session has changed no file.');
  await show(`Bounded: ${shown.session.name} against its base`, changes.map((change) => againstWorkTree(shown.place, change)));
}

/** The base against the content that the verdict is of, both as they were: also where the work tree has changed since. */
export async function openVerdictDiff({ host: { shown, held } }: App): Promise<void> {
  const { base, verdict, name } = shown?.session ?? {};
  if (shown === undefined || held === undefined || base === undefined || verdict === undefined) return void vscode.window.showInformationMessage('Bounded: there is no verdict yet.');
  const changes = await held.workspace.diff(base.tree, verdict.tree);
  if (changes.length === 0) return void vscode.window.showInformationMessage('Bounded: the verdict is of the base; no file differs.');
  await show(`Bounded: ${name}, base against the measured tree ${verdict.tree.slice(0, 7)}`, changes.map((change) => betweenTrees(shown.place, change)));
}

/** One file, what it was at the base against the work tree. `given` is a row of the Source Control view, or has its path. */
export async function openFileDiff({ host: { shown } }: App, given?: unknown): Promise<void> {
  const path = typeof given === 'object' && given !== null && 'path' in given ? given.path : undefined;
  if (shown !== undefined && typeof path === 'string') await showFileDiff(shown, path);
}

/** One file of the session's change, at one hunk of it where one is named. */
export async function openChange({ host: { shown, hunks } }: App, path: Path, hunk?: string): Promise<void> {
  const line = hunks.find((one) => one.path === path && one.hunk === hunk)?.line;
  if (shown !== undefined) await showFileDiff(shown, path, line);
}

/** `line` from 1. */
async function showFileDiff(shown: Shown, path: Path, line?: number): Promise<void> {
  const at = line === undefined ? {} : { selection: new vscode.Range(line - 1, 0, line - 1, 0) };
  const change = changeOf(shown.session, path);
  if (change === undefined || (change.before === undefined && change.after === undefined)) return void vscode.window.showInformationMessage(plain(`Bounded: nothing of the session is left in ${path}.`));
  const [uri, before, after] = againstWorkTree(shown.place, change);
  if (before === undefined) return void (await vscode.window.showTextDocument(uri, at));
  if (after === undefined) return void (await vscode.window.showTextDocument(before));
  await vscode.commands.executeCommand('vscode.diff', before, after, `${path} (base against work tree)`, at);
}

/** What one phase has changed: its boundary against the boundary before that still has its checkpoint, or the base. */
export async function openBoundaryDiff({ host }: App, boundary: string): Promise<void> {
  const { shown, held } = host;
  if (shown === undefined || held === undefined) return;
  const { boundaries } = shown.session.line;
  const at = boundaries.findIndex((one) => one.id === boundary);
  const to = boundaries[at]?.tree;
  const before = boundaries.slice(0, Math.max(0, at)).findLast((one) => evictedAt(shown.session, one) === undefined);
  const from: TreeId | undefined = before?.tree ?? shown.session.base?.tree;
  if (to === undefined || from === undefined) return;
  const changes = await held.workspace.diff(from, to);
  if (changes.length === 0) return void vscode.window.showInformationMessage(`Bounded: ${boundary} changed no file.`);
  await show(`Bounded: ${boundary}`, changes.map((change) => betweenTrees(shown.place, change)));
}

function againstWorkTree(place: Place, { path, before, after }: Pick<FileDiff, 'path' | 'before' | 'after'>): Row {
  const uri = place.uri(path);
  return [uri, side(place, path, before), after === undefined ? undefined : uri];
}

function betweenTrees(place: Place, { path, before, after }: Pick<FileDiff, 'path' | 'before' | 'after'>): Row {
  return [place.uri(path), side(place, path, before), side(place, path, after)];
}

function side(place: Place, path: Path, blob: Blob | undefined): vscode.Uri | undefined {
  return blob === undefined ? undefined : blobUri(place, path, blob);
}

async function show(title: string, rows: readonly Row[]): Promise<void> {
  await vscode.commands.executeCommand('vscode.changes', title, rows);
}
