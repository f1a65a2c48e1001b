import type { Path } from './changes.ts';

/** The lists of a session never change, and each is asked for one path after the other: it is sorted by path once. */
const sorted = new WeakMap<readonly { readonly path: Path }[], ReadonlyMap<Path, readonly unknown[]>>();

/** What of a list is about a path, in its order. The list must not change afterwards. */
export function ofPath<Item extends { readonly path: Path }>(list: readonly Item[], path: Path): readonly Item[] {
  return byPath(list).get(path) ?? [];
}

/** The same list by path. It must not change afterwards. */
export function byPath<Item extends { readonly path: Path }>(list: readonly Item[]): ReadonlyMap<Path, readonly Item[]> {
  const known = sorted.get(list) ?? sortedByPath(list);
  sorted.set(list, known);
  return known as ReadonlyMap<Path, readonly Item[]>;
}

function sortedByPath<Item extends { readonly path: Path }>(list: readonly Item[]): ReadonlyMap<Path, readonly Item[]> {
  const paths = new Map<Path, Item[]>();
  for (const item of list) {
    const own = paths.get(item.path);
    if (own === undefined) paths.set(item.path, [item]);
    else own.push(item);
  }
  return paths;
}
