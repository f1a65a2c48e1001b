import { createHash, type Hash } from 'node:crypto';
import { lstat, open, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { openFlags } from '../disk/content.ts';
import type { PackFolder } from '../store/packFolder.ts';
import { type IdTable, idTable, trailerOf } from '../store/packIndex.ts';
import { idLookup } from './threadTools.ts';

/** Most that is borrowed from one repository, in bytes of packs and of their indexes, and in packs. */
const [mostBytes, mostIndexBytes, mostPacks] = [256 * 1024 * 1024, 32 * 1024 * 1024, 100];
/** What is copied at a time. */
const pieceBytes = 4 * 1024 * 1024;

interface Candidate {
  /** Without extension. */
  readonly place: string;
  readonly index: Buffer;
  readonly table: IdTable;
}

/**
 * Packs of the user's repository, copied into the store so that a first checkpoint need not pack what they have. Nothing in them is believed but the
 * names of contents that were read from the work tree, and that only until a pack of our own has these contents. Then they go.
 */
export class Loan {
  /** Sorted ids of their contents, as threads look them up. */
  readonly tables: readonly SharedArrayBuffer[];
  readonly #packs: PackFolder;
  readonly #copies: Promise<readonly (string | undefined)[]>;

  private constructor(packs: PackFolder, candidates: readonly Candidate[]) {
    this.#packs = packs;
    this.tables = candidates.map(({ table }) => table.ids);
    this.#copies = this.#copyAll(candidates);
    // Whoever asks whether they stand sees it.
    this.#copies.catch(() => undefined);
  }

  /** Begins to copy packs of the repository with this folder of objects; undefined where there is none that may be borrowed. */
  static async from(objects: string, packs: PackFolder): Promise<Loan | undefined> {
    const candidates = await candidatesIn(path.join(objects, 'pack'));
    return candidates.length === 0 ? undefined : new Loan(packs, candidates);
  }

  /** For each table whether the store has its pack, durably. */
  async stand(): Promise<readonly boolean[]> {
    return (await this.#copies).map((copy) => copy !== undefined);
  }

  /** What tells whether an object, by its id, is in a pack that the store has now. */
  async lends(): Promise<(oid: string) => boolean> {
    const stand = await this.stand();
    const isIn = idLookup(this.tables.filter((_, at) => stand[at]));
    return (oid) => isIn(Buffer.from(oid, 'hex'), 0);
  }

  /** Removes the copies. */
  async giveBack(): Promise<void> {
    for (const copy of await this.#copies) if (copy !== undefined) await this.#packs.giveBack(copy);
  }

  async #copyAll(candidates: readonly Candidate[]): Promise<readonly (string | undefined)[]> {
    const copies: (string | undefined)[] = [];
    // What cannot be copied is packed like everything else, and that tells what is wrong with the disk.
    for (const candidate of candidates) copies.push(await this.#packs.borrow(candidate.index, (file) => copyPack(`${candidate.place}.pack`, file, candidate.table.packChecksum)).catch(() => undefined));
    return copies;
  }
}

/** The largest packs that may be borrowed together. */
async function candidatesIn(folder: string): Promise<Candidate[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^pack-.*\.pack$/.test(name)).map((name) => path.join(folder, name.replace(/\.pack$/, '')));
  const sized = await Promise.all(names.map(async (place) => ({ place, bytes: await plainSize(`${place}.pack`), indexBytes: await plainSize(`${place}.idx`) })));
  const candidates: Candidate[] = [];
  let [left, indexLeft] = [mostBytes, mostIndexBytes];
  for (const { place, bytes, indexBytes } of sized.sort((a, b) => b.bytes - a.bytes)) {
    if (bytes > left || indexBytes > indexLeft || candidates.length >= mostPacks) continue;
    const index = await readFile(`${place}.idx`).catch(() => undefined);
    const table = index === undefined || index.length !== indexBytes ? undefined : idTable(index);
    if (index === undefined || table === undefined || !(await trailerOf(index)).equals(index.subarray(-20))) continue;
    candidates.push({ place, index, table });
    left -= bytes;
    indexLeft -= indexBytes;
  }
  return candidates;
}

/** Beyond every limit for what is missing or no regular file. */
async function plainSize(file: string): Promise<number> {
  const stats = await lstat(file).catch(() => undefined);
  return stats?.isFile() === true ? stats.size : Number.POSITIVE_INFINITY;
}

/** Copies a pack to a new file and answers once it is on the disk. Throws where it is not the pack that ends in `checksum`. */
async function copyPack(from: string, to: string, checksum: Buffer): Promise<void> {
  const source = await open(from, openFlags);
  try {
    const stats = await source.stat();
    if (!stats.isFile() || stats.size > mostBytes) throw new Error(`${from} is no pack that may be borrowed`);
    const target = await open(to, 'wx', 0o600);
    try {
      const [buffer, hash] = [Buffer.allocUnsafe(pieceBytes), createHash('sha1')];
      let trailer = Buffer.alloc(0);
      for (let size = 0, got = 1; got > 0; size += got) {
        got = (await source.read(buffer, 0, pieceBytes, size)).bytesRead;
        trailer = noted(hash, trailer, buffer.subarray(0, got));
        for (let done = 0; done < got;) done += (await target.write(buffer, done, got - done, size + done)).bytesWritten;
        if (size > mostBytes) throw new Error(`${from} grows`);
      }
      if (!hash.digest().equals(trailer) || !trailer.equals(checksum)) throw new Error(`${from} is not what its index is for`);
      await target.sync();
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** Hashes all but the last 20 bytes of what came so far, and answers those. */
function noted(hash: Hash, before: Buffer<ArrayBuffer>, piece: Buffer): Buffer<ArrayBuffer> {
  if (piece.length < 20) {
    const all = Buffer.concat([before, piece]);
    hash.update(all.subarray(0, Math.max(0, all.length - 20)));
    return Buffer.from(all.subarray(Math.max(0, all.length - 20)));
  }
  hash.update(before);
  hash.update(piece.subarray(0, piece.length - 20));
  return Buffer.from(piece.subarray(piece.length - 20));
}
