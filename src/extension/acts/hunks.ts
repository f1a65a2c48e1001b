import * as vscode from 'vscode';
import type { HunkName } from '../../core/session/changes.ts';
import { isReviewed } from '../../core/session/listedHunk.ts';
import type { ListedHunk } from '../../core/session/listedHunk.ts';
import type { App } from '../app.ts';
import { shownHunks, touches } from '../hunks/placedHunks.ts';
import { openChange } from '../open/diffs.ts';
import { perform } from './perform.ts';

/** Marks the hunks at the cursor or in the selection; where there is none, a person picks from the list. */
export async function markHunks(app: App): Promise<void> {
  await mark(app, true);
}

export async function unmarkHunks(app: App): Promise<void> {
  await mark(app, false);
}

async function mark(app: App, reviewed: boolean): Promise<void> {
  const { session, hunks } = app.host;
  if (session === undefined) return;
  const open = hunks.filter((hunk) => isReviewed(session, hunk) !== reviewed);
  const chosen = here(app, open) ?? (await picked(app, open, reviewed ? 'Mark Hunks as Reviewed' : 'Unmark Hunks as Reviewed'));
  if (chosen.length > 0) await perform(app, { type: 'mark-hunks', hunks: chosen.map(named), reviewed });
}

/** Several hunks at once, in one rewind. */
export async function rewindHunks(app: App): Promise<void> {
  const chosen = await picked(app, app.host.hunks, 'Rewind Hunks');
  if (chosen.length > 0) await perform(app, { type: 'rewind-hunks', hunks: chosen.map(named) });
}

/** The next hunk, from the cursor on and round the files, that nobody has looked at. */
export async function nextUnreviewed(app: App): Promise<void> {
  const { session, hunks } = app.host;
  if (session === undefined) return;
  const [open, at] = [hunks.filter((hunk) => !isReviewed(session, hunk)), cursorOf(app)];
  const next = open.find((hunk) => at !== undefined && (hunk.path > at.path || (hunk.path === at.path && hunk.line > at.line))) ?? open[0];
  if (next === undefined) return void vscode.window.showInformationMessage(hunks.length === 0 ? 'Bounded: the session has changed nothing.' : 'Bounded: every hunk is marked as reviewed.');
  await openChange(app, next.path, next.hunk);
}

/** Hunks of the session that the selection of the active editor touches; undefined where the cursor is in none. */
export function here({ host }: App, hunks: readonly ListedHunk[]): readonly ListedHunk[] | undefined {
  const editor = vscode.window.activeTextEditor;
  const path = editor === undefined ? undefined : host.place?.pathOf(editor.document.uri);
  if (editor === undefined || path === undefined) return undefined;
  const shown = shownHunks(editor.document.getText(), hunks.filter((hunk) => hunk.path === path));
  const found = shown.filter((one) => editor.selections.some(({ start, end }) => touches(one, start.line, end.line)));
  return found.length === 0 ? undefined : found.map(({ hunk }) => hunk);
}

function cursorOf({ host }: App): { readonly path: string; readonly line: number } | undefined {
  const editor = vscode.window.activeTextEditor;
  const path = editor === undefined ? undefined : host.place?.pathOf(editor.document.uri);
  return editor === undefined || path === undefined ? undefined : { path, line: editor.selection.active.line + 1 };
}

interface HunkItem extends vscode.QuickPickItem {
  readonly of?: ListedHunk;
}

async function picked({ host }: App, hunks: readonly ListedHunk[], title: string): Promise<readonly ListedHunk[]> {
  const { session } = host;
  if (session === undefined || hunks.length === 0) {
    void vscode.window.showInformationMessage('Bounded: there is no such hunk.');
    return [];
  }
  const { madeBy } = await host.engine();
  const items = [...new Set(hunks.map((hunk) => hunk.path))].flatMap((path): HunkItem[] => [
    { label: path, kind: vscode.QuickPickItemKind.Separator },
    ...hunks.filter((hunk) => hunk.path === path).map((hunk): HunkItem => ({
      of: hunk, label: hunk.mode !== undefined ? `${path} (mode)` : hunk.lines === undefined ? path : `${path}:${hunk.line}`, description: `+${hunk.added} −${hunk.removed}${hunk.standing === 'in-scope' ? '' : ` · ${hunk.standing.replaceAll('-', ' ')}`}${isReviewed(session, hunk) ? ' · reviewed' : ''}`,
      detail: `${madeBy(session, hunk)} · ${(hunk.lines?.lines ?? []).slice(0, 2).map((line) => line.replace(/^([-+])\s+/, '$1 ')).join('   ')}`,
    })),
  ]);
  const chosen = await vscode.window.showQuickPick(items, { title, canPickMany: true, matchOnDescription: true, matchOnDetail: true, placeHolder: 'Space picks, Enter goes on' });
  return (chosen ?? []).flatMap(({ of }) => of ?? []);
}

const named = ({ path, hunk }: ListedHunk): HunkName => ({ path, hunk });
