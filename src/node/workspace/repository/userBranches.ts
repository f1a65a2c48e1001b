import { GitError, simpleGit, type SimpleGit } from 'simple-git';
import type { KeptBranch } from '../../../core/session/session.ts';
import { GitFailure } from '../git/git.ts';
import { NotKept } from './notKept.ts';
import type { Store } from '../store/store.ts';
import type { UserRepository } from './userRepository.ts';

/** The branches of the user's repository: the only thing in it that is ever written, and only when they keep or drop their work. */
export class UserBranches {
  readonly #git: SimpleGit;

  constructor(store: Store, repository: UserRepository) {
    const env = { ...store.environment, GIT_DIR: repository.gitDir, GIT_COMMITTER_NAME: 'Bounded', GIT_COMMITTER_EMAIL: 'bounded@localhost' };
    // Every value that simple-git warns of is ours and closes a door: no hooks, no file system monitor, no configuration of the machine.
    const unsafe = { allowUnsafeConfigPaths: true, allowUnsafeConfigEnvCount: true, allowUnsafeHooksPath: true, allowUnsafeFsMonitor: true, allowUnsafePager: true, allowUnsafeProtocolOverride: true };
    this.#git = simpleGit({ baseDir: repository.gitDir, binary: store.program, unsafe, allowEnvironment: Object.keys(env).filter((name) => name.startsWith('GIT_')), timeout: { block: 60_000 } }).env(env);
  }

  /** Creates `refs/heads/<prefix>/<n>` with the lowest free number above all others; never moves one that exists. Throws `NotKept` where a branch stands where the folder of these would be. */
  async create(prefix: string, commit: string): Promise<string> {
    for (let tries = 0; tries < 5; tries += 1) {
      const names = (await this.#list('%(refname)', `refs/heads/${prefix}/`)).map((name) => Number(/\/(\d+)$/.exec(name)?.[1] ?? 0));
      const branch = `${prefix}/${Math.max(0, ...names) + 1}`;
      try {
        await this.#raw(['update-ref', '-m', 'bounded: kept', `refs/heads/${branch}`, commit, '0'.repeat(commit.length)]);
        return branch;
      } catch (error) {
        const inTheWay = await this.#above(prefix);
        if (inTheWay !== undefined) throw new NotKept(`the branch ${inTheWay} is in the way: git cannot have ${branch} beside it. Rename it (git branch -m ${inTheWay} OTHER) and keep again; no branch was made`);
        // Somebody else took the number; anything else happens again.
        if (tries === 4) throw error;
      }
    }
    throw new Error(`no branch could be made below ${prefix}`);
  }

  /** Removes a branch that is as it was made and that no work tree is on. Throws `NotKept` where it is not, and then it is untouched. */
  async remove({ branch, commit }: KeptBranch): Promise<void> {
    const found = (await this.#list('%(objectname) %(refname) %(worktreepath)', `refs/heads/${branch}`)).map((line) => line.split(' ')).find(([, name]) => name === `refs/heads/${branch}`);
    if (found === undefined) throw new NotKept(`there is no branch ${branch} any more`);
    const [now = '', , ...place] = found;
    if (now !== commit) throw new NotKept(`the branch ${branch} is at ${now.slice(0, 10)} and was made at ${commit.slice(0, 10)}: somebody went on with it. Nothing was removed`);
    if (place.join(' ') !== '') throw new NotKept(`the branch ${branch} is checked out in ${place.join(' ')}. Nothing was removed`);
    await this.#raw(['update-ref', '-d', `refs/heads/${branch}`, commit]);
  }

  async #list(format: string, ...patterns: readonly string[]): Promise<string[]> {
    return (await this.#raw(['for-each-ref', `--format=${format}`, ...patterns])).split('\n').filter((line) => line !== '');
  }

  async #raw(args: readonly string[]): Promise<string> {
    try {
      return await this.#git.raw([...args]);
    } catch (error) {
      throw error instanceof GitError ? new GitFailure(args, null, error.message) : error;
    }
  }

  /** The branch among the folders above `prefix`/. */
  async #above(prefix: string): Promise<string | undefined> {
    const folders = prefix.split('/').map((_, index, parts) => `refs/heads/${parts.slice(0, index + 1).join('/')}`);
    return (await this.#list('%(refname)', ...folders)).find((name) => folders.includes(name))?.slice('refs/heads/'.length);
  }
}
