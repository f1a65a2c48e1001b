import type { BesideChange, Path } from '../core/session/changes.ts';
import type { MaybeMoved } from '../core/session/facts.ts';
import { ofPath } from '../core/session/ofPath.ts';
import type { Flag, Session } from '../core/session/session.ts';
import { someOf } from '../core/session/someOf.ts';
import { type Cause, writeOf } from './cause.ts';
import { type ControlShare, isControlChange } from './control.ts';
import { raise } from './flags.ts';
import { seeControl } from './look.ts';
import { tellMoved } from './moved.ts';
import type { Capture } from './ports.ts';
import type { Run } from './run.ts';
import { openStrayGate } from './strayGate.ts';

/** Flags what a call did to the files that steer git, asks about what no flag can hold, and records what was seen. `moved`: new files that may be what is missing. Answers sentences for the model. */
export async function seeSteering(run: Run, capture: Capture, control: ControlShare, cause: Cause, moved?: MaybeMoved): Promise<readonly string[]> {
  // The questions first: a crash in between must not lose them.
  const told = await gateControl(run, cause.title, control.reported, moved);
  await flagControl(run, cause, unflagged(run.recorder.session, cause.call), control.unsure);
  await seeControl(run, capture, { during: cause.call });
  return told;
}

/** Changes of git's control files that Bounded cannot bring back, or of which nobody knows whose they are: a person is asked. */
async function gateControl(run: Run, title: string, changed: readonly Path[], moved: MaybeMoved | undefined): Promise<readonly string[]> {
  if (changed.length === 0) return [];
  await openStrayGate(run, `Files that steer git changed while ${title} ran: ${someOf(changed)}. They count as yours, and Bounded does not rewind them.${tellMoved(moved, changed, 'yours')} Go on?`);
  return [`Files that steer git changed: ${someOf(changed)}.${tellMoved(moved, changed, 'the user\'s')} The user decides what happens.`];
}

/** What a call did to control files and no flag names yet, also what was recorded before a crash. */
function unflagged({ line }: Session, call: string): readonly BesideChange[] {
  return line.beside.filter((change) => change.call === call && isControlChange(change) && !ofPath(line.flags, change.path).some((flag) => flag.beside?.call === call));
}

/** No contract allows a command to steer git: each control file that it changed is flagged, unless it only has put back what it had flagged before. */
function flagControl(run: Run, cause: Cause, sure: readonly BesideChange[], unsure: readonly BesideChange[]): Promise<unknown> {
  const { line } = run.recorder.session;
  const isBack = ({ path, after }: BesideChange): boolean => {
    const open = ofPath(line.flags, path).find((flag) => flag.outcome === undefined);
    return open?.beside !== undefined && open.beside.before === after;
  };
  const flagOf = (change: BesideChange, maybeUser: boolean): Flag => {
    const write = writeOf(run, { path: change.path, added: 0, removed: 0, binary: true }, cause);
    return { id: run.ports.clock.id(), path: change.path, standing: 'out-of-scope', write, hunks: [], cause: cause.title, maybeUser, beside: change };
  };
  const flags = [...sure.filter((change) => !isBack(change)).map((change) => flagOf(change, false)), ...unsure.filter((change) => !isBack(change)).map((change) => flagOf(change, true))];
  return raise(run, flags);
}
