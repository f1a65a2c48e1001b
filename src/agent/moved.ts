import { standingsIn } from '../core/guard/standing.ts';
import type { BesideChange, FileDiff, Path } from '../core/session/changes.ts';
import type { Session } from '../core/session/session.ts';
import { canComeBack } from './beside.ts';

/**
 * New files outside of the scope, after a call that left less than there was where no checkpoint looks: in a folder of git (`gone`: those that are not
 * there) or in what is left out (`besides`). They may be what is missing there, which no rewind brings back; so none takes them away: they count as the
 * user's. Pure.
 */
export function maybeMoved(session: Session, diffs: readonly FileDiff[], besides: readonly BesideChange[], gone: readonly Path[]): readonly FileDiff[] {
  const { phase } = session.line;
  if (phase === undefined || (gone.length === 0 && !besides.some(isLess))) return [];
  const standingAt = standingsIn(session, phase);
  return diffs.filter((diff) => diff.before === undefined && standingAt(diff.path).standing !== 'in-scope');
}

/** Whether of something that no checkpoint holds less is there than was. */
export function isLess(change: BesideChange): boolean {
  const { before, after } = change;
  return before !== undefined && !canComeBack(change) && (after === undefined || filesIn(after) < filesIn(before));
}

/** How many files a word of `Capture.beside` tells of, as that for a large ignored folder does. */
const filesIn = (word: string): number => Number(/^(\d+) files /.exec(word)?.[1] ?? 0);
