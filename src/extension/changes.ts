import type { FileDiff, Path, Write } from '../core/session/changes.ts';
import { ofPath } from '../core/session/ofPath.ts';
import type { Session } from '../core/session/session.ts';
import { standingPaths } from '../core/session/standing.ts';

/**
 * What the session has changed in the end, path by path, sorted: the content before its first write against the content after
 * its last one. What it brought back itself is not among them, nor what a rewind took back wholly and only the user's own change is left of.
 */
export function netChanges({ line: { writes } }: Session): readonly NetChange[] {
  const changes = known.get(writes) ?? standingOf(writes);
  known.set(writes, changes);
  return changes;
}

type NetChange = Pick<FileDiff, 'path' | 'before' | 'after' | 'binary'>;

/** The same of one path, also where nothing of the session's change is left in it; undefined where it never changed it. */
export function changeOf({ line: { writes } }: Session, path: Path): NetChange | undefined {
  return netOf(ofPath(writes, path)).get(path);
}

/** A list of writes never changes, and is asked about again whenever a flag does. */
const known = new WeakMap<readonly Write[], readonly NetChange[]>();

function standingOf(writes: readonly Write[]): readonly NetChange[] {
  const standing = standingPaths(writes);
  const changed = [...netOf(writes).values()].filter(({ path, before, after }) => standing.has(path) && (before?.oid !== after?.oid || before?.mode !== after?.mode));
  return changed.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function netOf(writes: readonly Write[]): ReadonlyMap<Path, NetChange> {
  const net = new Map<Path, NetChange>();
  for (const write of writes) {
    const first = net.get(write.path) ?? write;
    net.set(write.path, { path: write.path, binary: first.binary || write.binary, ...(first.before === undefined ? {} : { before: first.before }), ...(write.after === undefined ? {} : { after: write.after }) });
  }
  return net;
}
