import type { Blob, Path } from '../../../core/session/changes.ts';
import { changedTree, directoryMode, type GitObject, noEntries, treeEntries } from '../git/objects.ts';
import type { Pace } from '../common/pace.ts';
import { joined, nameOf, parentOf } from '../disk/places.ts';

/** An immutable git tree in memory: the bytes of its object, and the trees below. Trees made from one another share what did not change, so that comparing them costs what differs. */
export interface Dir {
  readonly oid: string;
  /** The object's content; parsed when it is asked for, because entries as values take ten times the memory. */
  readonly body: Buffer;
  readonly dirs: ReadonlyMap<string, Dir>;
}

/** What differs at one path between two trees. */
export interface TreeChange {
  readonly path: Path;
  readonly before?: Blob;
  readonly after?: Blob;
}

export const isDir = (entry: Blob | Dir | undefined): entry is Dir => entry !== undefined && 'dirs' in entry;

export const emptyDir: Dir = changedDir({ body: noEntries, dirs: new Map() }, new Map());

/** Changes of a tree by folder. */
export class TreeChanges {
  /** What is set (a blob) or gone (null) in each folder, and the folders in it where something is. */
  readonly #folders = new Map<Path, { readonly leaves: Map<string, Blob | null>; readonly below: Set<string> }>();

  set(path: Path, blob: Blob | null): void {
    this.#folder(parentOf(path)).leaves.set(nameOf(path), blob);
  }

  #folder(folder: Path): { readonly leaves: Map<string, Blob | null>; readonly below: Set<string> } {
    const known = this.#folders.get(folder);
    if (known !== undefined) return known;
    const made = { leaves: new Map<string, Blob | null>(), below: new Set<string>() };
    this.#folders.set(folder, made);
    if (folder !== '') this.#folder(parentOf(folder)).below.add(nameOf(folder));
    return made;
  }

  /** The tree with these changes, a stretch at a time. Folders that become empty go, as git has none. */
  async on(base: Dir, pace: Pace, folder: Path = ''): Promise<Dir> {
    const changes = this.#folders.get(folder);
    if (changes === undefined) return base;
    const made = new Map<string, Blob | Dir | null>();
    for (const name of new Set([...changes.leaves.keys(), ...changes.below])) {
      const next = await this.#changed(base.dirs.get(name), changes.leaves.get(name), changes.below.has(name) ? joined(folder, name) : undefined, pace);
      if (next !== undefined) made.set(name, next);
    }
    if (pace.due) await pace.rest();
    return changedDir(base, made);
  }

  /**
   * What comes in the place of an entry, `dir` where that is a folder; null: nothing, undefined: it stays. A file that takes the place of a folder, or
   * the other way round, comes as two changes; what is there last wins over what is gone.
   */
  async #changed(dir: Dir | undefined, leaf: Blob | null | undefined, below: Path | undefined, pace: Pace): Promise<Blob | Dir | null | undefined> {
    if (leaf) return leaf;
    if (below !== undefined) {
      const next = await this.on(dir ?? emptyDir, pace, below);
      if (next.body.length > 0) return next;
      if (dir !== undefined) return null;
    }
    return leaf === null && dir === undefined ? null : undefined;
  }
}

/** A tree after changes of its own entries (null: is gone). */
function changedDir(base: Pick<Dir, 'body' | 'dirs'>, changes: ReadonlyMap<string, Blob | Dir | null>): Dir {
  const leaves = Array.from(changes, ([name, entry]) => [name, entry && { oid: entry.oid, mode: isDir(entry) ? directoryMode : entry.mode }] as const);
  const { oid, body } = changedTree(base.body, new Map(leaves));
  const dirs = new Map(base.dirs);
  for (const [name, entry] of changes) {
    if (entry !== null && isDir(entry)) dirs.set(name, entry);
    else dirs.delete(name);
  }
  return { oid, body, dirs };
}

/** What is in a tree, in git's order. */
function* entriesOf({ body, dirs }: Dir): Generator<readonly [string, Blob | Dir]> {
  for (const { name, mode, oid } of treeEntries(body)) {
    const entry = mode === directoryMode ? dirs.get(name) : { oid, mode: mode as Blob['mode'] };
    if (entry !== undefined) yield [name, entry];
  }
}

/** The tree objects of `dir` that `known` does not have, below before above. */
export function* treeObjects(dir: Dir, known: (oid: string) => boolean): Generator<GitObject> {
  if (known(dir.oid)) return;
  for (const below of dir.dirs.values()) yield* treeObjects(below, known);
  yield { oid: dir.oid, type: 'tree', body: dir.body };
}

/** Everything that differs, sorted by folder as the trees are walked. */
export function* differences(from: Dir, to: Dir, prefix = ''): Generator<TreeChange> {
  if (from.oid === to.oid) return;
  const [before, after] = [new Map(entriesOf(from)), new Map(entriesOf(to))];
  for (const name of new Set([...before.keys(), ...after.keys()])) yield* entryDifferences(`${prefix}${name}`, before.get(name), after.get(name));
}

function* entryDifferences(path: Path, before: Blob | Dir | undefined, after: Blob | Dir | undefined): Generator<TreeChange> {
  if (isDir(before) || isDir(after)) yield* differences(isDir(before) ? before : emptyDir, isDir(after) ? after : emptyDir, `${path}/`);
  const [old, now] = [isDir(before) ? undefined : before, isDir(after) ? undefined : after];
  if (old?.oid === now?.oid && old?.mode === now?.mode) return;
  yield { path, ...(old === undefined ? {} : { before: old }), ...(now === undefined ? {} : { after: now }) };
}

/** Every file of the tree. */
export function* files(dir: Dir, prefix = ''): Generator<readonly [Path, Blob]> {
  for (const [name, entry] of entriesOf(dir)) {
    if (isDir(entry)) yield* files(entry, `${prefix}${name}/`);
    else yield [`${prefix}${name}`, entry];
  }
}

/** The folder at a path, undefined where there is none. */
export function folderAt(dir: Dir, folder: Path): Dir | undefined {
  let at: Dir | undefined = dir;
  if (folder !== '') for (const name of folder.split('/')) at = at?.dirs.get(name);
  return at;
}

/** The file at a path, undefined where there is none or a folder. */
export function fileAt(dir: Dir, path: Path): Blob | undefined {
  const at = folderAt(dir, parentOf(path));
  if (at === undefined) return undefined;
  const entry = lookup(at).get(nameOf(path));
  return isDir(entry) ? undefined : entry;
}

/** Entries of trees in which somebody looked something up: mostly there is more to look up in the same folder. */
const lookups = new WeakMap<Dir, WeakRef<ReadonlyMap<string, Blob | Dir>>>();

function lookup(dir: Dir): ReadonlyMap<string, Blob | Dir> {
  const known = lookups.get(dir)?.deref();
  if (known !== undefined) return known;
  const entries = new Map(entriesOf(dir));
  lookups.set(dir, new WeakRef(entries));
  return entries;
}

/** Ids of every object of the tree, the tree itself included. */
export function* oidsOf(dir: Dir): Generator<string> {
  yield dir.oid;
  for (const [, entry] of entriesOf(dir)) {
    if (isDir(entry)) yield* oidsOf(entry);
    else yield entry.oid;
  }
}
