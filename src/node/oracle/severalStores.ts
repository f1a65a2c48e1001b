import { pathIn, type RootName } from '../../core/contract/rootPath.ts';
import type { Blob, Path, TreeId } from '../../core/session/changes.ts';
import { splitIds } from '../../core/session/joinedIds.ts';
import type { TreeReader } from './storeReader.ts';

/** The stores of several roots as one: trees are joined ids, paths have the name of their root, and a content is read where a tree has named it. */
export class SeveralStores implements TreeReader {
  readonly #stores: readonly { readonly name: RootName; readonly reader: TreeReader }[];
  readonly #homes = new Map<string, TreeReader>();

  constructor(stores: readonly { readonly name: RootName; readonly reader: TreeReader }[]) {
    this.#stores = stores;
  }

  async entries(tree: TreeId): Promise<ReadonlyMap<Path, Blob>> {
    const ids = splitIds(tree, this.#stores.length);
    const all = new Map<Path, Blob>();
    for (const [index, { name, reader }] of this.#stores.entries()) {
      for (const [path, blob] of await reader.entries(ids[index] ?? '')) {
        all.set(pathIn(name, path), blob);
        this.#homes.set(blob.oid, reader);
      }
    }
    return all;
  }

  async read(oid: string): Promise<Buffer> {
    for await (const [, bytes] of this.readAll([oid])) return bytes;
    throw new Error(`no checkpoint store has ${oid}`);
  }

  async *readAll(oids: readonly string[]): AsyncGenerator<readonly [string, Buffer]> {
    for (let at = 0; at < oids.length;) {
      const home = await this.#homeOf(oids[at] ?? '');
      let end = at + 1;
      while (end < oids.length && this.#homes.get(oids[end] ?? '') === home) end += 1;
      yield* home.readAll(oids.slice(at, end));
      at = end;
    }
  }

  /** Frozen contents may be of a tree that this process has not listed: whichever store has one is right, for it hashes to its id. */
  async #homeOf(oid: string): Promise<TreeReader> {
    const known = this.#homes.get(oid);
    if (known !== undefined) return known;
    let missing: unknown = new Error(`no checkpoint store has ${oid}`);
    for (const { reader } of this.#stores) {
      try {
        await reader.read(oid);
        this.#homes.set(oid, reader);
        return reader;
      } catch (error) {
        missing = error;
      }
    }
    throw missing;
  }
}
