import type { BesideChange, FileDiff, Hunk, Path, Write } from '../core/session/changes.ts';
import type { BesideItem, RestoreItem, RewindPlan, RewindRecord } from '../core/session/facts.ts';
import type { Flag, Session } from '../core/session/session.ts';
import { sameBlob } from '../core/session/shares.ts';
import { doneOf, planBeside } from './beside.ts';
import { baseTree, recordUse, writtenPaths } from './diffUse.ts';
import { controlStates } from './control.ts';
import { differences, look, seeControl } from './look.ts';
import type { Capture, RestoreOutcome } from './ports.ts';
import { planRewind, restoreRounds } from './restoreRounds.ts';
import type { Run } from './run.ts';

/** What the session wrote since a boundary id or `base`; throws for a boundary that is not on the current line. */
export function writesSince(session: Session, to: string): readonly Write[] {
  if (to === 'base') return session.line.writes;
  const boundary = session.line.boundaries.find((one) => one.id === to);
  if (boundary === undefined) throw new Error(`there is no boundary ${to} on this attempt; there are: base${session.line.boundaries.map((one) => `, ${one.id}`).join('')}`);
  return session.line.writes.slice(boundary.line.writes.length);
}

/** Paths that a rewind to a boundary would bring back, before it is done. */
export function previewRewind(session: Session, to: string): readonly Path[] {
  return [...new Set([...planRewind(writesSince(session, to)).flat(), ...planBeside(besideSince(session, to))].map((item) => item.path))];
}

/** What it changed since then beside its writes. */
function besideSince({ line }: Session, to: string): readonly BesideChange[] {
  return line.beside.slice(line.boundaries.find((one) => one.id === to)?.line.beside.length ?? 0);
}

/** Brings the write set back to a boundary; a new attempt starts there. */
export async function rewindToBoundary(run: Run, to: string): Promise<RewindRecord> {
  const before = await look(run);
  const { session } = run.recorder;
  const rounds = planRewind(writesSince(session, to));
  const plan = await begin(run, { kind: 'boundary', to, by: 'person', safety: before.tree, rounds, beside: planBeside(besideSince(session, to)) });
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
  const undone = writes.flatMap((write) => writesFrom(run.recorder.session, write));
  const { session } = run.recorder;
  const rounds = planRewind(undone);
  const own = session.line.beside.filter((change) => undone.some((write) => write.path === change.path && write.call === change.call));
  const beside = planBeside([...own, ...changes.flatMap((change) => changesFrom(session, change))]);
  if (await isThere(run, before, rounds.flat(), beside)) return undefined;
  const plan = await begin(run, { kind: 'file', to: [...writes, ...changes].map(({ path }) => path).join(', '), by, safety: before.tree, rounds, beside });
  return finish(run, plan, await restoreRounds(run, plan.rounds, plan.safety));
}

/** Whether everything is already as a rewind would leave it. */
async function isThere(run: Run, { tree, beside: besideTree = {}, control }: Capture, items: readonly RestoreItem[], beside: readonly BesideItem[]): Promise<boolean> {
  const wanted = new Map(items.map(({ path, target }) => [path, target]));
  const is = await run.ports.workspace.entries(tree, [...wanted.keys()]);
  const now = { ...besideTree, ...controlStates(control) };
  return [...wanted].every(([path, target]) => sameBlob(is.get(path) ?? null, target)) && beside.every(({ path, target }) => now[path] === target);
}

/** A write and all later ones of the session to the same path. */
function writesFrom(session: Session, first: Write): readonly Write[] {
  const own = session.line.writes.filter((one) => one.path === first.path);
  const at = own.findIndex((one) => one.call === first.call && sameBlob(one.before ?? null, first.before ?? null) && sameBlob(one.after ?? null, first.after ?? null));
  return at === -1 ? [first] : own.slice(at);
}

/** A change of a control file and all later ones of the session to it; by itself where it is none of the session's for certain. */
function changesFrom({ line }: Session, first: BesideChange): readonly BesideChange[] {
  const own = line.beside.filter((one) => one.path === first.path);
  const at = own.findIndex((one) => one.call === first.call);
  return at === -1 ? [first] : own.slice(at);
}

