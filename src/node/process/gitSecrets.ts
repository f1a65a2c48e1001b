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

const address = String.raw`:\/\/[^/\s@]*:[^/\s@]+@|:\/\/[^/\s@:]{20,}@`;
/** In a configuration of git: addresses with a password or a token in them, and settings that carry one. */
const gitKey = new RegExp(`${address}|^\\s*(?:extraheader|\\w*(?:token|password|secret))\\s*=`, 'im');
/** In settings of npm, where every mention of a key counts. */
const npmKey = new RegExp(`${address}|_auth|password|token|secret|(?:cert|key)(?:file)?\\s*=`, 'im');
/** Versions of npm's settings that are looked into, and characters of one. */
const mostSettings = 50;
const longestSettings = 65_536;

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
      if (gitKey.test(await readFile(path.join(git.folder, name), 'utf8').catch(() => ''))) return `its ${name} holds a credential`;
    }
    // The indexes first: they change more often than the history, and are read in no time.
    const worktrees = await readdir(path.join(git.folder, 'worktrees')).catch(() => []);
    for (const folder of [git.folder, ...worktrees.map((name) => path.join(git.folder, 'worktrees', name))]) {
      const staged = await this.#firstSecret(folder, ['ls-files', '-z', '--stage'], 0, git.prefix, match);
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
    const settings = new Map<string, string>();
    await this.#lines(folder, args, end, (line) => {
      const { oid, name } = named(line);
      const isSettings = path.posix.basename(name) === '.npmrc';
      if (name === '' || (seen.has(name) && !isSettings)) return false;
      seen.add(name);
      const glob = match(prefix + name);
      if (glob === undefined) return false;
      const words = `${prefix}${name}, which matches scope.secret (${glob})`;
      if (isSettings && settings.size < mostSettings) settings.set(oid, words);
      else found = words;
      return found !== undefined;
    });
    return found ?? (await this.#firstWithKey(folder, settings));
  }

  /** Projects publish their npm settings: only a version with a key, a password or an address with one is a secret. */
  async #firstWithKey(folder: string, settings: ReadonlyMap<string, string>): Promise<string | undefined> {
    for (const [oid, words] of settings) {
      let text = '';
      await this.#lines(folder, ['cat-file', 'blob', oid], 10, (line) => (text += `${line}\n`).length > longestSettings);
      if (text.length > longestSettings || npmKey.test(text)) return words;
    }
    return undefined;
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
      if (!done && rest.length > 0) done = enough(decodeBytes(rest));
    } finally {
      clearTimeout(timer);
      if (done) child.kill('SIGKILL');
    }
    const { status, stderr } = await ended;
    if (late) throw new Error(`git needed more than ${this.#timeLimit / 1000} s`);
    if (!done && status !== 0) throw new Error(stderr.trim().split('\n')[0] ?? '');
  }
}

/** What a line of `ls-files --stage` or of `rev-list --objects` names; commits have no name. */
function named(line: string): { readonly oid: string; readonly name: string } {
  const match = /^(?:\d+ (?<staged>[0-9a-f]+) \d\t|(?<listed>[0-9a-f]+) )(?<name>.*)$/s.exec(line);
  return { oid: match?.groups?.['staged'] ?? match?.groups?.['listed'] ?? '', name: match?.groups?.['name'] ?? '' };
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
