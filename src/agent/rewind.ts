import type { Blob, FileDiff, Hunk, Path, TreeId, Write } from '../core/session/changes.ts';
import type { RewindRecord } from '../core/session/facts.ts';
import type { DoneRewind, Flag, Session } from '../core/session/session.ts';
import { baseTree, recordUse, writtenPaths } from './diffUse.ts';
import { differences, look } from './look.ts';
import type { RestoreItem, RestoreOutcome } from './ports.ts';
import type { Run } from './run.ts';

/** What a rewind would do, before it is done. */
export interface RewindPreview {
  readonly items: readonly RestoreItem[];
  readonly paths: readonly Path[];
}

/**
 * The plan of a rewind to a boundary or to the base: every path that the session wrote since, with the content it had
 * there and the content that the session last left. Pure.
 */
export function planRewind(writes: readonly Write[], target: ReadonlyMap<Path, Blob>): readonly RestoreItem[] {
  const last = new Map<Path, Write>();
  for (const write of writes) last.set(write.path, write);
  return [...last.values()].map((write) => ({ path: write.path, target: target.get(write.path) ?? null, expected: write.after ?? null }));
}

/** Tree and later writes of a boundary id or `base`; throws for a boundary that is not on the current line. */
export function rewindTarget(session: Session, to: string): { readonly tree: TreeId; readonly writes: readonly Write[] } {
  if (to === 'base') return { tree: baseTree(session), writes: session.line.writes };
  const boundary = session.line.boundaries.find((one) => one.id === to);
  if (boundary === undefined) throw new Error(`there is no boundary ${to} on this attempt; there are: base${session.line.boundaries.map((one) => `, ${one.id}`).join('')}`);
  return { tree: boundary.tree, writes: session.line.writes.slice(boundary.line.writes.length) };
}

export async function previewRewind(run: Run, to: string): Promise<RewindPreview> {
  const { tree, writes } = rewindTarget(run.recorder.session, to);
  const entries = await run.ports.workspace.entries(tree, [...new Set(writes.map((write) => write.path))]);
  const items = planRewind(writes, entries);
  return { items, paths: items.map((item) => item.path) };
}

/** Brings the write set back to a boundary; a new attempt starts there. */
export async function rewindToBoundary(run: Run, to: string): Promise<RewindRecord> {
  const before = await look(run);
  const { items } = await previewRewind(run, to);
  return finish(run, { kind: 'boundary', to, by: 'person' }, before.tree, await run.ports.workspace.restore(items));
}

/** Undoes exactly these writes, each path back to what it was before the first of them. */
export async function rewindWrites(run: Run, writes: readonly Write[], by: RewindRecord['by']): Promise<RewindRecord | undefined> {
  if (writes.length === 0) return undefined;
  const before = by === 'person' ? (await look(run)).tree : (run.recorder.session.tree ?? '');
  const outcome = await run.ports.workspace.restore(writes.map((write) => fileItem(run.recorder.session, write)));
  return finish(run, { kind: 'file', to: writes.map((write) => write.path).join(', '), by }, before, outcome);
}

function fileItem(session: Session, write: Write): RestoreItem {
  const last = session.line.writes.findLast((one) => one.path === write.path) ?? write;
  return { path: write.path, target: write.before ?? null, expected: last.after ?? null };
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
  return finish(run, { kind: 'hunk', to: path, by: 'person', hunk: hunk.id }, before.tree, { restored: [path], merged: [], left: [] });
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
  const after = await run.ports.workspace.capture();
  await run.recorder.record({ type: 'rewind/undone', rewind: rewind.id, restored: [...outcome.restored, ...outcome.merged], left: outcome.left, tree: after.tree });
  return outcome;
}

async function finish(run: Run, what: Pick<RewindRecord, 'kind' | 'to' | 'by' | 'hunk'>, safety: TreeId, outcome: RestoreOutcome): Promise<RewindRecord> {
  const after = await run.ports.workspace.capture();
  const touched = new Set([...outcome.restored, ...outcome.merged]);
  const diffs = (await differences(run, safety, after.tree)).filter((diff) => touched.has(diff.path));
  const rewind: RewindRecord = {
    ...what, id: run.ports.clock.id(), safety, tree: after.tree, restored: outcome.restored, merged: outcome.merged, left: outcome.left,
    writes: diffs.map((diff) => rewound(run, diff)),
  };
  await run.recorder.record({ type: 'rewind/done', rewind });
  await recordUse(run, after.tree);
  return rewind;
}

function rewound(run: Run, diff: FileDiff): Write {
  const { session } = run.recorder;
  return { ...diff, by: 'rewind', call: '', phase: session.line.phase ?? '', attempt: session.line.attempt, turn: session.spent.turns };
}
