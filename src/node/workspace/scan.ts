import { type BigIntStats, type Dirent, lstatSync, readdirSync } from 'node:fs';
import type { Path } from '../../core/session/changes.ts';
import { codeOf } from '../journal/faults.ts';
import { decodeBytes } from './bytes.ts';
import { Pace } from './pace.ts';
import { isUnusual } from './permissions.ts';
import { joined, onDisk } from './places.ts';

/** A regular file or link as it was found, not yet read. */
export interface Found {
  readonly path: Path;
  /** Equal keys mean equal content, unless `racy`. */
  readonly key: string;
  readonly size: number;
  readonly link: boolean;
  /** The file was touched so shortly before that a later change may leave the key as it is. */
  readonly racy: boolean;
}

/** What is in the work tree, without any content. */
export interface Scan {
  readonly found: readonly Found[];
  /** Files and folders that could not be looked at, with the reason in words. */
  readonly unreadable: ReadonlyMap<Path, string>;
  /** What git trees cannot hold: empty folders, sockets, pipes and devices. */
  readonly special: ReadonlyMap<Path, string>;
  /** Permission bits of files that a new file would not get. */
  readonly permissions: ReadonlyMap<Path, number>;
  readonly folders: ReadonlySet<Path>;
  /** Folders with a repository of their own, other than the workspace folder. */
  readonly repositories: readonly Path[];
  /** What `skip` named, without what is below. */
  readonly skipped: readonly Path[];
}

export const emptyFolder = 'empty folder';

/** A change within this time of the last one may not move the times of a file; the coarsest file system counts in 2 s. */
const racyMs = 2000;

/**
 * Walks the whole work tree except git's own folders and what `skip` names. Links are noted, never followed. Throws
 * when the workspace folder itself cannot be read: an unreadable tree must not look like an empty one. `note` gets each file as soon as it is found.
 */
export async function scan(root: string, skip: (path: Path) => boolean, note?: (file: Found) => void): Promise<Scan> {
  const result = { found: [] as Found[], unreadable: new Map<Path, string>(), special: new Map<Path, string>(), permissions: new Map<Path, number>(), folders: new Set<Path>(), repositories: [] as Path[], skipped: [] as Path[] };
  const since = racySince();
  const pace = new Pace();
  const pending: Path[] = [''];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const entries = listed(root, folder, result.unreadable);
    if (entries?.length === 0 && folder !== '') result.special.set(folder, emptyFolder);
    for (const entry of entries ?? []) {
      const path = joined(folder, entry.name);
      if (isGitFolder(entry.name)) {
        if (folder !== '') result.repositories.push(folder);
      } else if (skip(path)) result.skipped.push(path);
      else if (entry.isDirectory()) {
        result.folders.add(path);
        pending.push(path);
      } else {
        const file = look(root, path, since, result);
        if (file !== undefined) note?.(file);
      }
      if (pace.due) await pace.rest();
    }
  }
  return result;
}

/** Where file names ignore case, `.GIT` is the same folder. */
const isGitFolder = (name: string): boolean => name === '.git' || (process.platform !== 'linux' && name.toLowerCase() === '.git');

type Entry = Pick<Dirent, 'name' | 'isDirectory'>;

/** The entries of a folder, undefined where it vanished or cannot be read. */
function listed(root: string, folder: Path, unreadable: Map<Path, string>): readonly Entry[] | undefined {
  const place = onDisk(root, folder);
  try {
    const entries = readdirSync(place, { withFileTypes: true });
    if (!entries.some((entry) => entry.name.includes('\uFFFD'))) return entries;
    return (readdirSync(place, { withFileTypes: true, encoding: 'buffer' }) as unknown as Dirent<Buffer>[]).map((entry) => {
      const isFolder = entry.isDirectory();
      return { name: decodeBytes(entry.name), isDirectory: () => isFolder };
    });
  } catch (error) {
    if (folder === '') throw error;
    noteUnreadable(folder, error, unreadable);
    return undefined;
  }
}

/** A file that changed at this time, in nanoseconds, or later may change again without its times telling. */
const racySince = (): bigint => BigInt(Date.now() - racyMs) * 1_000_000n;

/** `since`: as of the beginning of the look. */
export function foundFile(path: Path, stats: BigIntStats, since = racySince()): Found {
  return { path, key: keyOf(stats), size: Number(stats.size), link: stats.isSymbolicLink(), racy: stats.ctimeNs > since };
}

function look(root: string, path: Path, since: bigint, result: { readonly found: Found[]; readonly unreadable: Map<Path, string>; readonly special: Map<Path, string>; readonly permissions: Map<Path, number> }): Found | undefined {
  try {
    const stats = lstatSync(onDisk(root, path), { bigint: true });
    const file = stats.isFile() || stats.isSymbolicLink() ? foundFile(path, stats, since) : undefined;
    if (file !== undefined) result.found.push(file);
    else result.special.set(path, specialKind(stats));
    const bits = Number(stats.mode) & 0o7777;
    if (stats.isFile() && isUnusual(bits)) result.permissions.set(path, bits);
    return file;
  } catch (error) {
    noteUnreadable(path, error, result.unreadable);
    return undefined;
  }
}

/** What vanished meanwhile is no fault; neither may a fault of ours, such as too many open files, pass for one of the file. */
function noteUnreadable(path: Path, error: unknown, unreadable: Map<Path, string>): void {
  if (isGone(error)) return;
  if (!isUnreadable(error)) throw error;
  unreadable.set(path, unreadableBecause(error));
}

/** The file is gone, or something else is in its place: it has changed since it was found, which the next look will tell. */
export const isGone = (error: unknown): boolean => ['ENOENT', 'ENOTDIR', 'ELOOP', 'EINVAL', 'not-regular'].includes(codeOf(error) ?? '');

/** In words, for what a checkpoint does not cover. */
export const unreadableBecause = (error: unknown): string => `it cannot be read (${codeOf(error) ?? 'unknown'})`;

/** The system refuses this file or folder in particular. */
export const isUnreadable = (error: unknown): boolean => ['EACCES', 'EPERM', 'EBUSY', 'EIO', 'ENAMETOOLONG', 'ETXTBSY', 'ESTALE', 'EFBIG', 'EOVERFLOW'].includes(codeOf(error) ?? '');

/** Everything that the system changes when a file changes. The time of the last change of a file cannot be set back. Stands by itself, because threads get it as text. */
export function keyOf(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}:${stats.size}:${stats.ctimeNs}:${stats.mtimeNs}:${stats.mode}`;
}

export function specialKind(stats: { isFIFO(): boolean; isSocket(): boolean; isBlockDevice(): boolean; isCharacterDevice(): boolean; isDirectory(): boolean }): string {
  if (stats.isFIFO()) return 'pipe';
  if (stats.isSocket()) return 'socket';
  if (stats.isDirectory()) return 'folder';
  return stats.isBlockDevice() || stats.isCharacterDevice() ? 'device' : 'special file';
}
