import type { FileHandle } from 'node:fs/promises';
import type { GitObject } from '../git/objects.ts';
import type { PackFile } from './pack.ts';
import type { Store } from './store.ts';

/** Up to this a pack is put together in memory, in bytes of content; beyond it in a file. */
const memoryBytes = 4 * 1024 * 1024;

/** What one capture adds to the store, all of it in one pack. Nothing counts as stored before `finish`. */
export class Intake {
  readonly #store: Store;
  readonly #waiting = new Map<string, GitObject>();
  #bytes = 0;
  #pack: PackFile | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  has(oid: string): boolean {
    return this.#store.has(oid) || this.#waiting.has(oid) || this.#pack?.has(oid) === true;
  }

  async add(object: GitObject): Promise<void> {
    if (this.has(object.oid)) return;
    if (this.#pack !== undefined) return this.#pack.add(object);
    this.#waiting.set(object.oid, object);
    this.#bytes += object.body.length;
    if (this.#bytes > memoryBytes) await this.#openPack();
  }

  /** Adds an object as it lies in a pack. */
  async addPacked(oid: string, entry: Buffer): Promise<void> {
    if (!this.has(oid)) await (await this.#openPack()).addPacked(oid, entry);
  }

  /** Adds a large file and answers its id, or undefined if its size is no longer `size`. */
  async addFile(file: FileHandle, size: number): Promise<string | undefined> {
    return (await this.#openPack()).addFile(file, size);
  }

  async #openPack(): Promise<PackFile> {
    if (this.#pack !== undefined) return this.#pack;
    this.#pack = await this.#store.newSpool();
    for (const object of this.#waiting.values()) await this.#pack.add(object);
    this.#waiting.clear();
    return this.#pack;
  }

  /** Everything that was added is durable when this resolves. */
  async finish(): Promise<void> {
    if (this.#pack !== undefined) await this.#store.takePack(this.#pack);
    else await this.#store.write([...this.#waiting.values()]);
    this.#waiting.clear();
  }

  /** Gives up what was not finished. */
  async abandon(): Promise<void> {
    await this.#pack?.discard();
  }
}
