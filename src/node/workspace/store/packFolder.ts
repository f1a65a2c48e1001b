import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { syncDirectory, syncFile, writeDurably, writeSynced } from '../../journal/durable.ts';
import type { PackFile, WholePack } from './pack.ts';
import { packIndex } from './packIndex.ts';

/** Extension of an empty file beside a borrowed pack. */
const borrowed = '.borrowed';

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
  async put(pack: WholePack & { readonly bytes: Buffer }): Promise<void> {
    await this.#place(async (file) => {
      await writeSynced(file, pack.bytes);
      const back = await readFile(file);
      const trailer = back.subarray(-pack.checksum.length);
      if (!trailer.equals(pack.checksum) || !sha1(back.subarray(0, -trailer.length)).equals(trailer)) throw readBackDiffers(file);
      return pack;
    });
  }

  /** The same with a pack that was written to a file of the same file system. */
  take(pack: PackFile): Promise<WholePack> {
    return this.#place(async (file) => {
      const whole = await pack.close();
      await rename(pack.path, file);
      return whole;
    });
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

  async #place(write: (file: string) => Promise<WholePack>): Promise<WholePack> {
    const place = this.#newPlace();
    const index = `${place}.idx`;
    try {
      const pack = await write(`${place}.pack`);
      const bytes = await packIndex(pack.entries, pack.checksum);
      await writeDurably(index, bytes);
      if (!(await readFile(index)).equals(bytes)) throw readBackDiffers(index);
      this.#bytes += (await stat(`${place}.pack`)).size + bytes.length;
      return pack;
    } catch (error) {
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

const sha1 = (bytes: Buffer): Buffer => createHash('sha1').update(bytes).digest();
const readBackDiffers = (place: string): Error => new Error(`the checkpoint store read back something else than was written to ${path.basename(place)}`);
