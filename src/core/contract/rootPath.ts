import type { Path } from '../session/changes.ts';

/** A folder of a session: '' for the contract's workspace folder, any other by the way to it from there, such as `../api`. */
export type RootName = string;

/** Where a path lies: its root, and the rest of it from there. */
export interface Placed {
  readonly root: RootName;
  readonly path: Path;
}

/** Splits a path; undefined where it lies in no root: it climbs to elsewhere, or is absolute. `roots` are those beside the main one. */
export function splitPath(roots: readonly RootName[], path: Path): Placed | undefined {
  const root = roots.find((one) => path === one || path.startsWith(`${one}/`)) ?? '';
  const rest = root === '' ? path : path.slice(root.length + 1);
  return rest.startsWith('/') || rest.split('/').includes('..') ? undefined : { root, path: rest };
}

/** The path as the session knows it: the way that a model or a shell in the main root would write. */
export function pathIn(root: RootName, path: Path): Path {
  if (root === '') return path;
  return path === '' ? root : `${root}/${path}`;
}