/** Rewinds the file of a flag to what it was before the earliest open flag on it. Undefined where it is as it was. */
export async function rewindFile(run: Run, flag: Flag): Promise<RewindRecord | undefined> {
  const first = run.recorder.session.line.flags.find((one) => one.path === flag.path && one.outcome === undefined) ?? flag;
  return rewindFlags(run, [first], 'person');
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

/** Undoes one hunk on the file as it is now; answers a sentence where its lines have changed since. */
export async function rewindHunk(run: Run, path: Path, hunk: Hunk): Promise<RewindRecord | string> {
  const before = await look(run);
  return carryOutHunk(run, await begin(run, { kind: 'hunk', to: path, by: 'person', safety: before.tree, rounds: [], beside: [], hunk }), hunk);
}

export async function carryOutHunk(run: Run, plan: RewindPlan, hunk: Hunk): Promise<RewindRecord | string> {
  const done = await run.ports.workspace.revertHunk(plan.to, hunk);
  if (done.ok) return finish(run, plan, { restored: [plan.to], merged: [], left: [] });
  await run.recorder.record({ type: 'rewind/refused', rewind: plan.id, why: done.detail });
  return done.detail;
}

/** Hunks of the session's own change against the base, by path, as the work tree is now. */
export async function sessionHunks(run: Run): Promise<ReadonlyMap<Path, readonly Hunk[]>> {
  const { tree } = await run.ports.workspace.capture();
  const written = writtenPaths(run.recorder.session);
  const diffs = (await differences(run, baseTree(run.recorder.session), tree)).filter((diff) => written.has(diff.path));
  return new Map(await Promise.all(diffs.map(async (diff) => [diff.path, diff.binary ? [] : await run.ports.workspace.hunks(diff)] as const)));
}

/** The intention goes into the journal before the first change, so that a crash in between leaves no change whose author is unknown. */
export async function begin(run: Run, what: Omit<RewindPlan, 'id'>): Promise<RewindPlan> {
  const plan = { ...what, id: run.ports.clock.id() };
  await run.recorder.record({ type: 'rewind/begun', plan });
  return plan;
}

/** Records what a rewind did, after its restores. */
export async function finish(run: Run, plan: RewindPlan, outcome: RestoreOutcome): Promise<RewindRecord> {
  const { id, kind, to, by, hunk, safety } = plan;
  const leftAlone = new Set(outcome.left.map((one) => one.path));
  const items = kind === 'boundary' ? plan.beside : plan.beside.filter((item) => !leftAlone.has(item.path));
  const besideLeft = await run.ports.workspace.restoreBeside(items);
  const beside = doneOf(items, besideLeft);
  const after = await run.ports.workspace.capture();
  const touched = new Set([...outcome.restored, ...outcome.merged]);
  const diffs = (await differences(run, safety, after.tree)).filter((diff) => touched.has(diff.path));
  const rewind: RewindRecord = {
    id, kind, to, by, ...(hunk === undefined ? {} : { hunk: hunk.id }), safety, tree: after.tree, restored: outcome.restored, merged: outcome.merged, left: [...outcome.left, ...besideLeft],
    ...(outcome.moved === undefined ? {} : { moved: outcome.moved }), ...notHeld(run.recorder.session, plan, after.notCovered), ...(beside.length === 0 ? {} : { beside }),
    writes: diffs.map((diff) => rewound(run, diff)),
  };
  await run.recorder.record({ type: 'rewind/done', rewind });
  await seeControl(run, after, { own: beside });
  await recordUse(run, after.tree);
  return rewind;
}

function notHeld({ base, line }: Session, { kind, to }: Pick<RewindRecord, 'kind' | 'to'>, now: readonly string[]): Pick<RewindRecord, 'notHeld'> {
  if (kind !== 'boundary') return {};
  const before = new Set(to === 'base' ? base?.notCovered : line.boundaries.find((one) => one.id === to)?.notCovered);
  const more = now.filter((one) => !before.has(one));
  return more.length === 0 ? {} : { notHeld: more };
}

function rewound(run: Run, diff: FileDiff): Write {
  const { session } = run.recorder;
  return { ...diff, by: 'rewind', call: '', phase: session.line.phase ?? '', attempt: session.line.attempt, turn: session.spent.turns };
}
