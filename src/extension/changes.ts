import type { FileDiff, Write } from '../core/session/changes.ts';
import type { Session } from '../core/session/session.ts';

/**
 * What the session has changed in the end, path by path, sorted: the content before its first write against the content after
 * its last one. What it brought back itself is not among them.
 */
export function netChanges({ line: { writes } }: Session): readonly NetChange[] {
  const changes = known.get(writes) ?? netOf(writes);
  known.set(writes, changes);
  return changes;
}

type NetChange = Pick<FileDiff, 'path' | 'before' | 'after' | 'binary'>;

/** A list of writes never changes, and is asked about again whenever a flag does. */
const known = new WeakMap<readonly Write[], readonly NetChange[]>();

function netOf(writes: readonly Write[]): readonly NetChange[] {
  const net = new Map<string, NetChange>();
  for (const write of writes) {
    const first = net.get(write.path) ?? write;
    net.set(write.path, { path: write.path, binary: first.binary || write.binary, ...(first.before === undefined ? {} : { before: first.before }), ...(write.after === undefined ? {} : { after: write.after }) });
  }
  const changed = [...net.values()].filter(({ before, after }) => before?.oid !== after?.oid || before?.mode !== after?.mode);
  return changed.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
