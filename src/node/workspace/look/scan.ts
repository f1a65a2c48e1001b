import { type BigIntStats, type Dirent, lstatSync, readdirSync } from 'node:fs';
import type { Path } from '../../../core/session/changes.ts';
import { decodeBytes } from '../common/bytes.ts';
import { KnownFiles, Met } from './knownFiles.ts';
import { Pace } from '../common/pace.ts';
import { isUnusual } from '../disk/permissions.ts';
import { joined, onDisk } from '../disk/places.ts';
import { stateOf } from '../store/stateTable.ts';
import { isGone, isUnreadable, keyOf, specialKind, unreadableBecause } from '../disk/stats.ts';

/** A regular file or link as it was found, not yet read. */
export interface Found {
  readonly path: Path;
  /** Equal keys mean equal content, unless `racy`. */
  readonly key: string;
  /** The same for a table of states. */
  readonly state: Buffer;
  readonly size: number;
  readonly link: boolean;
  /** The file was touched so shortly before that a later change may leave the key as it is. */
  readonly racy: boolean;
}

/** What is in the work tree beside files and their contents. */
export interface Surroundings {
  /** Each folder, '' being the workspace folder, with a key that changes when an entry comes or goes; '' where it may not. What is above comes first. */
  readonly folders: Map<Path, string>;
  /** Files and folders that could not be looked at, with the reason in words. */
  readonly unreadable: Map<Path, string>;
  /** What git trees cannot hold: empty folders, sockets, pipes and devices. */
  readonly special: Map<Path, string>;
  /** Permission bits of files that a new file would not get. */
  readonly permissions: Map<Path, number>;
  /** Folders with a repository of their own, other than the workspace folder. */
  readonly repositories: Set<Path>;
  /** What `skip` named, without what is below. */
  readonly skipped: Set<Path>;
}

/** What is in the work tree, without any content. */
export interface Scan {
  /** Files and links that are not settled: new, changed, or touched shortly before. All others have the content that is known. */
  readonly found: readonly Found[];
  /** Known files that are not there any more. */
  readonly gone: readonly Path[];
  readonly around: Surroundings;
}

export const emptyFolder = 'empty folder';

/** A change within this time of the last one may not move the times of a file; the coarsest file system counts in 2 s. */
const racyMs = 2000;

/**
 * Walks the whole work tree except git's own folders and what `skip` names. Links are noted, never followed. Throws
 * when the workspace folder itself cannot be read: an unreadable tree must not look like an empty one.
 */
export async function scan(root: string, skip: (path: Path) => boolean, known = new KnownFiles()): Promise<Scan> {
  const looking = new Looking(root, skip, known);
  await looking.walk('');
  const pace = new Pace();
  const gone: Path[] = [];
  for (const path of known.missing(looking.files)) {
    gone.push(path);
    if (pace.due) await pace.rest();
  }
  return { found: looking.found, gone, around: looking.around };
}

/** The same of a work tree of which nothing is known; undefined where it has more files than `most`. */
export async function scanFew(root: string, skip: (path: Path) => boolean, most: number): Promise<Scan | undefined> {
  const looking = new Looking(root, skip);
  await looking.walk('', most);
  return looking.found.length > most ? undefined : { found: looking.found, gone: [], around: looking.around };
}

/** A look that is going on. */
export class Looking {
  /** Every file and link that was met. */
  readonly files: Met;
  readonly found: Found[] = [];
  readonly around: Surroundings = { folders: new Map(), unreadable: new Map(), special: new Map(), permissions: new Map(), repositories: new Set(), skipped: new Set() };
  readonly #root: string;
  readonly #skip: (path: Path) => boolean;
  readonly #known: KnownFiles;
  /** What changed after this, in nanoseconds, may change again without its times telling. As of the beginning of the look. */
  readonly since = racySince();
  readonly #pace = new Pace();

  constructor(root: string, skip: (path: Path) => boolean, known = new KnownFiles()) {
    this.#root = root;
    this.#skip = skip;
    this.#known = known;
    this.files = new Met(known.table);
  }

  /** Looks at a folder and at everything below it, in the order of a table, until more than `most` files were found. */
  async walk(folder: Path, most = Number.POSITIVE_INFINITY): Promise<void> {
    const pending: Entry[] = [{ path: folder, isFolder: true }];
    for (let entry = pending.pop(); entry !== undefined && this.found.length <= most; entry = pending.pop()) {
      if (entry.isFolder) for (const below of this.list(entry.path).reverse()) pending.push(below);
      else this.lookAt(entry.path);
      await this.rest();
    }
  }

