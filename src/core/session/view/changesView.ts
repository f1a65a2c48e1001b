import type { Path } from '../changes.ts';
import { isReviewed } from '../listedHunk.ts';
import type { ListedHunk } from '../listedHunk.ts';
import { byPath } from '../ofPath.ts';
import type { Session } from '../session.ts';
import type { ChangedFileRow, ChangesView, HunkRow } from '../view.ts';

/** More are no view of anything: the list of all is asked for. */
const filesShown = 100;

/** The session's change by file and hunk, and what of it a person has looked at; undefined where it has changed nothing. */
export function changesView(session: Session, hunks: readonly ListedHunk[]): ChangesView | undefined {
  if (hunks.length === 0) return undefined;
  const paths = [...byPath(hunks)];
  const files = paths.slice(0, filesShown).map(([path, own]) => fileRow(session, path, own));
  return { total: hunks.length, reviewed: hunks.filter((hunk) => isReviewed(session, hunk)).length, files, more: paths.length - files.length };
}

function fileRow(session: Session, path: Path, hunks: readonly ListedHunk[]): ChangedFileRow {
  const sum = (side: 'added' | 'removed'): number => hunks.reduce((total, hunk) => total + hunk[side], 0);
  return { path, what: hunks[0]?.what ?? 'changed', added: sum('added'), removed: sum('removed'), hunks: hunks.map((hunk) => hunkRow(session, hunk)) };
}

function hunkRow(session: Session, hunk: ListedHunk): HunkRow {
  const { line, added, removed, standing } = hunk;
  return { hunk: hunk.hunk, line, added, removed, standing, by: madeBy(session, hunk), reviewed: isReviewed(session, hunk), ...(hunk.lines === undefined && hunk.mode === undefined ? { whole: true } : {}), ...(hunk.mode === undefined ? {} : { mode: modeWords(hunk.mode) }) };
}

/** Of a file with parts of text the mode can only have gained or lost its execution. */
const modeWords = (before: string): string => (before === '100755' ? 'not executable any more' : 'made executable');

/** Tool, turn and phase of the write that made it last, and whether the user has a part in it. */
export function madeBy({ calls }: Pick<Session, 'calls'>, { writes, users }: Pick<ListedHunk, 'writes' | 'users'>): string {
  const last = writes.at(-1);
  if (last === undefined) return 'you';
  const tool = last.by === 'rewind' ? 'a rewind' : calls.find((call) => call.call === last.call)?.tool ?? last.by;
  return [`${tool}${users ? ' and you' : ''}`, `turn ${last.turn}`, last.phase].filter((part) => part !== '').join(' · ');
}
