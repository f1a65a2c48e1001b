import type { BigIntStats } from 'node:fs';
import { lstat, mkdir, open, readFile, readlink, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { splitPath, type RootName } from '../../core/contract/rootPath.ts';
import { staysInside } from '../../core/oracle/measuredTree.ts';
import type { Blob, Path } from '../../core/session/changes.ts';
import { named } from '../journal/faults.ts';
import { gitObject } from '../workspace/git/objects.ts';

/** What a file is to contain. */
export interface Content {
  readonly bytes: Buffer;
  readonly mode: Blob['mode'];
}

interface Written {
  readonly oid: string;
  readonly mode: Blob['mode'];
  /** As the file was when its content was last known to be right. */
  stats: BigIntStats;
}

/** Files that are looked at together. */
const batch = 100;

/** A throw-away folder with the content of a tree, which notices what becomes of its files. Other roots stand beside it as they do beside the work tree. */
export class Checkout {
  readonly folder: string;
  readonly #roots: readonly RootName[];
  readonly #files = new Map<Path, Written>();
  /** Folders that are real ones, until a process has run that could have replaced them. */
  readonly #sure = new Set<Path>();

  /** `folder` and what the names of `roots` mean from there exist and are empty. */
  constructor(folder: string, roots: readonly RootName[] = []) {
    this.folder = folder;
    this.#roots = roots;
    this.distrust();
  }

  /** The folders of all roots, the main one first. */
  get folders(): readonly { readonly name: RootName; readonly folder: string }[] {
    return ['', ...this.#roots].map((name) => ({ name, folder: path.join(this.folder, name) }));
  }

  /** Makes the folders of these files, so that the files can be written at the same time. */
  async makeFolders(names: readonly Path[]): Promise<void> {
    for (const folder of new Set(names.map((name) => path.posix.dirname(name)))) await this.#ownFolder(folder);
  }

  /** Writes a file, or a link if it stays inside; never through a link that a process has put in the way. */
  async write(name: Path, { bytes, mode }: Content): Promise<void> {
    this.#files.delete(name);
    if (mode === '120000' && !staysInside(splitPath(this.#roots, name)?.path ?? '', bytes.toString('utf8'))) return;
    const file = this.place(name);
    await this.#ownFolder(path.posix.dirname(name));
    await inPlace(file, () => create(file, bytes, mode));
    this.#files.set(name, { oid: gitObject('blob', bytes).oid, mode, stats: await lstat(file, { bigint: true }) });
  }

  async remove(name: Path): Promise<void> {
    this.#files.delete(name);
    if (await this.holds(path.posix.dirname(name))) await rm(this.place(name), { force: true, recursive: true });
  }

  /** To be called after every process that could write here. */
  distrust(): void {
    this.#sure.clear();
    for (const root of ['.', ...this.#roots]) this.#sure.add(root);
  }

  /** Whether every part of a path is a real folder of the checkout. */
  async holds(folder: Path): Promise<boolean> {
    if (this.#sure.has(folder)) return true;
    const place = this.place(folder);
    if (!(await this.holds(path.posix.dirname(folder)))) return false;
    const real = (await lstat(place).catch(() => undefined))?.isDirectory() === true;
    if (real) this.#sure.add(folder);
    return real;
  }

  /** Whether a path is a regular file and not behind a link. */
  async isFile(name: Path): Promise<boolean> {
    return (await this.holds(path.posix.dirname(name))) && (await lstat(this.place(name)).catch(() => undefined))?.isFile() === true;
  }

  /** Files whose content, kind or mode is no longer what was written. */
  async changed(): Promise<readonly Path[]> {
    const names = [...this.#files.keys()];
    const found: Path[] = [];
    for (let at = 0; at < names.length; at += batch) {
      const some = names.slice(at, at + batch);
      const states = await Promise.all(some.map((name) => this.#isChanged(name)));
      found.push(...some.filter((_, index) => states[index]));
    }
    return found;
  }

  /** No longer watches these files: what they are now is what they should be. */
  accept(names: readonly Path[]): void {
    for (const name of names) this.#files.delete(name);
  }

  /** Where a path of the checkout is. Throws for one that would leave it, and its root. */
  place(name: Path): string {
    if (splitPath(this.#roots, name) === undefined || path.isAbsolute(name)) throw new Error(`${name} is not a path of the checkout`);
    return path.join(this.folder, ...name.split('/'));
  }

  async #isChanged(name: Path): Promise<boolean> {
    const written = this.#files.get(name);
    if (written === undefined) return false;
    const stats = await lstat(this.place(name), { bigint: true }).catch(() => undefined);
    if (stats === undefined) return true;
    if (unmoved(stats, written.stats)) return false;
    if (modeOf(stats) !== written.mode || (await this.#oidNow(name, stats)) !== written.oid) return true;
    written.stats = stats;
    return false;
  }

  async #oidNow(name: Path, stats: BigIntStats): Promise<string | undefined> {
    if (stats.isSymbolicLink()) return gitObject('blob', await readlink(this.place(name), { encoding: 'buffer' })).oid;
    if (!(await this.holds(path.posix.dirname(name)))) return undefined;
    const bytes = await readFile(this.place(name)).catch(() => undefined);
    return bytes === undefined ? undefined : gitObject('blob', bytes).oid;
  }

  /** Makes a folder and those above it, in place of whatever else stands there. */
  async #ownFolder(folder: Path): Promise<void> {
    if (await this.holds(folder)) return;
    await this.#ownFolder(path.posix.dirname(folder));
    const place = this.place(folder);
    await inPlace(place, () => mkdir(place));
    this.#sure.add(folder);
  }
}

/** Makes something new; what stands in its place is removed first. */
async function inPlace(file: string, make: () => Promise<unknown>): Promise<void> {
  try {
    await make();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    await rm(file, { force: true, recursive: true });
    await make();
  }
}

async function create(file: string, bytes: Buffer, mode: Blob['mode']): Promise<void> {
  if (mode === '120000') return symlink(bytes, file);
  const handle = await open(file, 'wx', mode === '100755' ? 0o755 : 0o644);
  await named(file, () => handle.writeFile(bytes)).finally(() => handle.close());
}

function unmoved(now: BigIntStats, before: BigIntStats): boolean {
  return now.ino === before.ino && now.size === before.size && now.mtimeNs === before.mtimeNs && now.ctimeNs === before.ctimeNs && now.mode === before.mode;
}

function modeOf(stats: BigIntStats): Blob['mode'] | undefined {
  if (stats.isSymbolicLink()) return '120000';
  if (!stats.isFile()) return undefined;
  return (stats.mode & 0o100n) === 0n ? '100644' : '100755';
}
