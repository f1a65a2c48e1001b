import type { Blob, Hunk, HunkName, Path, TreeId, Write } from '../../core/session/changes.ts';
import type { FileHunks, LeftPath, RestoreItem, RewindPlan, RewindRecord } from '../../core/session/facts.ts';
import { openFlags } from '../../core/session/line.ts';
import { isWholeFile } from '../../core/session/listedHunk.ts';
import type { ListedHunk } from '../../core/session/listedHunk.ts';
import { sameBlob } from '../../core/session/sameBlob.ts';
import { someNamed, someOf } from '../../core/session/someOf.ts';
import type { Flag, Session } from '../../core/session/session.ts';
import { planBeside } from '../beside.ts';
import { notYetBack } from '../control.ts';
import { baseTree } from '../diffUse.ts';
import { settle } from '../flags.ts';
import { listHunks } from '../hunks.ts';
import { look } from '../look.ts';
import type { RestoreOutcome, WholeCapture, Workspace } from '../ports.ts';
import { notSaved, planRewind, restoreRounds } from './restoreRounds.ts';
import { begin, besideOfWrites, finish, usersPart, writesFrom } from './rewind.ts';
import type { Run } from '../run.ts';

/** The named hunks as they are in the work tree now, or a sentence where one is not there any more. */
export async function findHunks(run: Run, names: readonly HunkName[], tree: TreeId): Promise<readonly ListedHunk[] | string> {
  const all = await listHunks(run.ports.workspace, run.recorder.session, tree);
  const listed = new Map(all.map((one) => [nameOf(one.path, one.hunk), one]));
  const found = names.map(({ path, hunk }) => listed.get(nameOf(path, hunk)) ?? path);
  const gone = found.find((one) => typeof one === 'string');
  return gone === undefined ? found.filter((one) => typeof one !== 'string') : noSuchHunk(gone);
}

/** Why a hunk that was named cannot be taken back. */
export const noSuchHunk = (path: Path): string => `${path} has no such hunk now: it was changed or rewound since; nothing was done`;

/**
 * Takes parts of the session's change back in one rewind, so that one undo brings all of them back. Of one file all or none: its hunks go in one
 * write. Answers a sentence where nothing was changed.
 */
export async function rewindListed(run: Run, names: readonly HunkName[]): Promise<RewindRecord | string> {
  const before = await look(run);
  const parts = await findHunks(run, names, before.tree);
  if (typeof parts === 'string') return parts;
  const done = await rewindParts(run, before, await planHunks(run.ports.workspace, run.recorder.session, parts, before.tree), names);
  if (typeof done !== 'string') await settleFlags(run, [...done.restored, ...done.merged]);
  return done;
}

/** Takes hunks of one write back, as a flag holds them, on the file as it is now. Answers a sentence where nothing was changed. */
export async function rewindHunk(run: Run, write: Write, hunk: Hunk): Promise<RewindRecord | string> {
  const before = await look(run);
  return rewindParts(run, before, planFlagged(run.recorder.session, write, hunk), [{ path: write.path, hunk: hunk.id }]);
}

/** The hunk of a write that made a file or removed it is the whole file, as long as the session wrote nothing there since. */
export function planFlagged(session: Session, write: Write, hunk: Hunk): Parts {
  const { path, before, after } = write;
  const users = usersPart(session, [write]);
  if ((before === undefined || after === undefined) && writesFrom(session, write).length === 1) return { rounds: planRewind([write]), beside: planBeside(besideOfWrites(session, [write])), files: [], ...users };
  return { rounds: [], beside: [], files: [{ path, hunks: [hunk], ...ofOrMode(after, before) }], ...users };
}

/** Parts of the session's change that are taken back: files that are one part in rounds, with their permissions, lines of the others. */
export interface Parts extends Pick<RewindPlan, 'rounds' | 'users' | 'beside'> {
  readonly files: readonly FileHunks[];
}

/** How listed hunks are taken back in the files as they are in `tree`. Where one has lines of the user's, it is the user who takes them back. */
export async function planHunks(workspace: Pick<Workspace, 'entries'>, session: Session, parts: readonly ListedHunk[], tree: TreeId): Promise<Parts> {
  const whole = new Set(parts.filter(isWholeFile).map((part) => part.path));
  const users = [...new Set(parts.filter((part) => part.users).map((part) => part.path))];
  const writes = session.line.writes.filter((write) => whole.has(write.path));
  const [first = [], ...rounds] = planRewind(writes);
  const paths = [...new Set(parts.map(({ path }) => path))];
  const [now, base] = [await workspace.entries(tree, paths), await workspace.entries(baseTree(session), paths)];
  const modes = parts.flatMap(({ path, mode }): RestoreItem[] => {
    const blob = now.get(path);
    return mode === undefined || blob === undefined ? [] : [{ path, target: { ...blob, mode }, expected: blob }];
  });
  const round = [...first, ...modes];
  return { rounds: round.length === 0 ? [] : [round, ...rounds], beside: planBeside(besideOfWrites(session, writes)), files: byFile(parts.filter((part) => !isWholeFile(part)), now, base), ...(users.length === 0 ? {} : { users }) };
}

