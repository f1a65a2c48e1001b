import { readFile, readlink, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Head } from '../../agent/ports.ts';
import type { Git } from './git.ts';
import { exists } from './store.ts';

/** The user's repository. All folders are real and absolute. Only its files are read, and git reads it with a configuration of ours. */
export interface UserRepository {
  /** Top folder of the work tree. */
  readonly top: string;
  readonly gitDir: string;
  /** The git folder that all work trees of the repository share. */
  readonly commonDir: string;
  /** Where the workspace folder is below `top`: '' or `folder/`, with `/`. */
  readonly prefix: string;
}

/** Finds the repository that a real folder belongs to, as git does, but by reading alone. Undefined where there is none. */
export async function findUserRepository(root: string): Promise<UserRepository | undefined> {
  for (let top = root; ; top = path.dirname(top)) {
    const gitDir = await gitDirIn(top);
    if (gitDir !== undefined) return { top, gitDir, commonDir: await commonDirOf(gitDir), prefix: prefixOf(top, root) };
    if (top === path.dirname(top)) return undefined;
  }
}

const prefixOf = (top: string, root: string): string => (top === root ? '' : `${path.relative(top, root).split(path.sep).join('/')}/`);

/** `.git` is the folder itself, or in a linked work tree and a submodule a file that names it. */
async function gitDirIn(top: string): Promise<string | undefined> {
  const dotGit = path.join(top, '.git');
  try {
    const named = (await stat(dotGit)).isDirectory() ? '.git' : /^gitdir: (.+?)[\r\n]*$/s.exec(await readFile(dotGit, 'utf8'))?.[1];
    if (named === undefined) return undefined;
    const target = path.resolve(top, named);
    return (await hasHead(target)) ? await realpath(target) : undefined;
  } catch {
    // No `.git` here, or one that git would not take either.
    return undefined;
  }
}

/** HEAD may be a link to a branch that has no commit yet. */
async function hasHead(gitDir: string): Promise<boolean> {
  const head = path.join(gitDir, 'HEAD');
  return (await exists(head)) || readlink(head).then(() => true, () => false);
}

async function commonDirOf(gitDir: string): Promise<string> {
  const named = await readFile(path.join(gitDir, 'commondir'), 'utf8').catch(() => undefined);
  return named === undefined ? gitDir : realpath(path.resolve(gitDir, named.trimEnd()));
}

/** Environment in which the store's git reads the user's objects, but nothing that their configuration says about fetching them. */
export const objectEnvironment = (repository: UserRepository): Record<string, string> => ({ GIT_OBJECT_DIRECTORY: path.join(repository.commonDir, 'objects') });

/** Environment in which the store's git sees the user's index and work tree. */
export const indexEnvironment = (repository: UserRepository): Record<string, string> =>
  ({ ...objectEnvironment(repository), GIT_WORK_TREE: repository.top, GIT_INDEX_FILE: path.join(repository.gitDir, 'index') });

/** Files that git keeps while something is going on, and what it is. */
const operations: readonly (readonly [string, string])[] = [
  ['rebase-merge', 'rebase'], ['rebase-apply', 'rebase'], ['MERGE_HEAD', 'merge'], ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'], ['sequencer', 'cherry-pick or revert'], ['BISECT_LOG', 'bisect'],
];

/** Commit, branch and running operation of the user's work tree; empty without a repository. */
export async function headOf(git: Git, repository: UserRepository | undefined): Promise<Head> {
  if (repository === undefined) return {};
  const ask = async (...args: string[]) => (await git.run({ args, env: { GIT_DIR: repository.gitDir }, also: [1] })).stdout.toString('utf8').trim();
  const [commit, branch] = [await ask('rev-parse', '--verify', '-q', 'HEAD'), await ask('symbolic-ref', '-q', '--short', 'HEAD')];
  let operation: string | undefined;
  for (const [file, name] of operations) if (operation === undefined && (await exists(path.join(repository.gitDir, file)))) operation = name;
  return { ...(commit === '' ? {} : { commit }), ...(branch === '' ? {} : { branch }), ...(operation === undefined ? {} : { operation }) };
}
