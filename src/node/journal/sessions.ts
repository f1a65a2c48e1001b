import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { privateDirectory } from './durable.ts';
import { codeOf } from './faults.ts';
import { peekJournal } from './peek.ts';
import { findRepository } from './repository.ts';
import { repositoryState, type RepositoryState } from './stateDir.ts';
import { thisMachine, type Machine } from './stateRoot.ts';

export interface SessionFolder {
  readonly id: string;
  readonly dir: string;
  /** The journal file. */
  readonly trace: string;
  readonly artifacts: string;
}

export interface SessionSummary extends SessionFolder {
  /** From the contract's file name; absent where the first record cannot be read. */
  readonly name?: string;
  /** Real path of the folder that it works in; absent like the name. */
  readonly workspace?: string;
  /** Milliseconds since the epoch. */
  readonly startedAt?: number;
  /** Why the journal cannot be what was written, in words. */
  readonly damage?: string;
}

const idPattern = /^\d{8}-\d{6}-\d{3}-[0-9a-z]{1,16}$/;

/** An id that sorts by time, safe in file and branch names. `now`: milliseconds since the epoch; `suffix`: lower-case letters and digits. */
export function sessionId(now: number, suffix: string): string {
  const [, date, time, ms] = /^(.+)T(.+)\.(\d{3})Z$/.exec(new Date(now).toISOString()) ?? [];
  const id = `${date?.replaceAll('-', '')}-${time?.replaceAll(':', '')}-${ms}-${suffix}`;
  if (!idPattern.test(id)) throw new RangeError(`no session id can be made of ${now} and ${suffix}`);
  return id;
}

/** Folder of a session that may or may not exist; undefined for a text that is no session id, so that no id leads elsewhere. */
export function sessionFolder(state: RepositoryState, id: string): SessionFolder | undefined {
  if (!idPattern.test(id)) return undefined;
  const dir = path.join(state.sessions, id);
  return { id, dir, trace: path.join(dir, 'trace.jsonl'), artifacts: path.join(dir, 'artifacts') };
}

/** Makes the folder of a new session, durably. */
export async function createSession(state: RepositoryState, id: string): Promise<SessionFolder> {
  const folder = sessionFolder(state, id);
  if (folder === undefined) throw new RangeError(`${id} is not a session id`);
  await privateDirectory(folder.artifacts);
  await privateDirectory(folder.dir);
  return folder;
}

/**
 * Sessions of the repository of `root`, newest first. Only the first and the last record of each journal are read;
 * damage between them shows when the session is opened or verified.
 * @throws StateRefusal as `repositoryState` does.
 */
export async function listSessions(root: string, machine: Machine = thisMachine()): Promise<readonly SessionSummary[]> {
  const state = await repositoryState(root, machine);
  const ids = [...(await readdir(state.sessions).catch(noneIfMissing))].sort().reverse();
  const folders = ids.flatMap((id) => sessionFolder(state, id) ?? []);
  return Promise.all(folders.map(summary));
}

/** Those of them that work in the work tree of `root`, or that do not say where: other work trees of the repository keep theirs in the same place. */
export async function sessionsHere(root: string, machine: Machine = thisMachine()): Promise<readonly SessionSummary[]> {
  const all = await listSessions(root, machine);
  const here = await Promise.all(all.map(async ({ workspace }) => workspace === undefined || isSameWorkTree(root, workspace)));
  return all.filter((_, index) => here[index]);
}

/** Whether two folders are in one work tree. One that is gone is in none but its own. */
export async function isSameWorkTree(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([a, b].map(async (folder) => (await findRepository(folder).catch(() => undefined))?.top ?? folder));
  return one === other;
}

function noneIfMissing(error: unknown): readonly string[] {
  if (codeOf(error) === 'ENOENT') return [];
  throw error;
}

async function summary(folder: SessionFolder): Promise<SessionSummary> {
  try {
    return { ...folder, ...(await peekJournal(folder.trace)) };
  } catch (error) {
    const why = codeOf(error) === 'ENOENT' ? 'it has no journal' : `its journal cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    return { ...folder, damage: why };
  }
}
