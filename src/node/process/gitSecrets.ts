import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { compileGlobs, type GlobSet } from '../../core/guard/globs.ts';
import { decodeBytes } from '../workspace/bytes.ts';
import { findProgram } from '../workspace/findProgram.ts';
import { gitEnvironment } from '../workspace/git.ts';
import { startProgram } from '../workspace/program.ts';

/** A git folder that commands in a sandbox would see. */
export interface GitFolder {
  readonly folder: string;
  /** Where its work tree is below the root: '' or `folder/`, with `/`. */
  readonly prefix: string;
}

/** Addresses with a password or a token in them, and headers that carry one. */
const credential = /:\/\/[^/\s@]*:[^/\s@]+@|:\/\/[^/\s@:]{20,}@|^\s*extraheader\s*=/im;

/**
 * Tells why the objects of a repository must not be read by commands: whoever can read them reads every file that was
 * ever committed or staged. Histories that were looked through are remembered until their references change. Objects that
 * nothing leads to have no names and are not judged.
 */
export class GitSecrets {
  readonly #workspace: string;
  readonly #timeLimit: number;
  /** The last answer of each git folder, and what it was an answer about. */
  readonly #histories = new Map<string, { readonly about: string; readonly reason: Promise<string | undefined> }>();
  #program: Promise<string | undefined> | undefined;

  /** No program inside `workspace` is taken for git. `timeLimit` is in milliseconds, for the names in one history. */
  constructor(workspace: string, timeLimit = 10_000) {
    this.#workspace = workspace;
    this.#timeLimit = timeLimit;
  }

  /** Why this git folder has to be hidden, or undefined. What cannot be decided in time counts as secret. */
  async reason(git: GitFolder, secret: readonly string[]): Promise<string | undefined> {
    if (secret.length === 0) return undefined;
    const match = compileGlobs(secret);
    for (const one of [git, ...(await submodules(git))]) {
      const why = await this.#reasonOf(one, match, secret).catch((error: unknown) => `git could not tell what it holds (${error instanceof Error ? error.message : String(error)})`);
      if (why !== undefined) return why;
    }
    return undefined;
  }

  async #reasonOf(git: GitFolder, match: GlobSet, secret: readonly string[]): Promise<string | undefined> {
    if ((await lstat(path.join(git.folder, 'objects')).catch(() => undefined)) === undefined) return undefined;
    for (const name of ['config', 'config.worktree']) {
      if (credential.test(await readFile(path.join(git.folder, name), 'utf8').catch(() => ''))) return `its ${name} holds a credential`;
    }
    // The indexes first: they change more often than the history, and are read in no time.
    const worktrees = await readdir(path.join(git.folder, 'worktrees')).catch(() => []);
    for (const folder of [git.folder, ...worktrees.map((name) => path.join(git.folder, 'worktrees', name))]) {
      const staged = await this.#firstSecret(folder, ['ls-files', '-z', '--cached'], 0, git.prefix, match);
      if (staged !== undefined) return `its index holds ${staged}`;
    }
    const about = JSON.stringify([git.prefix, secret, await this.#references(git.folder)]);
    const known = this.#histories.get(git.folder);
    if (known?.about === about) return known.reason;
    const reason = this.#history(git, match);
    this.#histories.set(git.folder, { about, reason });
    return reason;
  }

  async #history({ folder, prefix }: GitFolder, match: GlobSet): Promise<string | undefined> {
    const args = ['rev-list', '--objects', '--all', '--reflog', '--missing=allow-any'];
    return this.#firstSecret(folder, args, 10, prefix, match).then(
      (found) => (found === undefined ? undefined : `its history holds ${found}`),
      (error: unknown) => `it could not be told whether its history holds what is secret by the contract (${error instanceof Error ? error.message : String(error)})`);
  }

  /** What a history is looked through from: every reference, HEAD, and how long the record of HEAD is. */
  async #references(folder: string): Promise<string> {
    const names: string[] = [];
    await this.#lines(folder, ['for-each-ref', '--format=%(refname) %(objectname)'], 10, (line) => names.push(line) < 0);
    const [head, log] = [await readFile(path.join(folder, 'HEAD'), 'utf8'), await lstat(path.join(folder, 'logs', 'HEAD')).catch(() => undefined)];
    return [head, log?.size, ...names].join('\n');
  }

  /** The first secret path that git names, with the glob that it matches. */
  async #firstSecret(folder: string, args: readonly string[], end: 0 | 10, prefix: string, match: GlobSet): Promise<string | undefined> {
    let found: string | undefined;
    const seen = new Set<string>();
    await this.#lines(folder, args, end, (line) => {
      const name = args[0] === 'rev-list' ? line.slice(line.indexOf(' ') + 1) : line;
      if (name === '' || seen.has(name)) return false;
      seen.add(name);
      const glob = match(prefix + name);
      if (glob !== undefined) found = `${prefix}${name}, which matches scope.secret (${glob})`;
      return found !== undefined;
    });
    return found;
  }

  /** Passes on what git writes, cut at a byte, until it is enough. Throws where git fails or takes too long. */
  async #lines(folder: string, args: readonly string[], end: 0 | 10, enough: (line: string) => boolean): Promise<void> {
    const program = await (this.#program ??= findProgram('git', this.#workspace));
    if (program === undefined) throw new Error('git is not installed');
    const { child, ended } = startProgram({ program, args, env: { ...gitEnvironment('/dev/null'), GIT_DIR: folder, GIT_WORK_TREE: folder }, cwd: folder });
    let [late, done, rest] = [false, false, Buffer.alloc(0)];
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, this.#timeLimit);
    try {
      for await (const chunk of child.stdout) {
        const bytes = Buffer.concat([rest, chunk as Buffer]);
        let from = 0;
        for (let at = bytes.indexOf(end); at >= 0 && !done; at = bytes.indexOf(end, from)) {
          done = enough(decodeBytes(bytes.subarray(from, at)));
          from = at + 1;
        }
        if (done) break;
        rest = bytes.subarray(from);
      }
    } finally {
      clearTimeout(timer);
      if (done) child.kill('SIGKILL');
    }
    const { status, stderr } = await ended;
    if (late) throw new Error(`git needed more than ${this.#timeLimit / 1000} s`);
    if (!done && status !== 0) throw new Error(stderr.trim().split('\n')[0] ?? '');
  }
}

/** Git folders of submodules, which lie in that of the repository around them. */
async function submodules({ folder, prefix }: GitFolder): Promise<readonly GitFolder[]> {
  const search = async (below: string): Promise<GitFolder[]> => {
    const place = path.join(folder, 'modules', below);
    const entries = await readdir(place, { withFileTypes: true }).catch(() => []);
    if (entries.some(({ name }) => name === 'HEAD')) {
      const module = { folder: place, prefix: `${prefix}${below}/` };
      return [module, ...(await submodules(module))];
    }
    return (await Promise.all(entries.filter((entry) => entry.isDirectory()).map(({ name }) => search(below === '' ? name : `${below}/${name}`)))).flat();
  };
  return search('');
}
