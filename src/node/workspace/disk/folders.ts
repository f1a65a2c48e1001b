import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open } from 'node:fs/promises';
import type { Path } from '../../../core/session/changes.ts';
import { syncDirectory } from '../../journal/durable.ts';
import { codeOf } from '../../journal/faults.ts';
import { mountOf } from './mountPoint.ts';
import { joined, onDisk } from './places.ts';

/** A folder of the work tree in which a file can be touched. `place` is where, as the system names it. */
export type Entered<Result> = { readonly value: Result } | { readonly missing: Path } | Blocked;

export interface Blocked {
  readonly blocked: string;
  /** A link or a file is in the place of a folder, so that nothing can be below it. */
  readonly noFolder: boolean;
}

/** How far down the way may lead: to `any` folder, or only where nothing else is mounted than the file system of the root. */
export type Reach = 'any' | 'one-mount';

/**
 * Goes down to a folder one name at a time without following any link, and calls `use` there. On Linux every step is
 * taken from the open folder before it, so that nothing that is swapped meanwhile can lead elsewhere. Missing folders
 * are made when `create` is set. Only Linux tells where something is mounted: elsewhere `reach` has no meaning.
 */
export async function inFolder<Result>(root: string, folder: Path, create: boolean, use: (place: string) => Promise<Result>, reach: Reach = 'any'): Promise<Entered<Result>> {
  try {
    return await (process.platform === 'linux' ? throughHandles(root, folder, create, use, reach) : throughNames(root, folder, create, use));
  } catch (error) {
    // The system knows the place by a number, or an open file by none. What is copied or linked to a place fails there.
    const { path, dest = path } = error instanceof Error ? (error as { readonly path?: unknown; readonly dest?: unknown }) : {};
    if (codeOf(error) !== undefined && (typeof dest !== 'string' || dest.startsWith('/proc/self/fd/'))) Object.assign(error as Error, { path: String(onDisk(root, folder)) });
    throw error;
  }
}

const folderFlags = constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0);

async function throughHandles<Result>(root: string, folder: Path, create: boolean, use: (place: string) => Promise<Result>, reach: Reach): Promise<Entered<Result>> {
  // The workspace folder is a real path; what it is called has been settled when it was opened.
  let handle = await open(root, constants.O_RDONLY | (constants.O_DIRECTORY ?? 0));
  try {
    const mount = reach === 'any' ? undefined : mountOf(handle.fd);
    let at: Path = '';
    for (const name of folder === '' ? [] : folder.split('/')) {
      at = joined(at, name);
      const next = await step(`/proc/self/fd/${handle.fd}`, name, at, create);
      if (!('fd' in next)) return next;
      await handle.close();
      handle = next;
      if (mount !== undefined && mountOf(handle.fd) !== mount) return { blocked: `something is mounted at ${at}`, noFolder: false };
    }
    return { value: await use(`/proc/self/fd/${handle.fd}`) };
  } finally {
    await handle.close();
  }
}

async function step(place: string, name: string, at: Path, create: boolean): Promise<FileHandle | { readonly missing: Path } | Blocked> {
  try {
    return await open(onDisk(place, name), folderFlags);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' && !create) return { missing: at };
    if (code === 'ENOENT') {
      await makeFolder(place, name);
      return step(place, name, at, false);
    }
    return blockedBy(error, at);
  }
}

async function throughNames<Result>(root: string, folder: Path, create: boolean, use: (place: string) => Promise<Result>): Promise<Entered<Result>> {
  let at: Path = '';
  for (const name of folder === '' ? [] : folder.split('/')) {
    const above = at;
    at = joined(at, name);
    try {
      const stats = await lstat(onDisk(root, at));
      if (!stats.isDirectory()) return { blocked: stats.isSymbolicLink() ? `${at} is a link` : `${at} is not a folder`, noFolder: true };
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') return blockedBy(error, at);
      if (!create) return { missing: at };
      await makeFolder(String(onDisk(root, above)), name);
    }
  }
  return { value: await use(String(onDisk(root, folder))) };
}

async function makeFolder(place: string, name: string): Promise<void> {
  await mkdir(onDisk(place, name)).catch((error: unknown) => {
    // Somebody else made it at the same moment.
    if (codeOf(error) !== 'EEXIST') throw error;
  });
  await syncDirectory(place);
}

function blockedBy(error: unknown, at: Path): Blocked {
  const code = codeOf(error);
  if (code === 'ELOOP' || code === 'ENOTDIR') return { blocked: `${at} is a link or a file, not a folder`, noFolder: true };
  if (code === 'EACCES' || code === 'EPERM') return { blocked: `${at} may not be entered (${code})`, noFolder: false };
  if (code === 'ENAMETOOLONG') return { blocked: 'the name is too long', noFolder: false };
  throw error;
}
