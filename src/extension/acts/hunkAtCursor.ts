import * as vscode from 'vscode';
import type { Intention } from '../../core/session/view.ts';
import type { App } from '../app.ts';
import { linesOfHunk, placedIn } from '../flags/placed.ts';
import type { Lines } from '../flags/placed.ts';
import type { SessionHost } from '../sessionHost.ts';

/** The intention to rewind the hunk of the session that the cursor is in, flagged or not; undefined where there is none. */
export async function hunkAtCursor({ host }: App): Promise<Intention | undefined> {
  const editor = vscode.window.activeTextEditor;
  const path = editor === undefined ? undefined : host.place?.pathOf(editor.document.uri);
  if (editor === undefined || path === undefined) return undefined;
  const [text, line] = [editor.document.getText(), editor.selection.active.line];
  return flaggedHunk(host, path, text, line) ?? (await anyHunk(host, path, text, line));
}

function flaggedHunk(host: SessionHost, path: string, text: string, line: number): Intention | undefined {
  const flags = host.session?.line.flags.filter((flag) => flag.path === path) ?? [];
  const placed = flags.flatMap((flag) => placedIn(text, flag)).find((one) => one.hunk !== undefined && covers(one, line));
  return placed?.hunk === undefined ? undefined : { type: 'rewind-hunk', flag: placed.flag.id, hunk: placed.hunk.id };
}

async function anyHunk(host: SessionHost, path: string, text: string, line: number): Promise<Intention | undefined> {
  if (host.held === undefined || host.session?.base === undefined) return undefined;
  const hunk = (await host.held.controller.hunks()).get(path)?.find((one) => {
    const lines = linesOfHunk(text, one);
    return lines !== undefined && covers(lines, line);
  });
  return hunk === undefined ? undefined : { type: 'rewind-path', path, hunk: hunk.id };
}

/** A hunk that only removed lines is at the line after them. */
function covers({ start, end }: Lines, line: number): boolean {
  return line >= start && line < Math.max(end, start + 1);
}
