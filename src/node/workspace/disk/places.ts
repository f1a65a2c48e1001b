import type { Path } from '../../../core/session/changes.ts';
import { encodeText, isWellFormed } from '../common/bytes.ts';

/** Where a workspace path is on the disk; bytes where its name has no text form. */
export function onDisk(root: string, path: Path): string | Buffer {
  const full = path === '' ? root : `${root}/${path}`;
  return isWellFormed(full) ? full : encodeText(full);
}

/** The folder of a path, '' for the workspace folder itself. */
export function parentOf(path: Path): Path {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

export const nameOf = (path: Path): string => path.slice(path.lastIndexOf('/') + 1);

export const joined = (folder: Path, name: string): Path => (folder === '' ? name : `${folder}/${name}`);

/** The folders above a path, the nearest first, without the workspace folder itself. */
export function* ancestorsOf(path: Path): Generator<Path> {
  for (let at = parentOf(path); at !== ''; at = parentOf(at)) yield at;
}

/** The one of `roots` that is the path or above it, the nearest first. */
export function rootOf(path: Path, roots: { readonly size: number; has(path: Path): boolean }): Path | undefined {
  if (roots.size === 0) return undefined;
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) if (roots.has(path.slice(0, end))) return path.slice(0, end);
  return undefined;
}

/** Whether `path` is one of `roots` or below one. */
export const isUnder = (path: Path, roots: { readonly size: number; has(path: Path): boolean }): boolean => rootOf(path, roots) !== undefined;
