import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { writeDurably } from '../../journal/durable.ts';
import { Pace } from '../common/pace.ts';
import { removePack } from './packFolder.ts';
import { exists } from '../disk/exists.ts';
import type { Store } from './store.ts';

/** Contents of packs that are put together into one new pack at once, in bytes: as much room as making room needs. */
const mostAtOnce = 256 * 1024 * 1024;

/** A pack, without extension, of which something goes. */
interface Part {
  readonly place: string;
  readonly stays: readonly string[];
  readonly goes: readonly string[];
  readonly bytes: number;
}

/**
 * Removes from `packs` (named without extension) what is not in `kept`. In this order, so that the store is whole whenever the process dies: git is
 * told where histories begin, refs to what goes are removed, and each pack goes only when what stays of it is in another one, on the disk and
 * read back.
 */
export async function sweep(store: Store, packs: readonly string[], kept: ReadonlySet<string>, shallow: readonly string[]): Promise<void> {
  await cutHistories(store, shallow);
  await removeRefs(store, kept);
  let [waiting, bytes] = [[] as Part[], 0];
  for (const place of packs) {
    const found = await partOf(store, place, kept);
    if (found === undefined) continue;
    if (bytes + found.bytes > mostAtOnce && waiting.length > 0) {
      await replace(store, waiting);
      [waiting, bytes] = [[], 0];
    }
    waiting.push(found);
    bytes += found.bytes;
  }
  await replace(store, waiting);
}

/** A line in this format of `git cat-file --batch-check` for each object. */
export function askAbout(store: Store, format: string, oids: Iterable<string>): AsyncGenerator<string> {
  const input = Buffer.from([...oids].map((oid) => `${oid}\n`).join(''));
  return lines(store.git.stream({ args: ['cat-file', `--batch-check=${format}`, '--buffer'], input }));
}

/** Bytes that these objects take in the store together. */
export async function sizeOf(store: Store, oids: Iterable<string>): Promise<number> {
  let bytes = 0;
  for await (const size of askAbout(store, '%(objectsize:disk)', oids)) bytes += Number(size) || 0;
  return bytes;
}

/** Undefined where all of the pack stays. */
async function partOf(store: Store, place: string, kept: ReadonlySet<string>): Promise<Part | undefined> {
  const ids = await idsOf(store, place);
  const goes = ids.filter((oid) => !kept.has(oid));
  if (goes.length === 0) return undefined;
  return { place, stays: ids.filter((oid) => kept.has(oid)), goes, bytes: (await stat(`${place}.pack`)).size };
}

/** Ids of the objects of a pack. */
async function idsOf(store: Store, place: string): Promise<string[]> {
  const ids: string[] = [];
  const pace = new Pace();
  for await (const line of lines(store.git.stream({ args: ['show-index'], input: await readFile(`${place}.idx`) }))) {
    ids.push(line.split(' ')[1] ?? '');
    if (pace.due) await pace.rest();
  }
  return ids;
}

/** Puts what stays of these packs into one new pack, and removes them. */
async function replace(store: Store, parts: readonly Part[]): Promise<void> {
  const stays = [...new Set(parts.flatMap((part) => part.stays))];
  if (stays.length > 0) await repack(store, stays);
  for (const { place, goes } of parts) {
    await removePack(place);
    store.forget(goes);
  }
}

/** git copies the entries as they are: nothing is compressed anew and nothing stored as a difference. */
async function repack(store: Store, oids: readonly string[]): Promise<void> {
  const prefix = path.join(store.directory, 'spool', `${process.pid}-room`);
  const args = ['-c', 'pack.writeReverseIndex=false', '-c', 'core.fsync=all', 'pack-objects', '-q', '--window=0', '--no-reuse-delta', prefix];
  const name = (await store.git.run({ args, input: Buffer.from(`${oids.join('\n')}\n`) })).stdout.toString('latin1').trim();
  const made = `${prefix}-${name}`;
  try {
    const [ids, whole] = [new Set(await idsOf(store, made)), await isWhole(`${made}.pack`)];
    if (!whole || oids.some((oid) => !ids.has(oid))) throw new Error('the checkpoint store read back something else than was written while room was made');
    await store.git.run({ args: ['verify-pack', `${made}.idx`] });
    await store.packs.adopt(made);
  } finally {
    for (const ending of ['.pack', '.idx', '.rev']) await rm(made + ending, { force: true });
  }
}

/** Whether a pack ends in the SHA-1 of what is before it. */
async function isWhole(file: string): Promise<boolean> {
  const { size } = await stat(file);
  const hash = createHash('sha1');
  for await (const chunk of createReadStream(file, { end: size - 21, highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  const trailer: Buffer[] = [];
  for await (const chunk of createReadStream(file, { start: size - 20 })) trailer.push(chunk as Buffer);
  return hash.digest().equals(Buffer.concat(trailer));
}

/** Names the commits whose parents went, in git's own file for that; those that it names already stay where they are still there. */
async function cutHistories(store: Store, shallow: readonly string[]): Promise<void> {
  if (shallow.length === 0) return;
  const file = path.join(store.directory, 'shallow');
  const before = (await readFile(file, 'latin1').catch(() => '')).split('\n').filter((line) => line !== '');
  await writeDurably(file, Buffer.from(`${[...new Set([...before, ...shallow])].sort().join('\n')}\n`));
}

async function removeRefs(store: Store, kept: ReadonlySet<string>): Promise<void> {
  const refs = (await store.git.run({ args: ['for-each-ref', '--format=%(objectname) %(refname)'] })).stdout.toString('utf8').split('\n');
  const gone = refs.filter((line) => line !== '' && !kept.has(line.slice(0, 40))).map((line) => line.slice(41));
  // Not by git, which leaves a lock behind when it is killed. Refs that somebody has packed are git's to remove.
  for (const ref of gone) await rm(path.join(store.directory, ref), { force: true });
  if (gone.length > 0 && (await exists(path.join(store.directory, 'packed-refs')))) await store.git.run({ args: ['update-ref', '--stdin'], input: Buffer.from(gone.map((ref) => `delete ${ref}\n`).join('')) });
}

async function* lines(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream) {
    const parts = (rest + chunk.toString('latin1')).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
}
