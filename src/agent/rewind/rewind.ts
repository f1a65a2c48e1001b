import type { BesideChange, FileDiff, HunkName, Path, TreeId, Write } from '../../core/session/changes.ts';
import type { BesideItem, FileHunks, RestoreItem, RewindPlan, RewindRecord } from '../../core/session/facts.ts';
import { byPath, ofPath } from '../../core/session/ofPath.ts';
import type { Flag, Session } from '../../core/session/session.ts';
import { sameBlob } from '../../core/session/sameBlob.ts';
import { someNamed } from '../../core/session/someOf.ts';
import { stretchesOf } from '../../core/session/standing.ts';
import { doneOf, emptyFolder, planBeside } from '../beside.ts';
import { notYetBack } from '../control.ts';
import { baseTree, recordUse } from '../diffUse.ts';
import { inStretches } from '../inStretches.ts';
import { differences, look, seeControl, treeOf } from '../look.ts';
import type { Capture, RestoreOutcome } from '../ports.ts';
import { asFound, planRewind, restoreRounds } from './restoreRounds.ts';
import { besideSince, undoneBy } from './sinceBoundary.ts';
import type { Run } from '../run.ts';

/** Brings the write set back to a boundary; a new attempt starts there. */
export async function rewindToBoundary(run: Run, to: string): Promise<RewindRecord> {
  const before = await look(run);
  const { session } = run.recorder;
  const rounds = planRewind(await undoneBy(run.ports.workspace, session, to, before.tree));
  const plan = await begin(run, { kind: 'boundary', to, by: 'person', safety: before.tree, rounds, beside: notYetBack(planBeside(besideSince(session, to)), before) });
  return finish(run, plan, await restoreRounds(run, plan.rounds, plan.safety));
}

/**
 * Undoes exactly these writes and changes of control files, each path back to what it was before the first of them. Undefined where that is what there
 * is already: then nothing is recorded.
 */
export async function rewindWrites(run: Run, writes: readonly Write[], by: RewindRecord['by'], changes: readonly BesideChange[] = []): Promise<RewindRecord | undefined> {
  if (writes.length + changes.length === 0) return undefined;
  // Also where a stray is rewound right after it was measured: after a file tool only its path was looked at.
  const before = await look(run);
  const { recorder: { session }, ports: { clock } } = run;
  const own = byPath(session.line.writes);
  // A stray may be tens of thousands of files: between any two passes over them others have their turn.
  const undone = (await inStretches(clock, writes, (write) => fromOn(own.get(write.path), write))).flat();
  const rounds = planRewind(undone);
  await clock.rest();
  const beside = planBeside([...besideOfWrites(session, undone), ...changes.flatMap((change) => changesFrom(session, change))]);
  if (await isThere(run, before, rounds.flat(), beside)) return undefined;
  const users = usersPart(session, writes);
  await clock.rest();
  const plan = await begin(run, { kind: 'file', to: someNamed([...writes, ...changes], ({ path }) => path), by, safety: before.tree, rounds, beside: notYetBack(beside, before), ...users });
  return finish(run, plan, await restoreRounds(run, plan.rounds, plan.safety));
}

/** What the calls of these writes changed beside their paths: permissions, and the empty folders that a file took the place of, or that took its place. */
export function besideOfWrites({ line }: Session, writes: readonly Write[]): readonly BesideChange[] {
  const isFolder = ({ before, after }: BesideChange): boolean => before === emptyFolder || after === emptyFolder;
  const written = byPath(writes);
  const byCall = (path: Path, call: string): boolean => written.get(path)?.some((write) => write.call === call) === true;
  return line.beside.filter((change) => byCall(change.path, change.call) || (isFolder(change) && around(change.path).some((path) => byCall(path, change.call))));
}

/** The folders around a path. */
const around = (path: Path): readonly Path[] => path.split('/').slice(0, -1).map((_, index, names) => names.slice(0, index + 1).join('/'));

/** Tells whether a path is one of these files, or below one, where nothing can be while that is there. */
export function atOneOf(files: Iterable<Path>): (path: Path) => boolean {
  const all = new Set(files);
  return (path) => all.has(path) || around(path).some((folder) => all.has(folder));
}

/** What a rewind of the files of flags brings back beside their content. */
export function besideOfFlags(session: Session, flags: readonly Flag[]): readonly BesideItem[] {
  const changes = flags.flatMap((flag) => firstOpen(session, flag).beside ?? []);
  return planBeside([...besideOfWrites(session, flags.flatMap((flag) => writesOfFile(session, flag))), ...changes.flatMap((change) => changesFrom(session, change))]);
}

