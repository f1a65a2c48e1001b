import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { RootName } from '../../core/contract/rootPath.ts';
import { writeDurably } from '../journal/durable.ts';
import type { RepositoryState } from '../journal/stateDir.ts';
import { StartRefusal } from './refusal.ts';
import type { SessionRoot } from './roots.ts';

const [mebi, gibi, tebi] = [1024 ** 2, 1024 ** 3, 1024 ** 4];

/**
 * Bytes that the checkpoints of one repository may take where nobody said otherwise. A session adds some megabytes (13.7 MB for 100 checkpoints of
 * 10 files each in a work tree of 100,000, before packs), but a single file of up to 256 MiB is covered: the limit holds the base of a large work
 * tree and a dozen states of such a file. What people reported of other agents' stores began at 98 GB.
 */
export const defaultStoreLimit = 4 * gibi;

/** Below this a limit would be passed by the first checkpoint of many a repository. */
const leastLimit = 16 * mebi;

/** Bytes of a text such as `4 GiB` or `512 MiB`; a StartRefusal where it is none, or less than 16 MiB. */
export function parseStoreLimit(text: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,3})?) ?(M|G|T)iB$/.exec(text.trim());
  const unit = { M: mebi, G: gibi, T: tebi }[match?.[2] ?? ''];
  if (match === null || unit === undefined) throw new StartRefusal('cannot-start', `the limit of the checkpoint store, "${text}", is not a size such as "4 GiB" or "512 MiB"`);
  const bytes = Math.floor(Number(match[1]) * unit);
  if (bytes < leastLimit) throw new StartRefusal('cannot-start', `the limit of the checkpoint store, ${text}, is less than 16 MiB`);
  return bytes;
}

/**
 * The limit in force for a repository. What a door was told by a person (`said`) is kept in the private state and counts for every door until
 * another one is told something else: one that knows of no setting must not give up what another one was told to keep.
 */
export async function storeLimitOf({ dir }: RepositoryState, said: string | undefined): Promise<number> {
  const file = path.join(dir, 'store-limit');
  const known = await readFile(file, 'utf8').catch(() => undefined);
  if (said === undefined || said.trim() === '') return known === undefined ? defaultStoreLimit : parseStoreLimit(known);
  const limit = parseStoreLimit(said);
  if (known?.trim() !== said.trim()) await writeDurably(file, Buffer.from(`${said.trim()}\n`));
  return limit;
}

/** The same of each root. Rejects as `parseStoreLimit` does. */
export async function storeLimitsOf(roots: readonly SessionRoot[], said: string | undefined): Promise<ReadonlyMap<RootName, number>> {
  return new Map(await Promise.all(roots.map(async ({ name, state }) => [name, await storeLimitOf(state, said)] as const)));
}
