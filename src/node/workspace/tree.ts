import type { Blob, Path } from '../../core/session/changes.ts';
import { directoryMode, type GitObject, treeObject } from './objects.ts';

/** An immutable git tree in memory. Trees made from one another share what did not change, so that comparing them costs what differs. */
export interface Dir {
  readonly oid: string;
  readonly entries: ReadonlyMap<string, Blob | Dir>;
}

/** What differs at one path between two trees. */
export interface TreeChange {
  readonly path: Path;
  readonly before?: Blob;
  readonly after?: Blob;
}

export const isDir = (entry: Blob | Dir | undefined): entry is Dir => entry !== undefined && 'entries' in entry;

export const emptyDir: Dir = { oid: treeObject([]).oid, entries: new Map() };

/** The tree with these paths set (a blob) or gone (null). Folders that become empty go, as git has none. */
export function withChanges(base: Dir, changes: Iterable<readonly [Path, Blob | null]>): Dir {
  const grouped = new Map<string, { leaf?: Blob | null; below: [Path, Blob | null][] }>();
  for (const [path, blob] of changes) {
    const slash = path.indexOf('/');
    const name = slash < 0 ? path : path.slice(0, slash);
    const group = grouped.get(name) ?? { below: [] };
    if (slash < 0) group.leaf = blob;
    else group.below.push([path.slice(slash + 1), blob]);
    grouped.set(name, group);
  }
  if (grouped.size === 0) return base;
  const entries = new Map(base.entries);
  for (const [name, group] of grouped) {
    const next = changedEntry(entries.get(name), group.leaf, group.below);
    if (next === undefined) entries.delete(name);
    else entries.set(name, next);
  }
  return dirOf(entries);
}

/** A file that takes the place of a folder, or the other way round, comes as two changes; what is there last wins over what is gone. */
function changedEntry(entry: Blob | Dir | undefined, leaf: Blob | null | undefined, below: readonly [Path, Blob | null][]): Blob | Dir | undefined {
  if (leaf) return leaf;
  const kept = leaf === null && !isDir(entry) ? undefined : entry;
  if (below.length === 0) return kept;
  const dir = withChanges(isDir(kept) ? kept : emptyDir, below);
  return dir.entries.size > 0 ? dir : isDir(kept) ? undefined : kept;
}

function dirOf(entries: ReadonlyMap<string, Blob | Dir>): Dir {
  return { oid: objectOf(entries).oid, entries };
}

function objectOf(entries: ReadonlyMap<string, Blob | Dir>): GitObject {
  return treeObject(Array.from(entries, ([name, entry]) => ({ name, oid: entry.oid, mode: isDir(entry) ? directoryMode : entry.mode })));
}

/** The tree objects of `dir` that `known` does not have, below before above. */
export function* treeObjects(dir: Dir, known: (oid: string) => boolean): Generator<GitObject> {
  if (known(dir.oid)) return;
  for (const entry of dir.entries.values()) if (isDir(entry)) yield* treeObjects(entry, known);
  yield objectOf(dir.entries);
}

/** Everything that differs, sorted by folder as the trees are walked. */
export function* differences(from: Dir, to: Dir, prefix = ''): Generator<TreeChange> {
  if (from.oid === to.oid) return;
  for (const name of new Set([...from.entries.keys(), ...to.entries.keys()])) {
    yield* entryDifferences(`${prefix}${name}`, from.entries.get(name), to.entries.get(name));
  }
}

function* entryDifferences(path: Path, before: Blob | Dir | undefined, after: Blob | Dir | undefined): Generator<TreeChange> {
  if (isDir(before) || isDir(after)) yield* differences(isDir(before) ? before : emptyDir, isDir(after) ? after : emptyDir, `${path}/`);
  const [old, now] = [isDir(before) ? undefined : before, isDir(after) ? undefined : after];
  if (old?.oid === now?.oid && old?.mode === now?.mode) return;
  yield { path, ...(old === undefined ? {} : { before: old }), ...(now === undefined ? {} : { after: now }) };
}

/** Every file of the tree. */
export function* files(dir: Dir, prefix = ''): Generator<readonly [Path, Blob]> {
  for (const [name, entry] of dir.entries) {
    if (isDir(entry)) yield* files(entry, `${prefix}${name}/`);
    else yield [`${prefix}${name}`, entry];
  }
}

/** The file at a path, undefined where there is none or a folder. */
export function fileAt(dir: Dir, path: Path): Blob | undefined {
  let at: Blob | Dir | undefined = dir;
  for (const name of path.split('/')) at = isDir(at) ? at.entries.get(name) : undefined;
  return isDir(at) ? undefined : at;
}

/** Ids of every object of the tree, the tree itself included. */
export function* oidsOf(dir: Dir): Generator<string> {
  yield dir.oid;
  for (const entry of dir.entries.values()) {
    if (isDir(entry)) yield* oidsOf(entry);
    else yield entry.oid;
  }
}