/** Whether everything is already as a rewind would leave it. */
async function isThere(run: Run, now: Capture, items: readonly RestoreItem[], beside: readonly BesideItem[]): Promise<boolean> {
  const wanted = new Map(items.map(({ path, target }) => [path, target]));
  const is = await run.ports.workspace.entries(now.tree, [...wanted.keys()]);
  return [...wanted].every(([path, target]) => sameBlob(is.get(path) ?? null, target)) && notYetBack(beside, now).length === 0;
}

/** A write and all later ones of the session to the same path; by itself where it is none of the session's for certain. */
export function writesFrom(session: Session, first: Write): readonly Write[] {
  return fromOn(writesOfPath(session, first.path), first);
}

function fromOn(own: readonly Write[] | undefined, first: Write): readonly Write[] {
  if (own === undefined) return [first];
  const at = own.findIndex((one) => isSame(one, first));
  return at === -1 ? [first] : own.slice(at);
}

function isSame(one: Write, other: Write): boolean {
  return one.path === other.path && one.call === other.call && sameBlob(one.before ?? null, other.before ?? null) && sameBlob(one.after ?? null, other.after ?? null);
}

/** The paths of those writes that are none of the session's for certain. */
export function usersPart({ line }: Session, writes: readonly Write[]): Pick<RewindPlan, 'users'> {
  const own = byPath(line.writes);
  const users = writes.filter((write) => own.get(write.path)?.some((one) => isSame(one, write)) !== true).map((write) => write.path);
  return users.length === 0 ? {} : { users };
}

/** A change of a control file and all later ones of the session to it; by itself where it is none of the session's for certain. */
function changesFrom({ line }: Session, first: BesideChange): readonly BesideChange[] {
  const own = ofPath(line.beside, first.path);
  const at = own.findIndex((one) => one.call === first.call);
  return at === -1 ? [first] : own.slice(at);
}

/** The writes of the session to a path, the earliest first. */
export const writesOfPath = ({ line }: Session, path: Path): readonly Write[] => ofPath(line.writes, path);

/** The writes that a rewind of the file of a flag undoes: those since its earliest open flag. */
export function writesOfFile(session: Session, flag: Flag): readonly Write[] {
  const first = firstOpen(session, flag);
  return first.beside === undefined ? writesFrom(session, first.write) : [];
}

function firstOpen({ line }: Session, flag: Flag): Flag {
  return ofPath(line.flags, flag.path).find((one) => one.outcome === undefined) ?? flag;
}

/** Rewinds the file of a flag to what it was before the earliest open flag on it. Undefined where it is as it was. */
export async function rewindFile(run: Run, flag: Flag): Promise<RewindRecord | undefined> {
  return rewindFlags(run, [firstOpen(run.recorder.session, flag)], 'person');
}

/** Undoes what these flags are about. */
export async function rewindFlags(run: Run, flags: readonly Flag[], by: RewindRecord['by']): Promise<RewindRecord | undefined> {
  const writes = flags.flatMap((flag) => (flag.beside === undefined ? [flag.write] : []));
  return rewindWrites(run, writes, by, flags.flatMap((flag) => flag.beside ?? []));
}

/** Paths that a rewind brought back, control files of git included. */
export function backAgain(rewind: RewindRecord | undefined): ReadonlySet<Path> {
  return new Set([...(rewind?.restored ?? []), ...(rewind?.merged ?? []), ...(rewind?.beside ?? []).map(({ path }) => path)]);
}

/** The intention goes into the journal before the first change, so that a crash in between leaves no change whose author is unknown. */
export async function begin(run: Run, what: Omit<RewindPlan, 'id'>): Promise<RewindPlan> {
  const plan = { ...what, id: run.ports.clock.id() };
  await run.recorder.record({ type: 'rewind/begun', plan });
  return plan;
}

/** Records what a rewind did, after its restores. */
export async function finish(run: Run, plan: RewindPlan, restored: RestoreOutcome): Promise<RewindRecord> {
  const { id, kind, to, by, hunks, safety, resolves } = plan;
  const users = new Set(plan.users);
  const items = besideOfDone(plan, restored);
  const besideLeft = await run.ports.workspace.restoreBeside(items);
  const beside = doneOf(items, besideLeft);
  const after = await run.ports.workspace.capture();
  const outcome = await asFound(run, restored, after.tree);
  const touched = new Set([...restored.restored, ...restored.merged]);
  const sure = new Set([...outcome.restored, ...outcome.merged]);
  const isUsers = ({ path }: FileDiff): boolean => users.has(path) || !sure.has(path);
  await run.ports.clock.rest();
  const diffs = (await differences(run, safety, after.tree)).filter((diff) => touched.has(diff.path));
  const taken = resolves === undefined ? diffs.filter(({ path }) => users.has(path) && sure.has(path)) : await decided(run, outcome, to, after.tree);
  const others = await othersSince(run, after.tree, touched);
  const known = new Set(beside.map(({ path }) => path));
  const emptied = (outcome.emptied ?? []).filter((path) => !known.has(path));
  const rewind: RewindRecord = {
    id, kind, to, by, ...(hunks === undefined ? {} : { hunks: namesOf(plan, hunks) }), safety, tree: after.tree, restored: outcome.restored, merged: outcome.merged, left: [...outcome.left, ...besideLeft],
    ...(resolves === undefined ? {} : { resolves }), ...(outcome.moved === undefined ? {} : { moved: outcome.moved }), ...(emptied.length === 0 ? {} : { emptied }), ...notHeld(run.recorder.session, plan, after.notCovered), ...(beside.length === 0 ? {} : { beside }),
    writes: [...await inStretches(run.ports.clock, diffs.filter((diff) => !isUsers(diff)), (diff) => rewound(run, diff)), ...(await endings(run, taken, resolves !== undefined))],
  };
  await seeUsers(run, after, [...diffs.filter(isUsers), ...others]);
  await run.recorder.record({ type: 'rewind/done', rewind });
  await seeControl(run, after, { own: beside });
  await recordUse(run, after.tree);
  return rewind;
}

