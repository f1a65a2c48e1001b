import { createHash } from 'node:crypto';
import { type BigIntStats, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import type { Path } from '../../core/session/changes.ts';
import { codeOf } from '../journal/faults.ts';
import { keyOf } from './scan.ts';
import type { UserRepository } from './userRepository.ts';

/** What steers git, file or folder, below the git folder that all work trees share. */
const shared = ['config', 'reftable', 'hooks', 'info', 'objects/info/alternates', 'shallow'];
/** The same below the git folder of one work tree. */
const own = ['HEAD', 'index', 'config.worktree', 'commondir', 'gitdir', 'info', 'hooks', 'refs/bisect', 'refs/worktree', 'refs/rewritten'];
/** And of a repository inside the work tree or of a submodule. */
const nested = ['HEAD', 'config', 'hooks', 'info', 'commondir', 'gitdir'];

/** Digests of git's control files; unchanged files are not read again. */
export class ControlFiles {
  readonly #known = new Map<string, { readonly key: string; readonly digest: string; readonly racy: boolean }>();

  /**
   * Each control file with the SHA-256 of its content, links with that of their target, each ref with what it points to, packed or not. Names are as
   * below the git folder (`refs/heads/main`); those of repositories inside the work tree begin with their folder, those of submodules with `modules/`.
   */
  read(root: string, repository: UserRepository | undefined, repositories: readonly Path[]): Record<string, string> {
    const digests: Record<string, string> = {};
    for (const folder of repositories) {
      this.#note(path.join(root, folder, '.git'), `${folder}/.git`, digests);
      this.#collectNested(path.join(root, folder, '.git'), `${folder}/.git/`, digests);
    }
    if (repository === undefined) return digests;
    this.#note(path.join(repository.top, '.git'), '.git', digests);
    this.#collect(repository.commonDir, shared, '', digests);
    collectRefs(repository.commonDir, '', digests);
    this.#collect(repository.gitDir, own, '', digests);
    for (const module of modulesIn(path.join(repository.commonDir, 'modules'))) this.#collectNested(module, `${path.relative(repository.commonDir, module).split(path.sep).join('/')}/`, digests);
    return digests;
  }

  #collectNested(folder: string, prefix: string, digests: Record<string, string>): void {
    this.#collect(folder, nested, prefix, digests);
    collectRefs(folder, prefix, digests);
  }

  #collect(folder: string, names: readonly string[], prefix: string, digests: Record<string, string>): void {
    for (const name of names) this.#note(path.join(folder, name), prefix + name, digests);
  }

  #note(file: string, name: string, digests: Record<string, string>): void {
    const stats = statsOf(file);
    if (stats === undefined) return;
    if (stats.isDirectory()) {
      if (path.basename(file) === '.git') digests[name] = 'folder';
      else for (const entry of readdirSync(file)) if (!entry.endsWith('.lock')) this.#note(path.join(file, entry), `${name}/${entry}`, digests);
      return;
    }
    const key = keyOf(stats);
    const known = this.#known.get(file);
    if (known?.key !== key || known.racy) this.#known.set(file, { key, racy: stats.ctimeNs > BigInt(Date.now() - 2000) * 1_000_000n, digest: digestOf(file, stats) });
    digests[name] = this.#known.get(file)?.digest ?? '';
  }
}

/** Refs by what they point to: packing them, as git does now and then by itself, is no change. A file of its own wins over the packed one. */
function collectRefs(folder: string, prefix: string, digests: Record<string, string>): void {
  for (const line of textOf(path.join(folder, 'packed-refs')).split('\n')) {
    const [, oid = '', name = ''] = /^([0-9a-f]{40,}) (refs\/\S+)$/.exec(line) ?? [];
    if (name !== '') digests[prefix + name] = oid;
  }
  const pending = ['refs'];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const stats = statsOf(path.join(folder, name));
    if (stats?.isDirectory() === true) for (const entry of readdirSync(path.join(folder, name))) pending.push(`${name}/${entry}`);
    else if (stats !== undefined && !name.endsWith('.lock')) digests[prefix + name] = textOf(path.join(folder, name)).slice(0, 300).trim();
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Not there, or gone since it was listed.
    return '';
  }
}

function statsOf(file: string): BigIntStats | undefined {
  try {
    return lstatSync(file, { bigint: true });
  } catch {
    // Not there; a link on the way that cannot be followed is seen where it is.
    return undefined;
  }
}

function digestOf(file: string, stats: BigIntStats): string {
  if (!stats.isSymbolicLink() && !stats.isFile()) return 'special';
  try {
    const kind = stats.isSymbolicLink() ? 'link\0' : (stats.mode & 0o111n) === 0n ? 'file\0' : 'program\0';
    return createHash('sha256').update(kind).update(stats.isSymbolicLink() ? readlinkSync(file, { encoding: 'buffer' }) : readFileSync(file)).digest('hex');
  } catch (error) {
    return `unreadable: ${codeOf(error) ?? 'unknown'}`;
  }
}

/** Git folders of submodules; their names may have slashes. */
function* modulesIn(folder: string): Generator<string> {
  if (statsOf(folder)?.isDirectory() !== true) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    if (!entry.isDirectory()) continue;
    if (statsOf(path.join(place, 'HEAD')) !== undefined) {
      yield place;
      yield* modulesIn(path.join(place, 'modules'));
    } else yield* modulesIn(place);
  }
}
