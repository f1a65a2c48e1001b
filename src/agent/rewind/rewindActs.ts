import type { HunkName } from '../../core/session/changes.ts';
import { filesChanged } from '../../core/session/filesChanged.ts';
import { flagsToRewind, openFlags } from '../../core/session/line.ts';
import type { Flag } from '../../core/session/session.ts';
import { shownPath } from '../../core/session/shownPath.ts';
import { describeRestored, movedInWords, type Acted } from '../acted.ts';
import { inverse, planBeside } from '../beside.ts';
import { settle } from '../flags.ts';
import { movedIn } from '../moved.ts';
import type { RestoreOutcome } from '../ports.ts';
import { writeReports } from '../reports.ts';
import { resolveConflict, type Resolution } from '../resolve.ts';
import { backAgain, rewindFile, rewindFlags, rewindToBoundary, rewindWrites, writesOfPath } from './rewind.ts';
import { noSuchHunk, rewindHunk, rewindListed, settleFlags } from './rewindHunks.ts';
import { notSaved } from './restoreRounds.ts';
import { rewindProblem } from './sinceBoundary.ts';
import type { Run } from '../run.ts';
import { redoRewind, undoRewind } from './undoRewind.ts';
import { verdictAnew } from '../verdictAnew.ts';

/*
 * What a person takes back and brings back. Each answers what came of it; what a person can get wrong is an answer, too.
 */

export async function takeBackTo(run: Run, to: string): Promise<Acted> {
  const problem = rewindProblem(run.recorder.session, to);
  if (problem !== undefined) return { ok: false, message: problem };
  const rewind = await rewindToBoundary(run, to);
  await writeReports(run);
  const moved = await movedIn(run, [rewind.tree]);
  return { ok: rewind.left.length === 0, message: `${describeRestored(filesChanged(rewind), rewind.left, rewind.moved)}${rewind.notHeld === undefined ? '' : `; not in any checkpoint, and still there: ${rewind.notHeld.join(', ')}`}${moved === undefined ? '' : `; left as yours: ${moved}`}` };
}

/** A flagged file, or one hunk of it. */
export async function takeBackFlagged(run: Run, id: string, hunkId?: string): Promise<Acted> {
  const flag = run.recorder.session.line.flags.find((one) => one.id === id && one.outcome === undefined);
  if (flag === undefined) return { ok: false, message: 'this flag is not open any more' };
  const hunk = flag.hunks.find((one) => one.id === hunkId);
  if (hunkId !== undefined && hunk === undefined) return { ok: false, message: noSuchHunk(flag.path) };
  const done = hunk === undefined ? await rewindFile(run, flag) : await rewindHunk(run, flag.write, hunk);
  if (typeof done === 'string') return { ok: false, message: done };
  if (done !== undefined && done.left.length > 0) return { ok: false, message: describeRestored(0, done.left) };
  const gone = hunk === undefined || flag.hunks.length === 1 ? openOf(run, flag.path).filter((one) => hunk === undefined || one.id === id) : [];
  await settle(run, gone.map((one) => ({ flag: one.id, how: done === undefined ? 'restored' : 'rewound' })));
  // The last of several hunks takes the flag with it.
  if (hunk !== undefined) await settleFlags(run, [flag.path]);
  await writeReports(run);
  return { ok: true, message: done === undefined ? nothingLeft(flag.path) : `${shownPath(flag.path)} was rewound${movedInWords(done.moved)}` };
}

/** Every flagged file, as far as it is the session's for certain, in one rewind. */
export async function takeBackAllFlagged(run: Run): Promise<Acted> {
  const { line } = run.recorder.session;
  const flags = flagsToRewind(line);
  if (flags.length === 0) return { ok: false, message: openFlags(line).length === 0 ? 'no flag is open' : 'what is flagged may be yours; rewind it file by file' };
  const done = await rewindFlags(run, flags, 'person');
  const paths = new Set(flags.map(({ path }) => path));
  const back = done === undefined ? paths : backAgain(done);
  await settle(run, openFlags(run.recorder.session.line).filter(({ path }) => paths.has(path) && back.has(path)).map(({ id }) => ({ flag: id, how: done === undefined ? 'restored' : 'rewound' })));
  await writeReports(run);
  if (done === undefined) return { ok: true, message: 'everything that was flagged is already as it was' };
  return { ok: done.left.length === 0, message: describeRestored(back.size, done.left, done.moved) };
}