/** What comes back beside the files: of one that was left, only what a boundary had. */
export function besideOfDone({ kind, beside }: Pick<RewindPlan, 'kind' | 'beside'>, { left }: Pick<RestoreOutcome, 'left'>): readonly BesideItem[] {
  const isLeft = atOneOf(left.map((one) => one.path));
  return kind === 'boundary' ? beside : beside.filter((item) => !isLeft(item.path));
}

/** Before what the rewind did: once that is on record, this is known, and what nobody noted until then is taken for known, too. */
export async function seeUsers(run: Run, after: Capture, files: readonly FileDiff[]): Promise<void> {
  if (files.length > 0) await run.recorder.record({ type: 'changes/observed', by: 'user', files, ...treeOf(after) });
}

/** What the user changed since the last look beside these paths: while files came back. */
export async function othersSince(run: Run, tree: TreeId, touched: ReadonlySet<Path>): Promise<readonly FileDiff[]> {
  return (await differences(run, run.recorder.session.tree ?? tree, tree)).filter((diff) => !touched.has(diff.path));
}

/** What was asked to be taken back; a file that is one part by its path. */
function namesOf({ rounds }: RewindPlan, hunks: readonly FileHunks[]): readonly HunkName[] {
  const whole = [...new Set(rounds.flat().map((item) => item.path))].map((path) => ({ path, hunk: path }));
  return [...hunks.flatMap((file) => file.hunks.map((hunk) => ({ path: file.path, hunk: hunk.id }))), ...whole];
}

function notHeld({ base, line }: Session, { kind, to }: Pick<RewindRecord, 'kind' | 'to'>, now: readonly string[]): Pick<RewindRecord, 'notHeld'> {
  if (kind !== 'boundary') return {};
  const before = new Set(to === 'base' ? base?.notCovered : line.boundaries.find((one) => one.id === to)?.notCovered);
  const more = now.filter((one) => !before.has(one));
  return more.length === 0 ? {} : { notHeld: more };
}

/** The path of a conflict as the person wants it, also where that is how it was. None where it could not be made so. */
async function decided(run: Run, { left }: RestoreOutcome, path: Path, tree: TreeId): Promise<readonly Pick<FileDiff, 'path' | 'after'>[]> {
  if (left.some((one) => one.path === path)) return [];
  const after = (await run.ports.workspace.entries(tree, [path])).get(path);
  return [{ path, ...(after && { after }) }];
}

/**
 * A path that a person took back with what was theirs, and that is as in the base again or as before the session wrote to it, has nothing of the
 * session's any more: what the user makes there from now on is theirs, also where the session had made the same. `decided`: so has one whose lines a
 * person decided about, whatever they made of it.
 */
async function endings(run: Run, taken: readonly Pick<FileDiff, 'path' | 'after'>[], decided: boolean): Promise<readonly Write[]> {
  if (taken.length === 0) return [];
  const { session } = run.recorder;
  const base = await run.ports.workspace.entries(baseTree(session), taken.map(({ path }) => path));
  return taken.flatMap(({ path, after }): readonly Write[] => {
    const own = stretchesOf(writesOfPath(session, path)).get(path) ?? [];
    const [first, before] = [own[0], own.at(-1)?.after];
    if (first === undefined || (!decided && ![first.before, base.get(path) ?? null].some((blob) => sameBlob(blob, after ?? null)))) return [];
    return [{ ...rewound(run, { path, ...(before && { before }), ...(after && { after }), added: 0, removed: 0, binary: false }), ends: true }];
  });
}

function rewound(run: Run, diff: FileDiff): Write {
  const { session } = run.recorder;
  return { ...diff, by: 'rewind', call: '', phase: session.line.phase ?? '', attempt: session.line.attempt, turn: session.spent.turns };
}
