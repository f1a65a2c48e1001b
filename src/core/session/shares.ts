import type { Blob, FileDiff, Path, Write } from './changes.ts';

/** One unbroken stretch of the session's own writes of a path; `null`: no file there. */
export interface Stretch {
  readonly before: Blob | null;
  readonly after: Blob | null;
}

/** Stretches by path, in order. They break where somebody else changed the path in between; those that a person ended do not count. */
export function stretchesOf(writes: readonly Write[]): ReadonlyMap<Path, readonly Stretch[]> {
  const stretches = new Map<Path, Stretch[]>();
  for (const write of writes) {
    if (write.ends === true) {
      stretches.delete(write.path);
      continue;
    }
    const own = stretches.get(write.path) ?? [];
    const last = own.at(-1);
    const [before, after] = [write.before ?? null, write.after ?? null];
    if (last !== undefined && sameBlob(last.after, before)) own[own.length - 1] = { ...last, after };
    else own.push({ before, after });
    stretches.set(write.path, own);
  }
  return stretches;
}

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

export function sameBlob(a: Blob | null, b: Blob | null): boolean {
  return a?.oid === b?.oid && a?.mode === b?.mode;
}
