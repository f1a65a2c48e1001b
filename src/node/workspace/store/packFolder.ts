import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { syncDirectory, syncFile, writeDurably, writeSynced } from '../../journal/durable.ts';
import { named } from '../../journal/faults.ts';
import { allOf } from '../common/allOf.ts';
import type { PackFile, WholePack } from './pack.ts';
import { packIndex } from './packIndex.ts';

/** Extension of an empty file beside a borrowed pack. */
const borrowed = '.borrowed';
/** Extension of an index that does not count yet. */
const unnamed = '.idx.tmp';

/** Where the packs of a store are, each with its index. A pack without an index is nothing; the index comes last. */
export class PackFolder {
  readonly directory: string;
  /** Bytes of all packs when they were last measured, and of those that this process has put there since: others may have gone. */
  #bytes = 0;

  /** `store` is the git directory. */
  constructor(store: string) {
    this.directory = path.join(store, 'objects', 'pack');
  }

  /** At most so many bytes, as far as this process knows. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes of all packs with their indexes now. */
  async measure(): Promise<number> {
    const names = await readdir(this.directory).catch(() => []);
    const sizes = await Promise.all(names.map((name) => stat(path.join(this.directory, name)).then(({ size }) => size, () => 0)));
    this.#bytes = sizes.reduce((sum, size) => sum + size, 0);
    return this.#bytes;
  }

  /** Makes a pack part of the store; what is in it is on the disk when this resolves. */
  put(pack: WholePack & { readonly bytes: Buffer }): Promise<void> {
    return this.#place(pack, (file) => writeChecked(file, pack.bytes));
  }

  /** The same with a pack that was written to a file of the same file system. */
  async take(pack: PackFile): Promise<WholePack> {
    const whole = await pack.close();
    await this.#place(whole, (file) => rename(pack.path, file));
    return whole;
  }

  /** Makes a pack part of the store that git wrote, synced, to `made` on the same file system (without extension) and that was read back. */
  async adopt(made: string): Promise<void> {
    const place = this.#newPlace();
    for (const ending of ['.pack', '.idx']) {
      await syncFile(made + ending);
      await rename(made + ending, place + ending);
      await syncDirectory(this.directory);
    }
  }

  /** Takes in a pack that somebody else made, by `copy` to a new file, with its index, and answers its place. It is marked as borrowed, so that it is never put together with ours. */
  async borrow(index: Buffer, copy: (file: string) => Promise<void>): Promise<string> {
    const place = this.#newPlace();
    try {
      await writeSynced(`${place}${borrowed}`, Buffer.alloc(0));
      await copy(`${place}.pack`);
      await writeDurably(`${place}.idx`, index);
      return place;
    } catch (error) {
      await this.giveBack(place);
      throw error;
    }
  }

  /** Removes a borrowed pack. */
  async giveBack(place: string): Promise<void> {
    await removePack(place);
    await rm(`${place}${borrowed}`, { force: true });
  }

  /** A name that no other process can come upon: what one has acknowledged is never written over by another. */
  #newPlace(): string {
    return path.join(this.directory, `pack-${randomBytes(20).toString('hex')}`);
  }

  /** `write` has the pack, on the disk, in the file when it resolves. */
  async #place(pack: WholePack, write: (file: string) => Promise<void>): Promise<void> {
    const place = this.#newPlace();
    try {
      const index = await packIndex(pack.entries, pack.checksum);
      // Neither is anything until the index has its name: they go to the disk side by side.
      await allOf([write(`${place}.pack`), writeChecked(place + unnamed, index)]);
      await rename(place + unnamed, `${place}.idx`);
      await syncDirectory(this.directory);
      this.#bytes += pack.size + index.length;
    } catch (error) {
      await rm(place + unnamed, { force: true });
      await removePack(place);
      throw error;
    }
  }

  /** Removes what a process that died has left behind: packs without an index, and what has no name yet. A living one is done within a day. */
  async sweep(): Promise<void> {
    const names = new Set(await readdir(this.directory));
    const lost = [...names].filter((name) => name.endsWith('.tmp') || name.startsWith('tmp_') || (name.endsWith('.pack') && !names.has(name.replace(/\.pack$/, '.idx'))));
    for (const name of lost) await removeOld(path.join(this.directory, name));
  }
}

/** Removes a pack, named without its extension. The index first: one without its pack would promise what is not there. */
export async function removePack(place: string): Promise<void> {
  await rm(`${place}.idx`, { force: true });
  await rm(`${place}.pack`, { force: true });
}

const aDay = 24 * 60 * 60 * 1000;

/** Removes a file or folder that was not touched for a day. */
export async function removeOld(file: string): Promise<void> {
  const stats = await stat(file).catch(() => undefined);
  if (stats !== undefined && Date.now() - stats.mtimeMs > aDay) await rm(file, { recursive: true, force: true });
}

/** Makes a file with these bytes on the disk. Throws where the system gives back others. */
async function writeChecked(file: string, bytes: Buffer): Promise<void> {
  const handle = await open(file, 'wx+', 0o600);
  try {
    await named(file, () => handle.writeFile(bytes));
    await named(file, () => handle.sync());
    const { bytesRead, buffer } = await named(file, () => handle.read(Buffer.allocUnsafe(bytes.length + 1), 0, bytes.length + 1, 0));
    if (!buffer.subarray(0, bytesRead).equals(bytes)) throw new Error(`the checkpoint store read back something else than was written to ${path.basename(file)}`);
  } finally {
    await handle.close();
  }
}
