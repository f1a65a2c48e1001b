import type { FileDiff, Hunk, Path, TreeId, Write } from '../core/session/changes.ts';
import type { BesideItem, MovedPath, RewindRecord } from '../core/session/facts.ts';
import type { DoneRewind, Flag, Session } from '../core/session/session.ts';
import { sameBlob, stretchesOf } from '../core/session/shares.ts';
import { doneOf, inverse, planBeside } from './beside.ts';
import { baseTree, recordUse, writtenPaths } from './diffUse.ts';
import { differences, look } from './look.ts';
import type { RestoreItem, RestoreOutcome } from './ports.ts';
import type { Run } from './run.ts';

/**
 * The plan of undoing writes, in rounds: each round undoes one unbroken stretch of the session's own writes per path, the
 * latest first. Where the user changed a path in between, its writes fall into several stretches, and the user's change stays
 * through all of them: each is a three-way merge against what is there. Pure.
 */
export function planRewind(writes: readonly Write[]): readonly (readonly RestoreItem[])[] {
  const stretches = Array.from(stretchesOf(writes), ([path, own]) => own.map(({ before, after }): RestoreItem => ({ path, target: before, expected: after })));
  const rounds = Math.max(0, ...stretches.map((own) => own.length));
  return Array.from({ length: rounds }, (_, round) => stretches.flatMap((own) => own[own.length - 1 - round] ?? []));
}

/** Runs the rounds; a path that had to be left in one is not touched in the next. */
async function restoreRounds(run: Run, rounds: readonly (readonly RestoreItem[])[]): Promise<RestoreOutcome> {
  const [restored, merged, left, moved] = [new Set<Path>(), new Set<Path>(), new Map<Path, string>(), [] as MovedPath[]];
  for (const round of rounds) {
    const outcome = await run.ports.workspace.restore(round.filter((item) => !left.has(item.path)));
    for (const path of outcome.restored) restored.add(path);
    for (const path of outcome.merged) merged.add(path);
    for (const { path, why } of outcome.left) left.set(path, why);
    moved.push(...(outcome.moved ?? []));
  }
  return {
    restored: [...restored].filter((path) => !merged.has(path) && !left.has(path)), merged: [...merged].filter((path) => !left.has(path)), left: [...left].map(([path, why]) => ({ path, why })),
    ...(moved.length === 0 ? {} : { moved }),
  };
}

/** What the session wrote since a boundary id or `base`; throws for a boundary that is not on the current line. */
export function writesSince(session: Session, to: string): readonly Write[] {
  if (to === 'base') return session.line.writes;
  const boundary = session.line.boundaries.find((one) => one.id === to);
  if (boundary === undefined) throw new Error(`there is no boundary ${to} on this attempt; there are: base${session.line.boundaries.map((one) => `, ${one.id}`).join('')}`);
  return session.line.writes.slice(boundary.line.writes.length);
}

/** Paths that a rewind to a boundary would bring back, before it is done. */
export function previewRewind(session: Session, to: string): readonly Path[] {
  const items = planRewind(writesSince(session, to)).flat().filter((item) => !sameBlob(item.target, item.expected));
  return [...new Set(items.map((item) => item.path))];
}

/** Brings the write set back to a boundary; a new attempt starts there. */
export async function rewindToBoundary(run: Run, to: string): Promise<RewindRecord> {
  const before = await look(run);
  const { line } = run.recorder.session;
  const rounds = planRewind(writesSince(run.recorder.session, to));
  const beside = line.beside.slice(line.boundaries.find((one) => one.id === to)?.line.beside.length ?? 0);
  return finish(run, { kind: 'boundary', to, by: 'person' }, before.tree, await restoreRounds(run, rounds), planBeside(beside));
}

/** Undoes exactly these writes, each path back to what it was before the first of them. */
export async function rewindWrites(run: Run, writes: readonly Write[], by: RewindRecord['by']): Promise<RewindRecord | undefined> {
  if (writes.length === 0) return undefined;
  // Also where a stray is rewound right after it was measured: after a file tool only its path was looked at.
  const before = (await look(run)).tree;
  const undone = writes.flatMap((write) => writesFrom(run.recorder.session, write));
  const outcome = await restoreRounds(run, planRewind(undone));
  const beside = run.recorder.session.line.beside.filter((change) => undone.some((write) => write.path === change.path && write.call === change.call) && !outcome.left.some((one) => one.path === change.path));
  return finish(run, { kind: 'file', to: writes.map((write) => write.path).join(', '), by }, before, outcome, planBeside(beside));
}

