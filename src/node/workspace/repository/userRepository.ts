import path from 'node:path';
import { Paused } from '../../../agent/run.ts';
import type { Head } from '../../../agent/ports.ts';
import { findRepository, type RepositoryPlace, waitsFor } from '../../journal/repository.ts';
import { type Git, GitFailure } from '../git/git.ts';
import { exists } from '../disk/exists.ts';

/** The user's repository. Only its files are read, and git reads it with a configuration of ours. */
export interface UserRepository extends RepositoryPlace {
  /** Where the workspace folder is below `top`: '' or `folder/`, with `/`. */
  readonly prefix: string;
}

/** The repository of the workspace folder, a real path. Undefined where there is none. */
export async function findUserRepository(root: string): Promise<UserRepository | undefined> {
  const place = await findRepository(root);
  return place === undefined ? undefined : { ...place, prefix: prefixOf(place.top, root) };
}

const prefixOf = (top: string, root: string): string => (top === root ? '' : `${path.relative(top, root).split(path.sep).join('/')}/`);

/** Environment in which the store's git reads the user's objects, but nothing that their configuration says about fetching them. Throws `Paused` where git would wait for a pipe. */
export function objectEnvironment(repository: UserRepository): Record<string, string> {
  if (repository.pipe !== undefined) throw new Paused(`${waitsFor(repository.pipe)}, then go on`);
  return { GIT_OBJECT_DIRECTORY: path.join(repository.commonDir, 'objects') };
}

/** Environment in which the store's git sees the user's index and work tree. Throws as that for objects does. */
export const indexEnvironment = (repository: UserRepository): Record<string, string> =>
  ({ ...objectEnvironment(repository), GIT_WORK_TREE: repository.top, GIT_INDEX_FILE: path.join(repository.gitDir, 'index') });

/** Files that git keeps while something is going on, and what it is. */
const operations: readonly (readonly [string, string])[] = [
  ['rebase-merge', 'rebase'], ['rebase-apply', 'rebase'], ['MERGE_HEAD', 'merge'], ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'], ['sequencer', 'cherry-pick or revert'], ['BISECT_LOG', 'bisect'],
];

/** How long git may take to say where HEAD is, in milliseconds: its configuration may name a file that it waits for without end. */
const patience = 30_000;

/** Commit, branch and running operation of the user's work tree; empty without a repository, and in one that has lost its HEAD. */
export async function headOf(git: Git, repository: UserRepository | undefined, timeoutMs = patience): Promise<Head> {
  if (repository?.pipe !== undefined) return { unreadable: unreadable(waitsFor(repository.pipe)) };
  if (repository === undefined || repository.damage !== undefined) return {};
  try {
    return await readHead(git, repository, timeoutMs);
  } catch (error) {
    if (error instanceof GitFailure) return { unreadable: unreadable(error.message) };
    throw error;
  }
}

async function readHead(git: Git, repository: UserRepository, timeoutMs: number): Promise<Head> {
  const ask = (...args: string[]) => askIn(git, repository, args, timeoutMs);
  const [commit, branch] = [await ask('rev-parse', '--verify', '-q', 'HEAD'), await ask('symbolic-ref', '-q', '--short', 'HEAD')];
  let operation: string | undefined;
  for (const [file, name] of operations) if (operation === undefined && (await exists(path.join(repository.gitDir, file)))) operation = name;
  return { ...(commit === '' ? {} : { commit }), ...(branch === '' ? {} : { branch }), ...(operation === undefined ? {} : { operation }) };
}

/**
 * Why HEAD, index or the tree of the last commit cannot be read, in a sentence; undefined where they can, and without a repository.
 * Contents are not looked at.
 */
export async function damageOf(git: Git, repository: UserRepository | undefined, root: string): Promise<string | undefined> {
  if (repository === undefined) return undefined;
  if (repository.damage !== undefined) return unreadable(repository.damage);
  try {
    const format = await objectFormat(git, repository);
    if (format !== 'sha1') return `this repository names its objects by ${format}, which Bounded cannot read yet`;
    await git.run({ args: ['ls-files', '--unmerged'], env: indexEnvironment(repository), cwd: root });
    const { commit } = await readHead(git, repository, patience);
    if (commit !== undefined) await git.run({ args: ['ls-tree', '-r', '-d', commit], env: objectEnvironment(repository) });
    return undefined;
  } catch (error) {
    if (error instanceof GitFailure) return unreadable(error.message);
    throw error;
  }
}

/** In a sentence. */
export const unreadable = (why: string): string => `git cannot read this repository (git fsck may tell more): ${why}`;

/** The hash by which the user's repository names its objects, such as `sha1`. */
export function objectFormat(git: Git, repository: UserRepository): Promise<string> {
  return askIn(git, repository, ['rev-parse', '--show-object-format'], patience);
}

/** A short question that git answers by the user's own git folder; empty where the answer is no. Throws a `GitFailure`, also where there is none in time. */
async function askIn(git: Git, repository: UserRepository, args: readonly string[], timeoutMs: number): Promise<string> {
  const { stdout, truncated } = await git.run({ args, env: { GIT_DIR: repository.gitDir }, also: [1], timeoutMs });
  if (truncated) throw new GitFailure(args, null, `no answer within ${timeoutMs / 1000} seconds; does its configuration include a pipe?`);
  return stdout.toString('utf8').trim();
}
