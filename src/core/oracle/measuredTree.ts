import { splitPath, type RootName } from '../contract/rootPath.ts';
import { compileGlobs } from '../guard/globs.ts';
import type { Scope } from '../contract/contract.ts';
import type { Blob, Path } from '../session/changes.ts';
import type { FrozenFile } from '../session/session.ts';

/** The files that a run of the oracle sees: a candidate's content with the oracle as it was frozen. */
export interface MeasuredTree {
  readonly files: ReadonlyMap<Path, Blob>;
  /** Frozen paths that the candidate has differently or not at all. */
  readonly tampered: readonly Path[];
  /** Oracle files of the candidate that are not frozen; they are left out. */
  readonly unfrozen: readonly Path[];
}

/**
 * Puts frozen oracle files over a candidate's content. Left out are Bounded's and git's own files, scratch, secrets that
 * are not the oracle's, and paths that would leave their root. `roots`: those beside the main one. Without `frozen` the candidate's own oracle files stand.
 * Stops after every path, so that whoever goes through a hundred thousand of them can let others have their turn.
 */
export function* measuring(entries: ReadonlyMap<Path, Blob>, scope: Scope, frozen?: readonly FrozenFile[], roots: readonly RootName[] = []): Generator<void, MeasuredTree> {
  const [oracle, secret, scratch] = [compileGlobs(scope.oracle), compileGlobs(scope.secret), compileGlobs(scope.scratch)];
  const isSafe = (path: Path) => isPlain(splitPath(roots, path)?.path ?? '..');
  const [fixed, folders] = [new Map<Path, Blob>(), new Set<Path>()];
  for (const { path, oid, mode } of frozen ?? []) {
    yield;
    if (!isSafe(path)) continue;
    fixed.set(path, { oid, mode });
    for (const folder of foldersAbove(path)) folders.add(folder);
  }
  const files = new Map<Path, Blob>();
  const unfrozen: Path[] = [];
  for (const [path, blob] of entries) {
    yield;
    if (!isSafe(path) || scratch(path) !== undefined) continue;
    const isOracle = oracle(path) !== undefined;
    if (!isOracle && secret(path) !== undefined) continue;
    if (frozen === undefined) files.set(path, blob);
    else if (fixed.has(path)) continue;
    else if (isOracle) unfrozen.push(path);
    else if (!folders.has(path) && !foldersAbove(path).some((folder) => fixed.has(folder))) files.set(path, blob);
  }
  const tampered: Path[] = [];
  for (const [path, blob] of fixed) {
    yield;
    files.set(path, blob);
    const own = entries.get(path);
    if (own?.oid !== blob.oid || own.mode !== blob.mode) tampered.push(path);
  }
  return { files, tampered, unfrozen };
}

/** Whether a path stays inside the root that it is put into, and is nobody's private state. */
function isPlain(path: Path): boolean {
  const names = path.split('/');
  return names.every((name) => name !== '' && name !== '.' && name !== '..' && name.toLowerCase() !== '.git') && names[0]?.toLowerCase() !== '.bounded';
}

/** Whether a link at `path` in its root with this target stays inside: it climbs only at its beginning, and not above the top. */
export function staysInside(path: Path, target: string): boolean {
  if (target === '' || target.startsWith('/') || target.includes('\\') || target.includes('\0')) return false;
  const names = target.split('/').filter((name) => name !== '' && name !== '.');
  const climbs = names.findIndex((name) => name !== '..');
  const ups = climbs < 0 ? names.length : climbs;
  // A folder's name before `..` may itself be a link to elsewhere; only leading `..` mean what they say.
  return !names.slice(ups).includes('..') && ups <= path.split('/').length - 1 && !names.some((name) => name.toLowerCase() === '.git');
}

function foldersAbove(path: Path): Path[] {
  const names = path.split('/');
  return names.slice(1).map((_, index) => names.slice(0, index + 1).join('/'));
}
