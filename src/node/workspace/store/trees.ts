import { Paused } from '../../../agent/run.ts';
import type { Blob, Path, TreeId } from '../../../core/session/changes.ts';
import { decodeBytes } from '../common/bytes.ts';
import type { GitObject } from '../git/objects.ts';
import { type Git, GitFailure } from '../git/git.ts';
import type { Intake } from './intake.ts';
import { Pace } from '../common/pace.ts';
import { Recent } from '../common/recent.ts';
import type { Store } from './store.ts';
import { type Dir, emptyDir, TreeChanges } from './tree.ts';

/** The most that are kept; half of them for certain. */
const keptTrees = 16;

/** Trees of the store as values in memory; those used lately are at hand without a process. */
export class Trees {
  readonly #store: Store;
  readonly #recent = new Recent<Dir>(keptTrees, () => 1);

  constructor(store: Store) {
    this.#store = store;
  }

  note(tree: Dir): void {
    this.#recent.set(tree.oid, tree);
  }

  /** Throws `Paused` for a tree that is not in the store or cannot be read there, and another error for one that is not what its id says. */
  async get(id: TreeId): Promise<Dir> {
    const held = this.#recent.get(id);
    if (held !== undefined) return held;
    const tree = await loadedTree(this.#store.git, id).catch((error: unknown) => {
      throw error instanceof GitFailure ? new Paused(`${this.#store.directory} does not have the checkpoint ${id.slice(0, 10)} whole any more, so nothing can be told of it or brought back from it: bring the folder back from a backup, then go on (${error.message})`) : error;
    });
    if (tree.oid !== id) throw new Error(`the checkpoint store answered tree ${tree.oid} for ${id}`);
    this.note(tree);
    return tree;
  }
}

/** The tree that these changes make of another one (null: is gone), a stretch at a time. */
export async function treeOf(changes: Iterable<readonly [Path, Blob | null]>, base: Dir = emptyDir): Promise<Dir> {
  const pace = new Pace();
  const grouped = new TreeChanges();
  for (const [path, blob] of changes) {
    grouped.set(path, blob);
    if (pace.due) await pace.rest();
  }
  return grouped.on(base, pace);
}

/** Adds objects but those that are lent, a stretch at a time. */
export async function addAll(objects: Iterable<GitObject>, intake: Intake, isLent?: (oid: string) => boolean): Promise<void> {
  const pace = new Pace();
  for (const object of objects) {
    if (pace.due) await pace.rest();
    if (isLent?.(object.oid) !== true) await intake.add(object);
  }
}

/** A tree of the store, a stretch at a time. */
async function loadedTree(git: Git, id: TreeId): Promise<Dir> {
  const grouped = new TreeChanges();
  for await (const [path, blob] of listTree(git, id)) grouped.set(path, blob);
  return grouped.on(emptyDir, new Pace());
}

/** The files and links of a tree or commit; links to other repositories are left out. `env` may point git to another repository's objects. */
export async function* listTree(git: Git, treeish: string, env: Readonly<Record<string, string>> = {}): AsyncGenerator<readonly [Path, Blob]> {
  for await (const record of records(git.stream({ args: ['ls-tree', '-r', '-z', '--full-tree', treeish], env }))) {
    const match = /^(100644|100755|100664|120000) blob ([0-9a-f]{40})$/.exec(record.toString('latin1', 0, record.indexOf(9)));
    if (match === null) continue;
    yield [decodeBytes(record.subarray(record.indexOf(9) + 1)), { oid: match[2] ?? '', mode: match[1] === '100664' ? '100644' : (match[1] as Blob['mode']) }];
  }
}

/** Cuts output at its NUL bytes; what follows the last one is a record of its own unless it is empty. */
export async function* records(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let end = bytes.indexOf(0, from); end >= 0; end = bytes.indexOf(0, from)) {
      yield bytes.subarray(from, end);
      from = end + 1;
    }
    rest = bytes.subarray(from);
  }
  if (rest.length > 0) yield rest;
}
