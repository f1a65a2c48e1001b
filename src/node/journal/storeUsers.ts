import { randomBytes } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { privateDirectory } from './durable.ts';
import { acquireLease, readLease, type LeaseKey } from './lease.ts';
import { describeHolder, type Holder } from './leaseHolder.ts';
import { sha256 } from './line.ts';

/** How long a process waits for another one to finish making room, and between two looks, in milliseconds. */
const [longestWait, betweenLooks] = [60_000, 100];

/** A process that takes checkpoints in the private state of a repository: as long as it does, no other process removes any. */
export interface StoreUse {
  readonly name: string;
  end(): Promise<void>;
}

/**
 * Begins to use the checkpoints of a repository, whose private state is `dir`. Whoever wants to remove some sees that; one who is removing some
 * already is waited for. Rejects where that takes longer than a minute.
 */
export async function useStore(dir: string, holder: Holder): Promise<StoreUse> {
  await privateDirectory(usersOf(dir));
  const name = randomBytes(16).toString('hex');
  const key = userKey(dir, name);
  const lease = await acquireLease(key, holder);
  if ('heldBy' in lease) throw new Error('a random name was taken');
  const end = async (): Promise<void> => {
    await lease.release();
    await rm(key.file, { force: true });
  };
  const note = () => writeFile(key.file, '', { flag: 'a', mode: 0o600 });
  try {
    await note();
    await untilFree(dir, holder);
    // Whoever was waited for may have removed everything.
    await privateDirectory(usersOf(dir));
    await note();
    return { name, end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Runs `work` while no other process uses the checkpoints of the repository; answers in words who does where one does, and then nothing was run. */
export async function aloneInStore<T>(dir: string, own: StoreUse | undefined, holder: Holder, work: () => Promise<T>): Promise<{ readonly done: T } | { readonly usedBy: string }> {
  const lease = await acquireLease(roomKey(dir), holder);
  if ('heldBy' in lease) return { usedBy: lease.heldBy };
  try {
    const usedBy = await otherUser({ dir, own });
    return usedBy === undefined ? { done: await work() } : { usedBy };
  } finally {
    await lease.release();
  }
}

/** The private state of a repository, and this process as a user of its checkpoints where it is one. */
export interface UsedStore {
  readonly dir: string;
  readonly own?: StoreUse | undefined;
}

/** The same for several repositories at once. They are taken in the order of their folders, and nobody waits: where one is in use, those before it are given back. */
export async function aloneInStores<T>(stores: readonly UsedStore[], holder: Holder, work: () => Promise<T>): Promise<{ readonly done: T } | { readonly usedBy: string }> {
  const [first, ...rest] = [...stores].sort((a, b) => (a.dir < b.dir ? -1 : 1));
  if (first === undefined) return { done: await work() };
  const alone = await aloneInStore(first.dir, first.own, holder, () => aloneInStores(rest, holder, work));
  return 'usedBy' in alone ? alone : alone.done;
}

/** Who else uses the checkpoints of a repository now, in words; undefined where nobody does. Keeps nobody from beginning to. */
export async function userOf(store: UsedStore): Promise<string | undefined> {
  return wordsOf(await othersIn(store));
}

/** The other users by their names, with what each says of itself; one that died says nothing. */
async function othersIn({ dir, own }: UsedStore): Promise<readonly { readonly name: string; readonly note: string | undefined }[]> {
  const names = await readdir(usersOf(dir)).catch(() => []);
  return Promise.all(names.filter((name) => name !== own?.name).map(async (name) => ({ name, note: await readLease(userKey(dir, name)) })));
}

/** Who else uses the store; what processes that died have left behind is removed. */
async function otherUser(store: UsedStore): Promise<string | undefined> {
  const others = await othersIn(store);
  for (const { name, note } of others) if (note === undefined) await rm(path.join(usersOf(store.dir), name), { force: true });
  return wordsOf(others);
}

function wordsOf(others: Awaited<ReturnType<typeof othersIn>>): string | undefined {
  const [note] = others.flatMap((one) => one.note ?? []);
  return note === undefined ? undefined : describeHolder(note);
}

async function untilFree(dir: string, holder: Holder): Promise<void> {
  for (let waited = 0; ; waited += betweenLooks) {
    const lease = await acquireLease(roomKey(dir), holder);
    if (!('heldBy' in lease)) return lease.release();
    if (waited >= longestWait) throw new Error(`checkpoints of this repository are being removed to make room, by ${lease.heldBy}; try again in a moment`);
    await wait(betweenLooks);
  }
}

const usersOf = (dir: string): string => path.join(dir, 'users');

const userKey = (dir: string, name: string): LeaseKey => ({ name: sha256(`${dir}\n${name}`), file: path.join(usersOf(dir), name) });

const roomKey = (dir: string): LeaseKey => ({ name: sha256(`${dir}\nroom`), file: path.join(dir, 'room-lock') });
