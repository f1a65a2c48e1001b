import { type BigIntStats, lstatSync, readdirSync } from 'node:fs';
import type { Blob, Path } from '../../../core/session/changes.ts';
import { codeOf } from '../../journal/faults.ts';
import { decodeBytes } from '../common/bytes.ts';
import { type FileState, stateAt } from '../disk/fileState.ts';
import { type Entered, inFolder } from '../disk/folders.ts';
import { atFolder } from '../disk/mountPoint.ts';
import { nameOf, onDisk, parentOf } from '../disk/places.ts';
import { isGone, isUnreadable } from '../disk/stats.ts';
import { type Dir, fileAt, folderAt } from '../store/tree.ts';
import { ruledBy } from './whose.ts';

/** The work tree on which something lands: what is there now, and what a checkpoint held there when the command began. Changes nothing. */
export class Ground {
  readonly root: string;
  readonly before: Dir;
  readonly #skip: (path: Path) => boolean;
  /** When the command began, in nanoseconds, by the clock of the file system. */
  readonly #since: bigint;
  /** Files with several names whose state the landing itself has changed. */
  readonly #ours = new Set<bigint>();

  constructor({ root, skip }: { readonly root: string; readonly skip: (path: Path) => boolean }, before: Dir, since: bigint) {
    this.root = root;
    this.before = before;
    this.#skip = skip;
    this.#since = since;
  }

  /** What is at a path, without its content. Nothing is ever changed through a link that is met on the way. */
  look(path: Path): BigIntStats | undefined {
    return statsAt(onDisk(this.root, path));
  }

  /** Whether something may be at a path that nobody here may look at. */
  isHidden(path: Path): boolean {
    try {
      lstatSync(onDisk(this.root, path));
      return false;
    } catch (error) {
      return !isGone(error);
    }
  }

  async state(path: Path): Promise<FileState> {
    const entered = await this.enter(parentOf(path), false, (place) => stateAt(place, nameOf(path)));
    return 'value' in entered ? entered.value : { kind: 'missing' };
  }

  async namesIn(folder: Path): Promise<readonly string[]> {
    const entered = await this.enter(folder, false, async (place) => readdirSync(place, { encoding: 'buffer' }).map(decodeBytes));
    return 'value' in entered ? entered.value : [];
  }

  /** Goes down to a folder as `inFolder` does, but to none of another mount: the command saw what lies below that, so nothing of it was the command's. */
  enter<Result>(folder: Path, create: boolean, use: (place: string) => Promise<Result>): Promise<Entered<Result>> {
    return inFolder(this.root, folder, create, use, 'one-mount');
  }

  /** Whether something is mounted at a folder. What is no folder any more is found by whoever changes it. */
  async isMountPoint(folder: Path): Promise<boolean> {
    const entered = await this.enter(parentOf(folder), false, async (place) => atFolder(place, nameOf(folder), (_, is) => is)).catch(notThere);
    return 'value' in entered && entered.value;
  }

  held(path: Path): Blob | undefined {
    return fileAt(this.before, path);
  }

  heldFolder(path: Path): boolean {
    return folderAt(this.before, path) !== undefined;
  }

  isScratch(path: Path): boolean {
    return this.#skip(path);
  }

  /** Whether the system has noted no change since the command began, but for those of the landing. */
  isUntouched(there: BigIntStats): boolean {
    return there.ctimeNs < this.#since || this.#ours.has(there.ino);
  }

  /** To be called before a file is replaced or removed: its other names are the same file. */
  note(there: BigIntStats | undefined): void {
    if (there !== undefined && there.nlink > 1n) this.#ours.add(there.ino);
  }

  /** `trusted`: the folder is the one that was there when the command began. A file that came with another folder may be as old as any. */
  ruleOf(path: Path, there: BigIntStats | undefined, trusted: boolean): ReturnType<typeof ruledBy> {
    return ruledBy({ scratch: this.#skip(path), before: this.held(path), isThere: there !== undefined, untouched: trusted && there !== undefined && this.isUntouched(there) });
  }
}

function notThere(error: unknown): { readonly value: false } {
  if (!isGone(error) && !isUnreadable(error)) throw error;
  return { value: false };
}

/** Undefined where there is nothing, or no way to it. A disk that fails tells neither. */
export function statsAt(place: string | Buffer): BigIntStats | undefined {
  try {
    return lstatSync(place, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    if (codeOf(error) === 'EIO' || (!isGone(error) && !isUnreadable(error))) throw error;
    return undefined;
  }
}
