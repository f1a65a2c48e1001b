import { statSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { privateDirectory } from './durable.ts';
import { codeOf } from './faults.ts';
import type { LeaseKey } from './lease.ts';
import { sha256 } from './line.ts';
import { findRepository, gitFolderAround, type RepositoryPlace } from './repository.ts';
import { stateRoot, thisMachine, type Machine } from './stateRoot.ts';

/** Why private state has no place; nothing was made on disk. */
export class StateRefusal extends Error {
  override readonly name = 'StateRefusal';
  readonly class: 'no-work-tree' | 'overlap';

  constructor(refusal: 'no-work-tree' | 'overlap', message: string) {
    super(message);
    this.class = refusal;
  }
}

/**
 * Where Bounded keeps what belongs to one repository, shared by its work trees and by every door; or to one folder
 * without a repository. Paths are absolute.
 */
export interface RepositoryState {
  readonly dir: string;
  /** Git folder of the checkpoint store; made by its owner. */
  readonly store: string;
  /** One folder per session. */
  readonly sessions: string;
  /** For `acquireLease`: one session at a time may work in a work tree. */
  readonly lease: LeaseKey;
}

/**
 * Where the private state is of the repository that `root` belongs to, or of the folder itself where there is none. Makes
 * nothing: who only looks leaves no state behind, also while somebody removes it.
 * @throws StateRefusal in a bare repository, or where state and workspace lie within each other: a session could
 * then write its own record.
 */
export async function repositoryState(root: string, machine: Machine = thisMachine()): Promise<RepositoryState> {
  const gitFolder = await gitFolderAround(root);
  if (gitFolder !== undefined) throw new StateRefusal('no-work-tree', `${root} has no work tree: ${gitFolder} is a bare repository or git's own folder. Open a work tree of it (git worktree add)`);
  const repository = (await findRepository(root)) ?? unversioned(await realpath(root));
  const bounded = stateRoot(machine);
  await refuseOverlap(await realpath(root), await realpathOfFuture(bounded));
  const dir = path.join(bounded, folderName(repository.commonDir));
  return { dir, store: path.join(dir, 'store'), sessions: path.join(dir, 'sessions'), lease: leaseKey(bounded, repository.top) };
}

/** Makes the folders of a private state, open to the user alone; those that are open to others are narrowed. Rejects where they cannot be made. */
export async function makeState({ dir, sessions }: RepositoryState): Promise<void> {
  for (const folder of [path.dirname(dir), dir, sessions]) await privateDirectory(folder);
}

/** A folder without a repository keeps its state where one that is made in it later would have it. */
const unversioned = (root: string): Pick<RepositoryPlace, 'top' | 'commonDir'> => ({ top: root, commonDir: path.join(root, '.git') });

async function refuseOverlap(workspace: string, state: string): Promise<void> {
  if (!holds(workspace, state) && !holds(state, workspace)) return;
  throw new StateRefusal('overlap', `the workspace ${workspace} and Bounded's private state ${state} lie within each other: open a folder that does not contain the state, or move the state`);
}

/** Whether `inner` is `outer` or lies below it; both real paths. */
function holds(outer: string, inner: string): boolean {
  const way = path.relative(outer, inner);
  return way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way);
}

/** The real path that a folder will have when it is made. */
async function realpathOfFuture(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || folder === path.dirname(folder)) throw error;
    return path.join(await realpathOfFuture(path.dirname(folder)), path.basename(folder));
  }
}

/** A hash, because two repositories may have one name; a name, so that a person finds the folder. */
function folderName(commonDir: string): string {
  const named = path.basename(commonDir) === '.git' ? path.dirname(commonDir) : commonDir;
  const readable = path.basename(named).replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 40);
  return `${sha256(commonDir).slice(0, 16)}-${readable}`;
}

/** Named after user and work tree, not after the state folder: doors with unlike environments must still meet. A work tree that is mounted at two places is one. */
function leaseKey(bounded: string, top: string): LeaseKey {
  const user = process.getuid?.() ?? os.userInfo().username;
  const { dev, ino } = statSync(top, { bigint: true });
  const name = sha256(`${user}\n${dev}:${ino}`);
  return { name, file: path.join(bounded, `lease-${name.slice(0, 16)}`) };
}
