import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Blob, Path } from '../../../core/session/changes.ts';
import { writeWhole } from '../../journal/durable.ts';
import type { Blobs } from '../store/blobs.ts';
import { decodeBytes, encodeText } from '../common/bytes.ts';
import { nameOf, onDisk, parentOf } from '../disk/places.ts';
import type { Store } from '../store/store.ts';
import { records } from '../store/trees.ts';
import { bytesOf } from './controlPlaces.ts';
import { unlessPiped } from './unlessPiped.ts';
import { indexEnvironment, type UserRepository } from './userRepository.ts';
import { userSetting } from './userSettings.ts';

/**
 * What the user's ignore rules say; without a repository, what they would say if the workspace folder were one. git decides, with
 * the store's configuration, so that nothing planted in the user's runs.
 */
export class IgnoreRules {
  readonly #store: Store;
  readonly #blobs: Blobs;
  readonly #root: string;
  #globalRules: Promise<Buffer> | undefined;

  constructor(store: Store, blobs: Blobs, root: string) {
    this.#store = store;
    this.#blobs = blobs;
    this.#root = root;
  }

  /** Ignored files on the disk and, where everything in them is ignored, folders instead of what they contain. Throws `Paused` where rules are a pipe. */
  async ignoredRoots(repository: UserRepository | undefined): Promise<Set<Path>> {
    const args = [...(await this.#excludes(repository)), 'ls-files', '--others', '--ignored', '--exclude-standard', '--directory', '-z'];
    return unlessPiped(this.#root, '.gitignore', async (signal) => {
      const roots = new Set<Path>();
      const stream = this.#store.git.stream({ args, env: repository === undefined ? this.#noIndex : indexEnvironment(repository), cwd: this.#root, signal });
      for await (const record of records(stream)) roots.add(decodeBytes(record).replace(/\/$/, ''));
      return roots;
    });
  }

  /** For git, every file of the workspace folder is a new one. */
  get #noIndex(): Record<string, string> {
    return { GIT_WORK_TREE: this.#root, GIT_INDEX_FILE: path.join(this.#store.directory, 'no-index') };
  }

  /** Tracked paths of the workspace folder. */
  async tracked(repository: UserRepository | undefined): Promise<Set<Path>> {
    const tracked = new Set<Path>();
    if (repository === undefined) return tracked;
    for await (const record of records(this.#store.git.stream({ args: ['ls-files', '-z'], env: indexEnvironment(repository), cwd: this.#root }))) tracked.add(decodeBytes(record));
    return tracked;
  }

  /**
   * Which of `paths` are ignored by the rules in `rules`, the `.gitignore` files of a tree, together with the user's own. The rules are laid out in a
   * folder of ours: what the work tree looks like now, links in the way for instance, has no say.
   */
  async ignored(repository: UserRepository | undefined, paths: readonly Path[], rules: readonly (readonly [Path, Blob])[]): Promise<Set<Path>> {
    if (paths.length === 0) return new Set();
    const { top, prefix } = repository ?? { top: this.#root, prefix: '' };
    const folder = await mkdtemp(path.join(this.#store.directory, 'spool', 'ignore-'));
    try {
      await this.#layOut(folder, { top, prefix }, rules);
      const input = Buffer.concat(paths.flatMap((one) => [encodeText(`./${prefix}${one}`), Buffer.from([0])]));
      const args = [...(await this.#excludes(repository)), 'check-ignore', '--no-index', '--stdin', '-z'];
      // This command knows no literal paths; the `./` keeps a leading `:` from being read as magic.
      const { stdout } = await this.#store.git.run({ args, env: { GIT_WORK_TREE: folder, GIT_LITERAL_PATHSPECS: '0' }, cwd: folder, input, also: [1] });
      const found = stdout.toString('latin1').split('\0').filter((record) => record !== '');
      return new Set(found.map((record) => decodeBytes(Buffer.from(record, 'latin1')).slice(`./${prefix}`.length)));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async #layOut(folder: string, { top, prefix }: Pick<UserRepository, 'top' | 'prefix'>, rules: readonly (readonly [Path, Blob])[]): Promise<void> {
    for (let above = this.#root; above !== top;) {
      above = path.dirname(above);
      const text = await readFile(path.join(above, '.gitignore')).catch(() => undefined);
      const target = path.join(folder, path.relative(top, above));
      await mkdir(target, { recursive: true });
      if (text !== undefined) await writeFile(path.join(target, '.gitignore'), text);
    }
    for (const [file, blob] of rules) {
      // git itself does not follow a link here.
      if (nameOf(file) !== '.gitignore' || blob.mode === '120000') continue;
      await mkdir(onDisk(folder, prefix + parentOf(file)), { recursive: true });
      await writeFile(onDisk(folder, prefix + file), await this.#blobs.read(blob.oid));
    }
  }

  /** The user's rules from outside the work tree in one file; `info/exclude` comes last because it wins. */
  async #excludes(repository: UserRepository | undefined): Promise<string[]> {
    this.#globalRules ??= readGlobalRules(this.#store.program, repository);
    const own = repository === undefined ? Buffer.alloc(0) : bytesOf(path.join(repository.commonDir, 'info', 'exclude'));
    const rules = Buffer.concat([await this.#globalRules, Buffer.from('\n'), own]);
    const file = path.join(this.#store.directory, 'rules', `${createHash('sha1').update(rules).digest('hex')}`);
    if (!(await readFile(file).catch(() => undefined))?.equals(rules)) await writeWhole(file, rules);
    return ['-c', `core.excludesFile=${file}`];
  }
}

/** The file that `core.excludesFile` names in the user's configuration, or git's default. Asking for a value runs nothing. */
async function readGlobalRules(program: string, repository: UserRepository | undefined): Promise<Buffer> {
  const config = process.env['XDG_CONFIG_HOME'] ?? '';
  const standard = path.join(path.isAbsolute(config) ? config : path.join(homedir(), '.config'), 'git', 'ignore');
  const named = await userSetting(program, repository, 'core.excludesFile', 'path');
  return readFile(named !== undefined && path.isAbsolute(named) ? named : standard).catch(() => Buffer.alloc(0));
}
