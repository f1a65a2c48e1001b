import type { Blob, FileDiff, Path, TreeId } from '../../core/session/changes.ts';
import type { BesideItem, RestoreItem, RewindPlan } from '../../core/session/facts.ts';
import type { DoneRewind, Undoing } from '../../core/session/session.ts';
import { ofPath } from '../../core/session/ofPath.ts';
import { sameBlob } from '../../core/session/sameBlob.ts';
import { sharesOf } from '../../core/session/shares.ts';
import { doneOf, emptyFolder, inverse } from '../beside.ts';
import { isControlWord, notYetBack } from '../control.ts';
import { baseTree, recordUse } from '../diffUse.ts';
import { differences, look, seeControl } from '../look.ts';
import type { Capture, RestoreOutcome, Workspace } from '../ports.ts';
import { asFound, restoreRounds } from './restoreRounds.ts';
import { begin, besideOfDone, othersSince, seeUsers } from './rewind.ts';
import type { Run } from '../run.ts';

/** Brings back what a rewind took away; what came later stays. */
export async function undoRewind(run: Run, rewind: DoneRewind): Promise<RestoreOutcome> {
  const before = await look(run);
  const items = await itemsBetween(run.ports.workspace, [...rewind.restored, ...rewind.merged], rewind.safety, rewind.tree);
  const { kind, to } = rewind;
  const undoes = { rewind: rewind.id, users: await usersPart(run, rewind) };
  const plan = await begin(run, { kind, to, by: 'person', safety: before.tree, rounds: [items], beside: notYetBack(besideBack(rewind), before), undoes });
  return finishUndo(run, plan, undoes, await restoreRounds(run, plan.rounds, plan.safety));
}

/** What an undo brings back beside the files. */
export function besideBack({ beside = [], emptied = [] }: Pick<DoneRewind, 'beside' | 'emptied'>): readonly BesideItem[] {
  return [...inverse(beside), ...emptied.map((path) => ({ path, target: emptyFolder }))];
}

/** Undoes an undoing: what the rewind took away goes again; what came later stays. */
export async function redoRewind(run: Run, { id, kind, to, beside }: DoneRewind, undoing: Undoing): Promise<RestoreOutcome> {
  const before = await look(run);
  const rounds = [await itemsBetween(run.ports.workspace, undoing.restored, undoing.safety, undoing.tree)];
  const plan = await begin(run, { kind, to, by: 'person', safety: before.tree, rounds, beside: notYetBack(beside ?? [], before), redoes: id });
  return finishRedo(run, plan, id, await restoreRounds(run, plan.rounds, plan.safety));
}

/** What brings paths from what they are in one tree to what they are in another. Of one that is the same in both nothing was done that could be undone. */
export async function itemsBetween(workspace: Pick<Workspace, 'entries'>, paths: readonly Path[], to: TreeId, from: TreeId): Promise<readonly RestoreItem[]> {
  const [wanted, left] = [await workspace.entries(to, paths), await workspace.entries(from, paths)];
  return paths.map((path) => ({ path, target: wanted.get(path) ?? null, expected: left.get(path) ?? null })).filter(({ target, expected }) => !sameBlob(target, expected));
}

/** Records what doing a rewind again did, after its restores. */
export async function finishRedo(run: Run, plan: RewindPlan, rewind: string, outcome: RestoreOutcome): Promise<RestoreOutcome> {
  const { all: found, after, control, theirs } = await ended(run, plan, outcome);
  const changes = await changesItself(run, plan, after.tree, found);
  const all = plan.kind === 'boundary' ? found : changedOf(found, changes);
  await seeUsers(run, after, theirs);
  await run.recorder.record({ type: 'rewind/redone', rewind, restored: [...all.restored, ...all.merged], changes, ...control, ...(all.merged.length === 0 ? {} : { merged: all.merged }), left: all.left, tree: after.tree });
  await recordUse(run, after.tree);
  await seeControl(run, after, { own: plan.beside });
  return changedOf(found, changes);
}

interface Ended {
  readonly all: RestoreOutcome;
  readonly after: Capture;
  readonly control: { readonly control?: readonly Path[] };
  /** What the user changed meanwhile. */
  readonly theirs: readonly FileDiff[];
}

async function ended(run: Run, plan: RewindPlan, outcome: RestoreOutcome): Promise<Ended> {
  const items = besideOfDone(plan, outcome);
  const besideLeft = await run.ports.workspace.restoreBeside(items);
  const after = await run.ports.workspace.capture();
  const control = doneOf(items, besideLeft).filter(({ target, expected }) => isControlWord(target) || isControlWord(expected)).map(({ path }) => path);
  const found = await asFound(run, outcome, after.tree);
  return { all: { ...found, left: [...found.left, ...besideLeft] }, after, control: control.length === 0 ? {} : { control }, theirs: await othersSince(run, after.tree, new Set([...found.restored, ...found.merged])) };
}

/** Records what an undoing did, after its restores. */
export async function finishUndo(run: Run, plan: RewindPlan, { rewind, users }: RewindPlan['undoes'] & {}, outcome: RestoreOutcome): Promise<RestoreOutcome> {
  const { all: found, after, control, theirs } = await ended(run, plan, outcome);
  const changes = await changesItself(run, plan, after.tree, found);
  const all = plan.kind === 'boundary' ? found : changedOf(found, changes);
  await seeUsers(run, after, theirs);
  await run.recorder.record({
    type: 'rewind/undone', rewind, restored: [...all.restored, ...all.merged], changes, ...control, ...(all.merged.length === 0 ? {} : { merged: all.merged }),
    ...(users.length === 0 ? {} : { users }), left: all.left, tree: after.tree,
  });
  await recordUse(run, after.tree);
  await seeControl(run, after, { own: plan.beside });
  return changedOf(found, changes);
}

/**
 * What an undoing, or doing a rewind again, changed itself. What was there already had come by another way, as by another rewind, and the line knows it
 * by that: it must not be counted twice.
 */
async function changesItself(run: Run, { safety }: RewindPlan, tree: TreeId, outcome: RestoreOutcome): Promise<readonly FileDiff[]> {
  const touched = new Set([...outcome.restored, ...outcome.merged]);
  return (await differences(run, safety, tree)).filter(({ path }) => touched.has(path));
}

/** The outcome without what was there already: the line goes on, and only what changed is put on it. */
function changedOf(outcome: RestoreOutcome, changes: readonly FileDiff[]): RestoreOutcome {
  const changed = new Set(changes.map(({ path }) => path));
  const own = (paths: readonly Path[]): readonly Path[] => paths.filter((path) => changed.has(path));
  return { ...outcome, restored: own(outcome.restored), merged: own(outcome.merged) };
}

/** Paths where a hunk that comes back may hold lines of the user: they changed the path, and the session's own writes alone do not lead to it from the base. */
async function usersPart(run: Run, { kind, writes, previous }: DoneRewind): Promise<readonly Path[]> {
  if (kind !== 'hunk') return [];
  const { userChanges } = run.recorder.session;
  const base = await run.ports.workspace.entries(baseTree(run.recorder.session), writes.map((write) => write.path));
  const changes = writes.map(({ path, before }) => ({ path, ...withBlob('before', base.get(path)), ...withBlob('after', before) }));
  const { users, both } = sharesOf(changes, previous.writes);
  return [...users, ...both].filter((path) => ofPath(userChanges, path).length > 0);
}

function withBlob<K extends string>(key: K, blob: Blob | undefined): { readonly [key in K]?: Blob } {
  return blob === undefined ? {} : ({ [key]: blob } as { readonly [key in K]: Blob });
}
