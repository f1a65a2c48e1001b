import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { isWhole, packOf } from './pack.ts';
import { type PackFolder, removePack } from './packFolder.ts';
import { readPackIndex } from './packIndex.ts';

/** More small packs than this are put together: git looks through all of them for each object. */
export const mostPacks = 64;
/** Largest pack that is copied, and most that is copied at once, in bytes. */
const [largestPack, largestSum] = [2 * 1024 * 1024, 8 * 1024 * 1024];

/**
 * Puts small packs together into one once there are many. A pack goes only when the new one is on the disk with all that it has. Two processes
 * that do this at once lose nothing: each removes what is in its own new pack, and a pack can only be in another that was made later.
 */
export async function gatherPacks(packs: PackFolder): Promise<void> {
  const names = await smallPacks(packs.directory);
  const parts = new Map<string, Buffer>();
  const copied: string[] = [];
  for (const name of names) {
    const entries = await entriesOf(path.join(packs.directory, name));
    if (entries === undefined) continue;
    for (const [oid, bytes] of entries) parts.set(oid, bytes);
    copied.push(name);
  }
  if (copied.length < 2) return;
  await packs.put(packOf(Array.from(parts, ([oid, bytes]) => ({ oid, bytes }))));
  for (const name of copied) await removePack(path.join(packs.directory, name));
}

/** Packs as this store writes them, without extension. One with any other file beside it, as git makes them, is left alone, and all where git keeps an index over all. */
export async function ownPacks(directory: string): Promise<string[]> {
  const files = await readdir(directory);
  if (files.some((file) => file.startsWith('multi-pack-index'))) return [];
  const endings = new Map<string, Set<string>>();
  for (const file of files) {
    const { name, ext } = path.parse(file);
    endings.set(name, (endings.get(name) ?? new Set()).add(ext));
  }
  return [...endings].filter(([, found]) => found.size === 2 && found.has('.pack') && found.has('.idx')).map(([name]) => name);
}

/** The smallest packs once there are too many of them. */
async function smallPacks(directory: string): Promise<string[]> {
  const own = await ownPacks(directory);
  const sized = await Promise.all(own.map((name) => stat(path.join(directory, `${name}.pack`)).then(({ size }) => ({ name, size }), () => ({ name, size: Number.POSITIVE_INFINITY }))));
  const small = sized.filter(({ size }) => size <= largestPack).sort((a, b) => a.size - b.size);
  let sum = 0;
  return small.length <= mostPacks ? [] : small.filter(({ size }) => (sum += size) <= largestSum).map(({ name }) => name);
}

/** Every entry of a pack as it lies there; undefined where anything is not as its index says, where another process took it away, and where git packed it. */
async function entriesOf(place: string): Promise<(readonly [string, Buffer])[] | undefined> {
  const [index, pack] = await Promise.all([readFile(`${place}.idx`), readFile(`${place}.pack`)]).catch(() => []);
  const read = index === undefined ? undefined : readPackIndex(index);
  if (pack === undefined || read === undefined || !createHash('sha1').update(pack.subarray(0, -20)).digest().equals(pack.subarray(-20)) || !read.packChecksum.equals(pack.subarray(-20))) return undefined;
  const entries = read.entries.map(({ oid, offset }, at) => [oid, pack.subarray(offset, read.entries[at + 1]?.offset ?? pack.length - 20)] as const);
  return entries.every(([, bytes], at) => isWhole(bytes) && crc32(bytes) === read.entries[at]?.crc) ? entries : undefined;
}
