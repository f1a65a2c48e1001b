import { simpleGit, type SimpleGit } from 'simple-git';
import type { Store } from './store.ts';
import type { UserRepository } from './userRepository.ts';

/** The branches of the user's repository: the only thing in it that is ever written, and only when they keep their work. */
export class UserBranches {
  readonly #git: SimpleGit;

  constructor(store: Store, repository: UserRepository) {
    const env = { ...store.environment, GIT_DIR: repository.gitDir, GIT_COMMITTER_NAME: 'Bounded', GIT_COMMITTER_EMAIL: 'bounded@localhost' };
    // Every value that simple-git warns of is ours and closes a door: no hooks, no file system monitor, no configuration of the machine.
    const unsafe = { allowUnsafeConfigPaths: true, allowUnsafeConfigEnvCount: true, allowUnsafeHooksPath: true, allowUnsafeFsMonitor: true, allowUnsafePager: true, allowUnsafeProtocolOverride: true };
    this.#git = simpleGit({ baseDir: repository.gitDir, binary: store.program, unsafe, allowEnvironment: Object.keys(env).filter((name) => name.startsWith('GIT_')), timeout: { block: 60_000 } }).env(env);
  }

  /** Creates `refs/heads/<prefix>/<n>` with the lowest free number above all others; never moves one that exists. */
  async create(prefix: string, commit: string): Promise<string> {
    for (let tries = 0; tries < 5; tries += 1) {
      const names = (await this.#git.raw(['for-each-ref', '--format=%(refname)', `refs/heads/${prefix}/`])).split('\n');
      const numbers = names.map((name) => Number(/\/(\d+)$/.exec(name)?.[1] ?? 0));
      const branch = `${prefix}/${Math.max(0, ...numbers) + 1}`;
      try {
        await this.#git.raw(['update-ref', '-m', 'bounded: kept', `refs/heads/${branch}`, commit, '0'.repeat(commit.length)]);
        return branch;
      } catch (error) {
        // Somebody else took the number; anything else happens again.
        if (tries === 4) throw error;
      }
    }
    throw new Error(`no branch could be made below ${prefix}`);
  }
}
