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
 */
export function measuredTree(entries: Iterable<readonly [Path, Blob]>, scope: Scope, frozen?: readonly FrozenFile[], roots: readonly RootName[] = []): MeasuredTree {
  const all = new Map(entries);
  const [oracle, secret, scratch] = [compileGlobs(scope.oracle), compileGlobs(scope.secret), compileGlobs(scope.scratch)];
  const isSafe = (path: Path) => isPlain(splitPath(roots, path)?.path ?? '..');
  const kept = [...all].filter(([path]) => isSafe(path) && scratch(path) === undefined && (secret(path) === undefined || oracle(path) !== undefined));
  if (frozen === undefined) return { files: new Map(kept), tampered: [], unfrozen: [] };
  const fixed = new Map(frozen.filter(({ path }) => isSafe(path)).map(({ path, oid, mode }) => [path, { oid, mode }]));
  const folders = new Set([...fixed.keys()].flatMap(foldersAbove));
  const stands = ([path]: readonly [Path, Blob]) => oracle(path) === undefined && !fixed.has(path) && !folders.has(path) && !foldersAbove(path).some((folder) => fixed.has(folder));
  return {
    files: new Map([...kept.filter(stands), ...fixed]),
    tampered: [...fixed].filter(([path, blob]) => all.get(path)?.oid !== blob.oid || all.get(path)?.mode !== blob.mode).map(([path]) => path),
    unfrozen: kept.map(([path]) => path).filter((path) => oracle(path) !== undefined && !fixed.has(path)),
  };
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
