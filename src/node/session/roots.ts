import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Contract, Problem } from '../../core/contract/contract.ts';
import { rootProblems } from '../../core/contract/rootProblems.ts';
import type { RootName } from '../../core/contract/rootPath.ts';
import { acquireLease } from '../journal/lease.ts';
import { findRepository } from '../journal/repository.ts';
import type { RepositoryState } from '../journal/stateDir.ts';
import { type StoreUse, useStore } from '../journal/storeUsers.ts';
import { isInside } from '../workspace/git/findProgram.ts';
import { unfitRoot } from '../workspace/disk/unfitRoot.ts';
import { readyState, stateOf } from './state.ts';
import { StartRefusal } from './refusal.ts';

/** A folder of a session with its private state. */
export interface SessionRoot {
  /** '' for the main root, which comes first. */
  readonly name: RootName;
  /** Its real path. */
  readonly folder: string;
  readonly state: RepositoryState;
}

/** What the disk has against the roots of a contract at `main`, a real path: each with its place in `text`. */
export async function rootProblemsAt(main: string, { roots = [] }: Contract, text: string): Promise<readonly Problem[]> {
  return rootProblems(text, await faultsOf(main, roots));
}

/** The folders of a session. Rejects with a StartRefusal where one cannot be worked in. */
export async function rootsOf(main: string, { roots = [] }: Contract): Promise<readonly SessionRoot[]> {
  const [fault] = await faultsOf(main, roots);
  if (fault !== undefined) throw new StartRefusal('cannot-start', `the root ${roots[fault[0]]} of the contract cannot be worked in: ${fault[1]}`);
  const all: SessionRoot[] = [{ name: '', folder: main, state: await stateOf(main) }];
  for (const name of roots) all.push({ name, folder: path.join(main, name), state: await stateOf(path.join(main, name)) });
  return all;
}

/** What a process holds of the roots of its session. */
export interface Holding {
  /** As a user of the checkpoint store of each. */
  readonly uses: ReadonlyMap<RootName, StoreUse>;
  release(): Promise<void>;
}

/**
 * Takes the lease of every root, so that each has one writer, and becomes a user of the store of each: the main one's first, the others in the order of their names, which is the same for
 * everybody. Nobody waits for a lease, so two sessions cannot wait for each other. Rejects with a StartRefusal, and then holds none.
 */
export async function takeLeases(roots: readonly SessionRoot[], holder: { readonly door: string; readonly session: string }): Promise<Holding> {
  const ordered = [...roots].sort((a, b) => Number(a.name !== '') - Number(b.name !== '') || (a.state.lease.name < b.state.lease.name ? -1 : 1));
  const releases: (() => Promise<void>)[] = [];
  const uses = new Map<RootName, StoreUse>();
  const release = async (): Promise<void> => {
    for (const one of releases) await one();
  };
  try {
    for (const { name, folder, state } of ordered) {
      await readyState(folder, state);
      const lease = await acquireLease(state.lease, holder);
      if ('heldBy' in lease) throw new StartRefusal('cannot-start', `a session works in ${name === '' ? 'this work tree' : name} already: ${lease.heldBy}`);
      releases.push(lease.release);
      const use = await useStore(state.dir, holder);
      releases.push(use.end);
      uses.set(name, use);
    }
    return { uses, release };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Why roots cannot be worked in, by their place in the list. */
async function faultsOf(main: string, names: readonly RootName[]): Promise<ReadonlyMap<number, string>> {
  const faults = new Map<number, string>();
  const taken = new Map<string, string>();
  const own = names.length === 0 ? undefined : await findRepository(main);
  if (own !== undefined) taken.set(own.commonDir, 'the workspace folder');
  for (const [index, name] of names.entries()) {
    const folder = path.join(main, name);
    const why = (await folderFault(main, folder)) ?? (await repositoryFault(folder, name, taken));
    if (why !== undefined) faults.set(index, why);
  }
  return faults;
}

async function folderFault(main: string, folder: string): Promise<string | undefined> {
  const stats = await stat(folder).catch(() => undefined);
  if (stats === undefined) return `there is no folder ${folder}`;
  if (!stats.isDirectory()) return `${folder} is no folder`;
  const real = await realpath(folder);
  if (real !== folder) return `${folder} goes through a link, or is spelled otherwise; the folder itself is ${real}`;
  const unfit = await unfitRoot(folder);
  if (unfit !== undefined) return unfit;
  if (isInside(folder, main)) return 'this lies inside the workspace folder, and belongs to the session already';
  return isInside(main, folder) ? 'this holds the workspace folder: roots cannot lie within each other' : undefined;
}

/** Each root keeps its work in a repository of its own: two in one would make two branches of what is one history. */
async function repositoryFault(folder: string, name: RootName, taken: Map<string, string>): Promise<string | undefined> {
  const repository = await findRepository(folder);
  if (repository === undefined) return `${folder} is not in a git repository; every root needs one (git init)`;
  const other = taken.get(repository.commonDir);
  if (other !== undefined) return `this is in the same git repository as ${other}; open a folder that holds both instead`;
  taken.set(repository.commonDir, name);
  return stateOf(folder).then(() => undefined, (error: unknown) => (error instanceof StartRefusal ? error.message : Promise.reject(error)));
}
