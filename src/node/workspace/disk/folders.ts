import { closeSync, constants, lstatSync, openSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { Path } from '../../../core/session/changes.ts';
import { syncDirectory, syncOpen } from '../../journal/durable.ts';
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

/** A folder that was entered. Whoever entered it leaves it. */
export class EnteredFolder {
  /** How the system names it. */
  readonly place: string;
  readonly #path: string;
  readonly #descriptor: number | undefined;

  /** `path` is what people call it; `descriptor` that of the open folder, if it is open. */
  constructor(place: string, path: string, descriptor?: number) {
    this.place = place;
    this.#path = path;
    this.#descriptor = descriptor;
  }

  /** Does something in it; what fails is said of this folder. */
  use<Result>(work: (place: string) => Promise<Result>): Promise<Result> {
    return saidOf(this.#path, () => work(this.place));
  }

  /** What was done in it is on the disk when this resolves. */
  sync(): Promise<void> {
    const descriptor = this.#descriptor;
    return this.use((place) => (descriptor === undefined ? syncDirectory(place) : syncOpen(descriptor)));
  }

  leave(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
  }
}

/** Enters a folder for one piece of work. */
export async function inFolder<Result>(root: string, folder: Path, create: boolean, use: (place: string) => Promise<Result>, reach: Reach = 'any'): Promise<Entered<Result>> {
  const entered = await enterFolder(root, folder, create, reach);
  if (!('value' in entered)) return entered;
  try {
    return { value: await entered.value.use(use) };
  } finally {
    entered.value.leave();
  }
}

/**
 * Goes down to a folder one name at a time without following any link. On Linux every step is taken from the open
 * folder before it, so that nothing that is swapped meanwhile can lead elsewhere. Missing folders are made when
 * `create` is set. All but that is done at once: a round trip to another thread takes ten times as long as such a step.
 * Only Linux tells where something is mounted: elsewhere `reach` has no meaning.
 */
export function enterFolder(root: string, folder: Path, create: boolean, reach: Reach = 'any'): Promise<Entered<EnteredFolder>> {
  const path = String(onDisk(root, folder));
  return saidOf(path, () => (process.platform === 'linux' ? throughHandles(root, folder, path, create, reach) : throughNames(root, folder, path, create)));
}

/** The system knows the place by a number, or an open file by none. What is copied or linked to a place fails there. */
async function saidOf<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const { path, dest = path } = error instanceof Error ? (error as { readonly path?: unknown; readonly dest?: unknown }) : {};
    if (codeOf(error) !== undefined && (typeof dest !== 'string' || dest.startsWith('/proc/self/fd/'))) Object.assign(error as Error, { path: folder });
    throw error;
  }
}

const folderFlags = constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0);

async function throughHandles(root: string, folder: Path, path: string, create: boolean, reach: Reach): Promise<Entered<EnteredFolder>> {
  // The workspace folder is a real path; what it is called has been settled when it was opened.
  let descriptor = openSync(root, constants.O_RDONLY | (constants.O_DIRECTORY ?? 0));
  let at: Path = '';
  try {
    const mount = reach === 'any' ? undefined : mountOf(descriptor);
    for (const name of folder === '' ? [] : folder.split('/')) {
      at = joined(at, name);
      const next = await step(inside(descriptor), name, at, create);
      if (typeof next !== 'number') return left(descriptor, next);
      closeSync(descriptor);
      descriptor = next;
      if (mount !== undefined && mountOf(descriptor) !== mount) return left(descriptor, { blocked: `something is mounted at ${at}`, noFolder: false });
    }
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  return { value: new EnteredFolder(inside(descriptor), path, descriptor) };
}

/** Closes what is not entered after all. */
function left<Answer>(descriptor: number, answer: Answer): Answer {
  closeSync(descriptor);
  return answer;
}

const inside = (descriptor: number): string => `/proc/self/fd/${descriptor}`;

async function step(place: string, name: string, at: Path, create: boolean): Promise<number | { readonly missing: Path } | Blocked> {
  try {
    return openSync(onDisk(place, name), folderFlags);
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

async function throughNames(root: string, folder: Path, path: string, create: boolean): Promise<Entered<EnteredFolder>> {
  let at: Path = '';
  for (const name of folder === '' ? [] : folder.split('/')) {
    const above = at;
    at = joined(at, name);
    try {
      const stats = lstatSync(onDisk(root, at));
      if (!stats.isDirectory()) return { blocked: stats.isSymbolicLink() ? `${at} is a link` : `${at} is not a folder`, noFolder: true };
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') return blockedBy(error, at);
      if (!create) return { missing: at };
      await makeFolder(String(onDisk(root, above)), name);
    }
  }
  return { value: new EnteredFolder(path, path) };
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
