import * as vscode from 'vscode';
import type { Flag } from '../../core/session/session.ts';
import type { FlagGiven } from '../acts/flags.ts';
import type { PlacedHunk } from './placed.ts';

/** What a flag is called where there is room for a few words. */
export function standingOf({ standing }: Flag): string {
  switch (standing) {
    case 'out-of-scope': return 'Out of scope';
    case 'oracle-protected': return 'Part of the oracle';
    case 'over-budget': return 'Over the diff budget';
    case 'in-scope': case 'user': return 'Flagged';
  }
}

/** A flag in one sentence. */
export function sentenceOf(flag: Flag): string {
  const { before, after } = flag.beside ?? flag.write;
  const what = after === undefined ? 'deleted' : before === undefined ? 'created' : 'changed';
  const who = flag.maybeUser ? ' You saved this file meanwhile, so it may be your change.' : '';
  return `${standingOf(flag)}: ${what} by ${flag.cause}.${who}`;
}

/** Lines of a document that stand for a placed hunk: where lines were only removed, the line that follows them. */
export function rangeOf({ start, end }: PlacedHunk, lineCount: number): vscode.Range {
  const last = Math.max(0, lineCount - 1);
  const first = Math.min(start, last);
  return new vscode.Range(first, 0, Math.max(first, Math.min(end - 1, last)), Number.MAX_SAFE_INTEGER);
}

export interface FlagAction {
  readonly title: string;
  readonly command: string;
  readonly given: FlagGiven;
}

/** What can be done about a placed hunk, least first. */
export function actionsFor({ flag, hunk }: PlacedHunk): readonly FlagAction[] {
  return [
    ...(hunk === undefined ? [] : [{ title: 'Rewind hunk', command: 'bounded.rewindHunk', given: { flag: flag.id, hunk: hunk.id } }]),
    { title: 'Rewind file', command: 'bounded.rewindFile', given: { flag: flag.id } },
    { title: 'Allow by amendment', command: 'bounded.allowFlag', given: { flag: flag.id } },
  ];
}
