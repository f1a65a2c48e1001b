import type { FileHandle } from 'node:fs/promises';
import type { GitObject } from './objects.ts';
import type { PackFile } from './pack.ts';
import type { Store } from './store.ts';

/** More than this goes into one pack instead of one file each. */
const fewObjects = 200;
const fewBytes = 4 * 1024 * 1024;

/** What one capture adds to the store: few objects as single files, many or large ones as a pack. Nothing counts as stored before `finish`. */
export class Intake {
  readonly #store: Store;
  readonly #waiting = new Map<string, GitObject>();
  #bytes = 0;
  #pack: PackFile | undefined;
  readonly #packed = new Set<string>();

  constructor(store: Store) {
    this.#store = store;
  }

  has(oid: string): boolean {
    return this.#store.has(oid) || this.#waiting.has(oid) || this.#packed.has(oid);
  }

  async add(object: GitObject): Promise<void> {
    if (this.has(object.oid)) return;
    if (this.#pack !== undefined) return this.#addToPack(this.#pack, object);
    this.#waiting.set(object.oid, object);
    this.#bytes += object.body.length;
    if (this.#waiting.size > fewObjects || this.#bytes > fewBytes) await this.#openPack();
  }

  /** Adds a large file and answers its id, or undefined if its size is no longer `size`. */
  async addFile(file: FileHandle, size: number): Promise<string | undefined> {
    const oid = await (await this.#openPack()).addFile(file, size);
    if (oid !== undefined) this.#packed.add(oid);
    return oid;
  }

  async #openPack(): Promise<PackFile> {
    if (this.#pack !== undefined) return this.#pack;
    this.#pack = await this.#store.newSpool();
    for (const object of this.#waiting.values()) await this.#addToPack(this.#pack, object);
    this.#waiting.clear();
    return this.#pack;
  }

  async #addToPack(pack: PackFile, object: GitObject): Promise<void> {
    await pack.add(object);
    this.#packed.add(object.oid);
  }

  /** Everything that was added is durable when this resolves. */
  async finish(): Promise<void> {
    if (this.#pack !== undefined) await this.#store.takePack(this.#pack);
    await this.#store.write([...this.#waiting.values()]);
    this.#waiting.clear();
  }

  /** Gives up what was not finished. */
  async abandon(): Promise<void> {
    await this.#pack?.discard();
  }
}