/** Everything that the session changed in a file. */
export async function takeBackPath(run: Run, path: string): Promise<Acted> {
  const [first] = writesOfPath(run.recorder.session, path);
  if (first === undefined) return { ok: false, message: notChanged(path) };
  const done = await rewindWrites(run, [first], 'person');
  if (done === undefined) return { ok: true, message: nothingLeft(path) };
  if (done.left.length > 0) return { ok: false, message: describeRestored(0, done.left) };
  await settle(run, openOf(run, path).map((flag) => ({ flag: flag.id, how: 'rewound' })));
  await writeReports(run);
  return { ok: true, message: `${shownPath(path)} was rewound${movedInWords(done.moved)}` };
}

export async function takeBackHunks(run: Run, hunks: readonly HunkName[]): Promise<Acted> {
  if (hunks.length === 0) return { ok: false, message: 'no hunk was named' };
  const done = await rewindListed(run, hunks);
  if (typeof done === 'string') return { ok: false, message: done };
  await writeReports(run);
  const what = `${hunks.length === 1 ? 'a hunk' : `${hunks.length} hunks`} of ${shownPath(done.to)}`;
  return done.left.length === 0 ? { ok: true, message: `${what} rewound${movedInWords(done.moved)}` } : { ok: false, message: describeRestored(done.restored.length + done.merged.length, done.left, done.moved) };
}

/** Ends a conflict as a person decided. */
export async function takeResolution(run: Run, resolution: Resolution): Promise<Acted> {
  const done = await resolveConflict(run, resolution);
  if (typeof done === 'string') return { ok: false, message: done };
  await writeReports(run);
  return done.left.length === 0 ? { ok: true, message: `${shownPath(resolution.path)} is as you resolved it` } : { ok: false, message: describeRestored(0, done.left) };
}

/** Brings back what a rewind took away. */
export async function undo(run: Run, id: string): Promise<Acted> {
  const rewind = run.recorder.session.rewinds.find((one) => one.id === id && !one.undone);
  if (rewind === undefined) return { ok: false, message: 'this rewind was undone already' };
  const outcome = await undoRewind(run, rewind);
  await verdictAnew(run, rewind, 'undone');
  return restored(outcome);
}

/** Takes away again what an undoing brought back. */
export async function redo(run: Run, id: string): Promise<Acted> {
  const rewind = run.recorder.session.rewinds.find((one) => one.id === id && one.undone);
  if (rewind?.undoing === undefined) return { ok: false, message: 'this rewind was not undone' };
  const outcome = await redoRewind(run, rewind, rewind.undoing);
  await verdictAnew(run, rewind, 'redone');
  return restored(outcome);
}

/** Brings back a stray that was rewound, as the user's own change from here on. */
export async function restoreFlag(run: Run, id: string): Promise<Acted> {
  const flag = run.recorder.session.line.flags.find((one) => one.id === id && one.outcome === 'rewound');
  if (flag === undefined) return { ok: false, message: 'this change was not rewound' };
  if (run.ports.user.unsaved().includes(flag.path)) return { ok: false, message: describeRestored(0, [{ path: flag.path, why: notSaved }]) };
  const outcome = flag.beside === undefined
    ? await run.ports.workspace.restore([{ path: flag.path, target: flag.write.after ?? null, expected: flag.write.before ?? null }])
    : { left: await run.ports.workspace.restoreBeside(inverse(planBeside([flag.beside]))), moved: undefined };
  if (outcome.left.length > 0) return { ok: false, message: describeRestored(0, outcome.left) };
  await settle(run, [{ flag: id, how: 'restored' }]);
  return { ok: true, message: `${shownPath(flag.path)} is back; it counts as your change now${movedInWords(outcome.moved)}` };
}

function restored({ restored: back, merged, left, moved }: RestoreOutcome): Acted {
  return { ok: left.length === 0, message: describeRestored(back.length + merged.length, left, moved) };
}

function openOf(run: Run, path: string): readonly Flag[] {
  return run.recorder.session.line.flags.filter((one) => one.path === path && one.outcome === undefined);
}

/** Why nothing of a path can be taken back. */
export const notChanged = (path: string): string => `the session has not changed ${shownPath(path)}`;

const nothingLeft = (path: string): string => `nothing was left to do: what the session did to ${shownPath(path)} is not there any more`;
