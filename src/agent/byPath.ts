import type { Path } from '../core/session/changes.ts';

/** What there is of each path, in order. In one pass: what is asked path by path of thousands of them must not go through all of it each time. */
export function byPath<T extends { readonly path: Path }>(all: readonly T[]): ReadonlyMap<Path, readonly T[]> {
  const found = new Map<Path, T[]>();
  for (const one of all) {
    const known = found.get(one.path);
    if (known === undefined) found.set(one.path, [one]);
    else known.push(one);
  }
  return found;
}
