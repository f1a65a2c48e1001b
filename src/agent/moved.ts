import { standingOf } from '../core/guard/standing.ts';
import type { BesideChange, FileDiff, Path } from '../core/session/changes.ts';
import type { Session } from '../core/session/session.ts';
import { canComeBack } from './beside.ts';

/**
 * New files outside of the scope, after a call that changed something that was there and that no checkpoint holds: a folder of git (`gone`: those
 * that are not there) or what is left out (`besides`). They may be what is missing there, which no rewind brings back; so none takes them away: they count as
 * the user's. Pure.
 */
export function maybeMoved(session: Session, diffs: readonly FileDiff[], besides: readonly BesideChange[], gone: readonly Path[]): readonly FileDiff[] {
  const { phase } = session.line;
  if (phase === undefined || (gone.length === 0 && !besides.some((change) => change.before !== undefined && !canComeBack(change)))) return [];
  return diffs.filter((diff) => diff.before === undefined && standingOf(session, phase, diff.path).standing !== 'in-scope');
}
