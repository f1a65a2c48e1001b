import { lstat, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { compileGlobs, type GlobSet } from '../../core/guard/globs.ts';
import { decodeBytes } from '../workspace/common/bytes.ts';
import { findProgram } from '../workspace/git/findProgram.ts';
import { gitEnvironment } from '../workspace/git/git.ts';
import { startProgram } from '../workspace/git/program.ts';
import { generalName, maySettingBeSecret } from './gitSettings.ts';

/** A git folder that commands in a sandbox would see. */
export interface GitFolder {
  readonly folder: string;
  /** Where its work tree is below the root: '' or `folder/`, with `/`. */
  readonly prefix: string;
}

const address = String.raw`:\/\/[^/\s@]*:[^/\s@]+@|:\/\/[^/\s@:]{20,}@`;
/** In settings of npm, where every mention of a key counts. */
const npmKey = new RegExp(`${address}|_auth|password|token|secret|(?:cert|key)(?:file)?\\s*=`, 'im');
/** Versions of npm's settings that are looked into, and characters of one. */
const mostSettings = 50;
const longestSettings = 65_536;
/** Folders of a git folder in which operations that are going on keep the names of commits. */
const ongoing = ['', 'rebase-merge', 'rebase-apply', 'sequencer'];
/** Bytes of a file in which the names of commits are looked for. */
const longestNames = 4 * 1024 * 1024;

/**
 * Tells why the objects of a repository must not be read by commands: whoever can read them reads every file that was
 * ever committed or staged. Histories that were looked through are remembered until their references change. Objects that
 * nothing leads to have no names and are not judged.
 */
export class GitSecrets {
  readonly #workspaces: readonly string[];
  readonly #timeLimit: number;
  /** The last answer of each git folder, and what it was an answer about. */
  readonly #histories = new Map<string, { readonly about: string; readonly reason: Promise<string | undefined> }>();
  #program: Promise<string | undefined> | undefined;

  /** No program inside one of `workspaces` is taken for git. `timeLimit` is in milliseconds, for the names in one history. */
  constructor(workspaces: readonly string[], timeLimit = 10_000) {
    this.#workspaces = workspaces;
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
    const worktrees = await readdir(path.join(git.folder, 'worktrees')).catch(() => []);
    const folders = [git.folder, ...worktrees.map((name) => path.join(git.folder, 'worktrees', name))];
    for (const file of folders.flatMap((folder) => [path.join(folder, 'config'), path.join(folder, 'config.worktree')])) {
      const setting = await this.#tellingSetting(file);
      if (setting !== undefined) return `its ${path.basename(file)} has a setting that may hold a credential: ${setting}`;
    }
    if ((await lstat(path.join(git.folder, 'objects')).catch(() => undefined)) === undefined) return undefined;
    // The indexes first: they change more often than the history, and are read in no time.
    for (const folder of folders) {
      const staged = await this.#firstSecret(folder, ['ls-files', '-z', '--stage'], 0, git.prefix, match);
      if (staged !== undefined) return `its index holds ${staged}`;
    }
    const named = [...new Set((await Promise.all(folders.map(namedBeside))).flat())].sort();
    const about = JSON.stringify([git.prefix, secret, await this.#references(git.folder), named]);
    const known = this.#histories.get(git.folder);
    if (known?.about === about) return known.reason;
    const reason = this.#history(git, match, named);
    this.#histories.set(git.folder, { about, reason });
    return reason;
  }

  /** The name of the first setting of a configuration file that is not known to hold no secret. */
  async #tellingSetting(file: string): Promise<string | undefined> {
    if ((await lstat(file).catch(() => undefined)) === undefined) return undefined;
    let found: string | undefined;
    await this.#lines(path.dirname(file), ['config', '--file', file, '--no-includes', '--list', '-z'], 0, (entry) => {
      const [name = '', value] = splitOnce(entry, '\n');
      if (maySettingBeSecret(name, value)) found = generalName(name);
      return found !== undefined;
    });
    return found;
  }

  /** `named` are objects that files beside the references lead to; not all of them need to be there. */
  async #history({ folder, prefix }: GitFolder, match: GlobSet, named: readonly string[]): Promise<string | undefined> {
    // What is ignored where it is missing are the named objects alone: they come after the option, the references before it.
    const args = ['rev-list', '--objects', '--missing=allow-any', '--all', '--reflog', '--ignore-missing', '--stdin'];
    return this.#firstSecret(folder, args, 10, prefix, match, named).then(
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
  async #firstSecret(folder: string, args: readonly string[], end: 0 | 10, prefix: string, match: GlobSet, input: readonly string[] = []): Promise<string | undefined> {
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
    }, input);
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
  async #lines(folder: string, args: readonly string[], end: 0 | 10, enough: (line: string) => boolean, input: readonly string[] = []): Promise<void> {
    const program = await (this.#program ??= findProgram('git', ...this.#workspaces));
    if (program === undefined) throw new Error('git is not installed');
    const { child, ended } = startProgram({ program, args, env: { ...gitEnvironment('/dev/null'), GIT_DIR: folder, GIT_WORK_TREE: folder }, cwd: folder, input: Buffer.from(input.map((line) => `${line}\n`).join('')) });
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

/** Objects that files such as ORIG_HEAD and FETCH_HEAD name, and what a rebase or another operation keeps; whoever knows the file reads them. */
async function namedBeside(folder: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const place of ongoing) {
    for (const entry of await readdir(path.join(folder, place), { withFileTypes: true }).catch(() => [])) {
      if (entry.isDirectory() || (place === '' && !/^[A-Z]/.test(entry.name))) continue;
      const file = path.join(folder, place, entry.name);
      const about = await stat(file);
      if (!about.isFile()) continue;
      if (about.size > longestNames) throw new Error(`${entry.name} is too long`);
      names.push(...((await readFile(file, 'latin1')).match(/^(?:[0-9a-f]{64}|[0-9a-f]{40})(?![0-9a-f])/gm) ?? []));
    }
  }
  return names;
}

function splitOnce(text: string, by: string): readonly [string, string | undefined] {
  const at = text.indexOf(by);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + by.length)];
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
