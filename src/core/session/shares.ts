import type { FileDiff, Path, Write } from './changes.ts';
import { sameBlob } from './sameBlob.ts';
import { stretchesOf } from './standing.ts';

/** Whose a change between two trees is. A path in neither set is the session's alone. */
export interface Shares {
  readonly users: ReadonlySet<Path>;
  readonly both: ReadonlySet<Path>;
}

/**
 * Tells the user's part of what differs between two trees from what the session wrote between them: as for the write set, what
 * no call of the session changed is the user's. Where writes do not lead from the one content to the other without a gap, the user has a part.
 */
export function sharesOf(changes: Iterable<Pick<FileDiff, 'path' | 'before' | 'after'>>, writes: readonly Write[]): Shares {
  const stretches = stretchesOf(writes);
  const [users, both] = [new Set<Path>(), new Set<Path>()];
  for (const { path, before, after } of changes) {
    // What the session took back itself is no part of the change.
    const [first, ...more] = (stretches.get(path) ?? []).filter((stretch) => !sameBlob(stretch.before, stretch.after));
    if (first === undefined) users.add(path);
    else if (more.length > 0 || !sameBlob(first.before, before ?? null) || !sameBlob(first.after, after ?? null)) both.add(path);
  }
  return { users, both };
}
