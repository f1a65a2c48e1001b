import type { FileDiff, Path, TreeId, Write } from '../core/session/changes.ts';
import type { Capture } from './ports.ts';
import type { Run } from './run.ts';

/** The call whose changes are measured. */
export interface Cause {
  readonly call: string;
  readonly by: 'tool' | 'command';
  readonly title: string;
  readonly before: TreeId;
  /** What lay beside the tree before the call; absent where nobody looked. */
  readonly beside?: Capture['beside'];
  /** What a file tool was allowed to put at a path; `null`: nothing. */
  readonly allowed?: { readonly path: Path; readonly content: string | null };
  /** Nothing but what file tools wrote may be the call's: only that is looked at. */
  readonly narrow?: boolean;
  /** Also the user may have made any of these changes, except those of `own`. */
  readonly maybeUser?: boolean;
  readonly own?: ReadonlySet<Path>;
}

/** A difference as an entry of the write set. */
export function writeOf(run: Run, diff: FileDiff, cause: Cause): Write {
  const { session } = run.recorder;
  return { ...diff, by: cause.by, call: cause.call, phase: session.line.phase ?? '', attempt: session.line.attempt, turn: session.spent.turns };
}