/** A write and all later ones of the session to the same path. */
function writesFrom(session: Session, first: Write): readonly Write[] {
  const own = session.line.writes.filter((one) => one.path === first.path);
  const at = own.findIndex((one) => one.call === first.call && sameBlob(one.before ?? null, first.before ?? null) && sameBlob(one.after ?? null, first.after ?? null));
  return at === -1 ? [first] : own.slice(at);
}

/** Rewinds the file of a flag to what it was before the earliest open flag on it. */
export async function rewindFile(run: Run, flag: Flag): Promise<RewindRecord | undefined> {
  const first = run.recorder.session.line.flags.find((one) => one.path === flag.path && one.outcome === undefined) ?? flag;
  return rewindWrites(run, [first.write], 'person');
}

/** Undoes one hunk on the file as it is now; answers a sentence where its lines have changed since. */
export async function rewindHunk(run: Run, path: Path, hunk: Hunk): Promise<RewindRecord | string> {
  const before = await look(run);
  const done = await run.ports.workspace.revertHunk(path, hunk);
  if (!done.ok) return done.detail;
  return finish(run, { kind: 'hunk', to: path, by: 'person', hunk: hunk.id }, before.tree, { restored: [path], merged: [], left: [] }, []);
}

/** Hunks of the session's own change against the base, by path, as the work tree is now. */
export async function sessionHunks(run: Run): Promise<ReadonlyMap<Path, readonly Hunk[]>> {
  const { tree } = await run.ports.workspace.capture();
  const written = writtenPaths(run.recorder.session);
  const diffs = (await differences(run, baseTree(run.recorder.session), tree)).filter((diff) => written.has(diff.path));
  return new Map(await Promise.all(diffs.map(async (diff) => [diff.path, diff.binary ? [] : await run.ports.workspace.hunks(diff)] as const)));
}

/** Brings back what a rewind took away; the user's later changes stay. */
export async function undoRewind(run: Run, rewind: DoneRewind): Promise<RestoreOutcome> {
  await look(run);
  const paths = [...rewind.restored, ...rewind.merged];
  const [wanted, left] = [await run.ports.workspace.entries(rewind.safety, paths), await run.ports.workspace.entries(rewind.tree, paths)];
  const outcome = await run.ports.workspace.restore(paths.map((path) => ({ path, target: wanted.get(path) ?? null, expected: left.get(path) ?? null })));
  const besideLeft = await run.ports.workspace.restoreBeside(inverse(rewind.beside ?? []));
  const after = await run.ports.workspace.capture();
  const all = { ...outcome, left: [...outcome.left, ...besideLeft] };
  await run.recorder.record({ type: 'rewind/undone', rewind: rewind.id, restored: [...outcome.restored, ...outcome.merged], left: all.left, tree: after.tree });
  return all;
}

async function finish(run: Run, what: Pick<RewindRecord, 'kind' | 'to' | 'by' | 'hunk'>, safety: TreeId, outcome: RestoreOutcome, items: readonly BesideItem[]): Promise<RewindRecord> {
  const besideLeft = await run.ports.workspace.restoreBeside(items);
  const beside = doneOf(items, besideLeft);
  const after = await run.ports.workspace.capture();
  const touched = new Set([...outcome.restored, ...outcome.merged]);
  const diffs = (await differences(run, safety, after.tree)).filter((diff) => touched.has(diff.path));
  const rewind: RewindRecord = {
    ...what, id: run.ports.clock.id(), safety, tree: after.tree, restored: outcome.restored, merged: outcome.merged, left: [...outcome.left, ...besideLeft],
    ...(outcome.moved === undefined ? {} : { moved: outcome.moved }), ...notHeld(run.recorder.session, what, after.notCovered), ...(beside.length === 0 ? {} : { beside }),
    writes: diffs.map((diff) => rewound(run, diff)),
  };
  await run.recorder.record({ type: 'rewind/done', rewind });
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