  /** Lets others have their turn when it is time. */
  async rest(): Promise<void> {
    if (this.#pace.due) await this.#pace.rest();
  }

  /** The state of a folder, undefined where there is none. */
  folderKey(folder: Path): string | undefined {
    try {
      const stats = lstatSync(onDisk(this.#root, folder), { bigint: true });
      if (!stats.isDirectory() && folder !== '') return undefined;
      return stats.ctimeNs > this.since ? '' : keyOf(stats);
    } catch (error) {
      if (folder === '') throw error;
      return isGone(error) ? undefined : '';
    }
  }

  /** Notes a folder and answers what is in it that checkpoints look at, in the order of a table. */
  list(folder: Path): Entry[] {
    // Before it is listed: what comes meanwhile shows next time.
    const key = this.folderKey(folder);
    if (key === undefined) return [];
    const listed = this.#read(folder);
    this.noteFolder(folder, listed === undefined ? '' : key, listed?.length === 0);
    const entries: Entry[] = [];
    for (const one of listed ?? []) if (this.admits(folder, one.name)) entries.push({ path: joined(folder, one.name), isFolder: one.isDirectory() });
    return entries.some((entry) => entry.isFolder) ? entries.sort(inOrder) : entries;
  }

  noteFolder(folder: Path, key: string, isEmpty: boolean): void {
    this.around.folders.set(folder, key);
    if (isEmpty && folder !== '') this.around.special.set(folder, emptyFolder);
  }

  /** Whether checkpoints look at this name in a folder. What they do not look at is noted. */
  admits(folder: Path, name: string): boolean {
    const path = joined(folder, name);
    if (isGitFolder(name)) {
      if (folder !== '') this.around.repositories.add(folder);
      return false;
    }
    if (this.#skip(path)) this.around.skipped.add(path);
    return !this.around.skipped.has(path);
  }

  /** The entries of a folder, undefined where it vanished or cannot be read. */
  #read(folder: Path): readonly Pick<Dirent, 'name' | 'isDirectory'>[] | undefined {
    const place = onDisk(this.#root, folder);
    try {
      const entries = readdirSync(place, { withFileTypes: true });
      if (!entries.some((entry) => entry.name.includes('\uFFFD'))) return entries;
      return (readdirSync(place, { withFileTypes: true, encoding: 'buffer' }) as unknown as Dirent<Buffer>[]).map((entry) => {
        const isFolder = entry.isDirectory();
        return { name: decodeBytes(entry.name), isDirectory: () => isFolder };
      });
    } catch (error) {
      if (folder === '') throw error;
      this.#noteUnreadable(folder, error);
      return undefined;
    }
  }

  /** Looks at anything but a folder. */
  lookAt(path: Path): void {
    const { special, permissions } = this.around;
    try {
      const stats = lstatSync(onDisk(this.#root, path), { bigint: true });
      if (stats.isFile() || stats.isSymbolicLink()) this.#note(path, stats);
      else special.set(path, specialKind(stats));
      const bits = Number(stats.mode) & 0o7777;
      if (stats.isFile() && isUnusual(bits)) permissions.set(path, bits);
    } catch (error) {
      this.#noteUnreadable(path, error);
    }
  }

  /** A settled state with a time that is yet to come is worth nothing: the clock was set back. */
  #note(path: Path, stats: BigIntStats): void {
    const place = this.#known.table.find(path);
    this.files.add(path, place);
    if (stats.ctimeNs <= this.since && this.#known.isSettled(path, stats, place)) return;
    this.found.push(foundFile(path, stats, this.since));
  }

  /** What vanished meanwhile is no fault; neither may a fault of ours, such as too many open files, pass for one of the file. */
  #noteUnreadable(path: Path, error: unknown): void {
    if (isGone(error)) return;
    if (!isUnreadable(error)) throw error;
    this.around.unreadable.set(path, unreadableBecause(error));
  }
}

/** One entry of a folder. */
export interface Entry {
  readonly path: Path;
  readonly isFolder: boolean;
}

/** A folder stands where what is in it does. */
const inOrder = (a: Entry, b: Entry): number => (orderOf(a) < orderOf(b) ? -1 : 1);
const orderOf = ({ path, isFolder }: Entry): string => (isFolder ? `${path}/` : path);

/** Where file names ignore case, `.GIT` is the same folder. */
const isGitFolder = (name: string): boolean => name === '.git' || (process.platform !== 'linux' && name.toLowerCase() === '.git');

/** A file that changed at this time, in nanoseconds, or later may change again without its times telling. */
const racySince = (): bigint => BigInt(Date.now() - racyMs) * 1_000_000n;

/** `since`: as of the beginning of the look. */
export function foundFile(path: Path, stats: BigIntStats, since = racySince()): Found {
  return { path, key: keyOf(stats), state: stateOf(stats), size: Number(stats.size), link: stats.isSymbolicLink(), racy: stats.ctimeNs > since };
}
