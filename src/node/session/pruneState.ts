import { rm } from 'node:fs/promises';
import { acquireLease } from '../journal/lease.ts';
import type { LeaseKey } from '../journal/lease.ts';
import { listSessions } from '../journal/sessions.ts';
import { repositoryState } from '../journal/stateDir.ts';
import { storeSize } from '../workspace/prune.ts';
import { guestsOf, guestWarning } from './guests.ts';
import { readSession } from './read.ts';
import { stateOf } from './state.ts';
import { StartRefusal } from './refusal.ts';

/** Private state of the repository of a folder: where it is, the bytes that it takes, and what removing it takes from sessions of other repositories. */
export async function sizeOfState(root: string): Promise<{ readonly dir: string; readonly bytes: number; readonly warning: string }> {
  const state = await stateOf(root);
  return { dir: state.dir, bytes: await storeSize(state.dir), warning: guestWarning(await guestsOf(state)) };
}

/**
 * Removes every session, trace and checkpoint of the repository. Its work trees share them, so every work tree that had a
 * session must be free; rejects with a StartRefusal where one is not, and then nothing was removed.
 */
export async function removeState(root: string, door: string): Promise<void> {
  const { dir } = await stateOf(root);
  const releases: (() => Promise<void>)[] = [];
  try {
    for (const key of await leases(root)) releases.push(await hold(key, door));
    await rm(dir, { recursive: true, force: true });
  } finally {
    for (const release of releases) await release();
  }
}

async function hold(key: LeaseKey, door: string): Promise<() => Promise<void>> {
  const lease = await acquireLease(key, { door });
  if ('heldBy' in lease) throw new StartRefusal('cannot-start', `a session works in this repository: ${lease.heldBy}. Nothing was removed`);
  return lease.release;
}

/** The lease of this work tree and of every other one of the repository that a session was in. */
async function leases(root: string): Promise<readonly LeaseKey[]> {
  const folders = await Promise.all((await listSessions(root)).map(async ({ id }) => (await readSession(root, id).catch(() => undefined))?.session.workspace));
  const keys = new Map<string, LeaseKey>();
  const guests = (await guestsOf(await stateOf(root))).map((guest) => guest.root);
  for (const folder of [root, ...folders, ...guests]) {
    const state = folder === undefined ? undefined : await repositoryState(folder).catch(() => undefined);
    if (state !== undefined) keys.set(state.lease.name, state.lease);
  }
  return [...keys.values()];
}