async function rewindParts(run: Run, before: WholeCapture, { rounds, beside, files: hunks, ...users }: Parts, names: readonly HunkName[]): Promise<RewindRecord | string> {
  const to = someOf([...new Set(names.map((name) => name.path))]);
  const plan = await begin(run, { kind: 'hunk', to, by: 'person', safety: before.tree, rounds, beside: notYetBack(beside, before), hunks, ...users });
  const files = await restoreRounds(run, rounds, plan.safety);
  return finishHunks(run, plan, joined(files, await revertAll(run, hunks)));
}

/** Each file by itself; one that cannot be changed, or has unsaved changes in an editor, is left, and the others are not. */
export async function revertAll(run: Run, files: readonly FileHunks[]): Promise<RestoreOutcome> {
  const [restored, left, now]: [Path[], LeftPath[], Map<Path, Blob>] = [[], [], new Map()];
  const unsaved = new Set(run.ports.user.unsaved());
  for (const { path, hunks, of, mode } of files) {
    const done = unsaved.has(path) ? { ok: false as const, detail: notSaved } : await run.ports.workspace.revertHunks(path, hunks, of, mode);
    if (done.ok) {
      restored.push(path);
      now.set(path, done.now);
    } else left.push({ path, why: done.detail });
  }
  return { restored, merged: [], left, now };
}

/** Records what came of it; where nothing was changed, that, and answers why. */
export async function finishHunks(run: Run, plan: RewindPlan, outcome: RestoreOutcome): Promise<RewindRecord | string> {
  if (outcome.restored.length + outcome.merged.length > 0) return finish(run, plan, outcome);
  const why = someNamed(outcome.left, (one) => `${one.path}: ${one.why}`);
  await run.recorder.record({ type: 'rewind/refused', rewind: plan.id, why });
  return why;
}

export function joined(one: RestoreOutcome, other: RestoreOutcome): RestoreOutcome {
  const [moved, emptied] = [[...(one.moved ?? []), ...(other.moved ?? [])], [...(one.emptied ?? []), ...(other.emptied ?? [])]];
  return { restored: [...new Set([...one.restored, ...other.restored])], merged: [...one.merged, ...other.merged], left: [...one.left, ...other.left], now: new Map([...one.now, ...other.now]), ...(moved.length === 0 ? {} : { moved }), ...(emptied.length === 0 ? {} : { emptied }) };
}

function byFile(parts: readonly ListedHunk[], now: ReadonlyMap<Path, Blob>, base: ReadonlyMap<Path, Blob>): readonly FileHunks[] {
  const files = new Map<Path, Hunk[]>();
  for (const { path, lines } of parts) if (lines !== undefined) files.set(path, [...(files.get(path) ?? []), lines]);
  return [...files].map(([path, hunks]) => ({ path, hunks, ...ofOrMode(now.get(path), base.get(path)) }));
}

/** The content in which hunks stand, or the mode that a file which is gone had `before`. */
function ofOrMode(of: Blob | undefined, before: Blob | undefined): Pick<FileHunks, 'of' | 'mode'> {
  return of !== undefined ? { of } : before === undefined ? {} : { mode: before.mode };
}

/** A flag of which nothing is left in the file needs nobody any more. Of one that is none of the session's for certain no hunk tells that: its file has to be as it was. */
export async function settleFlags(run: Run, paths: readonly Path[]): Promise<void> {
  const { session } = run.recorder;
  const among = new Set(paths);
  const flags = openFlags(session.line).filter((flag) => among.has(flag.path));
  if (flags.length === 0) return;
  const now = await run.ports.workspace.entries(session.tree ?? baseTree(session), paths);
  const left = new Set((await listHunks(run.ports.workspace, session)).flatMap(({ path, writes }) => writes.map(({ call }) => nameOf(path, call))));
  const certain = new Set(session.line.writes.map(({ path, call }) => nameOf(path, call)));
  const isGone = ({ path, write }: Flag): boolean => {
    const name = nameOf(path, write.call);
    return certain.has(name) ? !left.has(name) : sameBlob(now.get(path) ?? null, write.before ?? null);
  };
  await settle(run, flags.filter(isGone).map(({ id }) => ({ flag: id, how: 'rewound' })));
}

/** Stands for a call or a hunk of a path; no path has a NUL. */
const nameOf = (path: Path, one: string): string => `${path}\0${one}`;
