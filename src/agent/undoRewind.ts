import type { Blob, Path } from '../core/session/changes.ts';
import type { RewindPlan } from '../core/session/facts.ts';
import type { DoneRewind } from '../core/session/session.ts';
import { sharesOf } from '../core/session/shares.ts';
import { doneOf, inverse } from './beside.ts';
import { isControlWord } from './control.ts';
import { baseTree } from './diffUse.ts';
import { look, seeControl } from './look.ts';
import type { RestoreOutcome } from './ports.ts';
import { restoreRounds } from './restoreRounds.ts';
import { begin } from './rewind.ts';
import type { Run } from './run.ts';

/** Brings back what a rewind took away; what came later stays. */
export async function undoRewind(run: Run, rewind: DoneRewind): Promise<RestoreOutcome> {
  const { tree } = await look(run);
  const paths = [...rewind.restored, ...rewind.merged];
  const [wanted, left] = [await run.ports.workspace.entries(rewind.safety, paths), await run.ports.workspace.entries(rewind.tree, paths)];
  const items = paths.map((path) => ({ path, target: wanted.get(path) ?? null, expected: left.get(path) ?? null }));
  const { kind, to } = rewind;
  const undoes = { rewind: rewind.id, users: await usersPart(run, rewind) };
  const plan = await begin(run, { kind, to, by: 'person', safety: tree, rounds: [items], beside: inverse(rewind.beside ?? []), undoes });
  return finishUndo(run, plan, undoes, await restoreRounds(run, plan.rounds, plan.safety));
}

/** Records what an undoing did, after its restores. */
export async function finishUndo(run: Run, plan: RewindPlan, { rewind, users }: RewindPlan['undoes'] & {}, outcome: RestoreOutcome): Promise<RestoreOutcome> {
  const besideLeft = await run.ports.workspace.restoreBeside(plan.beside);
  const after = await run.ports.workspace.capture();
  const all = { ...outcome, left: [...outcome.left, ...besideLeft] };
  // Their flags are open again.
  const control = doneOf(plan.beside, besideLeft).filter(({ target, expected }) => isControlWord(target) || isControlWord(expected)).map(({ path }) => path);
  await run.recorder.record({
    type: 'rewind/undone', rewind, restored: [...outcome.restored, ...outcome.merged, ...control], ...(outcome.merged.length === 0 ? {} : { merged: outcome.merged }),
    ...(users.length === 0 ? {} : { users }), left: all.left, tree: after.tree,
  });
  await seeControl(run, after, { own: plan.beside });
  return all;
}

/** Paths where a hunk that comes back may hold lines of the user: they changed the path, and the session's own writes alone do not lead to it from the base. */
async function usersPart(run: Run, { kind, writes, previous }: DoneRewind): Promise<readonly Path[]> {
  if (kind !== 'hunk') return [];
  const { userChanges } = run.recorder.session;
  const base = await run.ports.workspace.entries(baseTree(run.recorder.session), writes.map((write) => write.path));
  const changes = writes.map(({ path, before }) => ({ path, ...withBlob('before', base.get(path)), ...withBlob('after', before) }));
  const { users, both } = sharesOf(changes, previous.writes);
  return [...users, ...both].filter((path) => userChanges.some((change) => change.path === path));
}

function withBlob<K extends string>(key: K, blob: Blob | undefined): { readonly [key in K]?: Blob } {
  return blob === undefined ? {} : ({ [key]: blob } as { readonly [key in K]: Blob });
}
