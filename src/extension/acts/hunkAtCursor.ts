import * as vscode from 'vscode';
import type { Intention } from '../../core/session/view.ts';
import type { App } from '../app.ts';
import { placedIn } from '../flags/placed.ts';
import { touches } from '../hunks/placedHunks.ts';
import type { SessionHost } from '../sessionHost.ts';
import { here } from './hunks.ts';

/** The intention to rewind the hunk of the session that the cursor is in, flagged or not, or all that are selected; undefined where there is none. */
export async function hunkAtCursor(app: App): Promise<Intention | undefined> {
  const editor = vscode.window.activeTextEditor;
  const path = editor === undefined ? undefined : app.host.place?.pathOf(editor.document.uri);
  if (editor === undefined || path === undefined) return undefined;
  const flagged = editor.selection.isSingleLine ? flaggedHunk(app.host, path, editor.document.getText(), editor.selection.active.line) : undefined;
  return flagged ?? (await anyHunks(app));
}

function flaggedHunk(host: SessionHost, path: string, text: string, line: number): Intention | undefined {
  const flags = host.session?.line.flags.filter((flag) => flag.path === path) ?? [];
  const placed = flags.flatMap((flag) => placedIn(text, flag)).find((one) => one.hunk !== undefined && touches(one, line, line));
  return placed?.hunk === undefined ? undefined : { type: 'rewind-hunk', flag: placed.flag.id, hunk: placed.hunk.id };
}

async function anyHunks(app: App): Promise<Intention | undefined> {
  if (app.host.held === undefined || app.host.session?.base === undefined) return undefined;
  const found = here(app, await app.host.held.controller.hunks());
  return found === undefined ? undefined : { type: 'rewind-hunks', hunks: found.map(({ path, hunk }) => ({ path, hunk })) };
}
