import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { closeSync, constants, fchmodSync, fchownSync, linkSync, lstatSync, openSync, renameSync, symlinkSync, unlinkSync, writeFile, writeFileSync } from 'node:fs';
import { chmod, copyFile, link, lstat, readlink, symlink, unlink, utimes } from 'node:fs/promises';
import type { Blob } from '../../../core/session/changes.ts';
import { syncOpen } from '../../journal/durable.ts';
import { codeOf } from '../../journal/faults.ts';
import { linkMode, wholeBytes } from './content.ts';
import { type FileState, isState, stateAt, stateInWords } from './fileState.ts';
import { permissionsFor } from './permissions.ts';
import { onDisk } from './places.ts';
import { keyOf } from './stats.ts';

/** A content to be put at a place. */
export interface NewFile {
  readonly bytes: Buffer;
  readonly mode: Blob['mode'];
  /** Only its owner may read it when it is made anew. */
  readonly secret: boolean;
  /** Exactly these permission bits, whatever it replaces. */
  readonly permissions?: number;
}

type RegularState = Extract<FileState, { kind: 'file' }>;

const sameRights = (a: RegularState, b: RegularState): boolean => a.permissions === b.permissions && a.uid === b.uid && a.gid === b.gid;

/**
 * Undefined: done. Otherwise why not; the place is as it was found. Names are looked at and changed at once: a round trip to another thread takes ten
 * times as long as such a call, and would be as much more time in which somebody else can change what was looked at. Only the disk is waited for.
 */
export type Hindrance = string | undefined;

/**
 * Puts a content at `name` in an entered folder, in one step and durably but for the folder, and only where `expected`
 * is there (null: nothing). Whatever somebody else writes there meanwhile is kept, up to the limit that `exchange` names.
 */
export async function putFile(folder: string, name: string, file: NewFile, expected: Blob | null): Promise<Hindrance> {
  const state = await stateAt(folder, name);
  if (!isState(state, expected)) return stateInWords(state);
  const beside = await BesideFile.write(folder, name, file, state);
  try {
    await beside.sync();
    return await beside.place(expected);
  } finally {
    beside.discard();
  }
}

/**
 * Gives a file, a link or a pipe that lies elsewhere a second name in an entered folder, as `putFile` puts a content: in one step, and only where
 * `expected` is there (null: nothing). It stays what it is, with its times and permissions; on another file system a copy of it comes.
 */
export async function bringFile(folder: string, name: string, from: string | Buffer, expected: Blob | null): Promise<Hindrance> {
  const isLink = lstatSync(from).isSymbolicLink();
  return bringBy(folder, from, (temporary) => {
    if (expected === null) return linkInto(folder, temporary, name);
    return expected.mode === linkMode || isLink ? renameOver(folder, temporary, name, expected) : exchange(folder, temporary, name, expected, undefined);
  });
}

/** The same over whatever is there, if its `key` (see `keyOf`) is still this one; its content does not matter. */
export async function bringOver(folder: string, name: string, from: string | Buffer, key: string): Promise<Hindrance> {
  return bringBy(folder, from, async (temporary) => {
    if (keyOf(lstatSync(onDisk(folder, name), { bigint: true })) !== key) return 'something else by now';
    renameSync(onDisk(folder, temporary), onDisk(folder, name));
    return undefined;
  });
}

async function bringBy(folder: string, from: string | Buffer, place: (temporary: string) => Promise<Hindrance>): Promise<Hindrance> {
  const temporary = besideName('tmp');
  try {
    await linkOrCopy(from, onDisk(folder, temporary));
    return await place(temporary);
  } finally {
    removeName(folder, temporary);
  }
}

async function linkOrCopy(from: string | Buffer, to: string | Buffer): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (!linksRefused(error)) throw error;
    const stats = await lstat(from);
    if (stats.isSymbolicLink()) return symlink(await readlink(from, { encoding: 'buffer' }), to);
    // A pipe or a socket cannot be copied.
    if (!stats.isFile()) throw error;
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    await chmod(to, stats.mode & 0o7777);
    await utimes(to, stats.atime, stats.mtime);
  }
}

/** Removes `name` only where it has the expected content; what turns out to be different is put back. */
export async function removeFile(folder: string, name: string, expected: Blob): Promise<Hindrance> {
  const state = await stateAt(folder, name);
  if (!isState(state, expected)) return stateInWords(state);
  const aside = besideName('old');
  renameSync(onDisk(folder, name), onDisk(folder, aside));
  const moved = await stateAt(folder, aside);
  if (isState(moved, expected)) {
    await unlink(onDisk(folder, aside));
    return undefined;
  }
  const hindrance = await linkInto(folder, aside, name);
  if (hindrance !== undefined) return `${hindrance}; what was there a moment before is kept as ${aside}`;
  await unlink(onDisk(folder, aside));
  return stateInWords(moved);
}

const besideName = (ending: 'tmp' | 'old'): string => `.bounded-${randomBytes(6).toString('hex')}.${ending}`;

/** What a name that lies beside a file stands for: a content that was not in place yet, or the one that was; undefined for any other name. */
export const besideKind = (name: string): string | undefined => /^\.bounded-[0-9a-f]{12}\.(tmp|old)$/.exec(name)?.[1];

/** Harmless where nothing has the name. */
function removeName(folder: string, name: string): void {
  try {
    unlinkSync(onDisk(folder, name));
  } catch (error) {
    ignoreMissing(error);
  }
}

function ignoreMissing(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw error;
}

/** A content that lies beside its place until it is put there. Whoever made it syncs it first and discards it at last. */
export class BesideFile {
  readonly #folder: string;
  readonly #name: string;
  readonly #temporary = besideName('tmp');
  readonly #file: NewFile;
  /** The regular file that is replaced, with the owner and permissions that the new one was given. */
  readonly #replaced: RegularState | undefined;
  #descriptor: number | undefined;
  /** Not once it was renamed to its place. */
  #isBeside = true;

  private constructor(folder: string, name: string, file: NewFile, state: FileState) {
    this.#folder = folder;
    this.#name = name;
    this.#file = file;
    this.#replaced = state.kind === 'file' && state.blob.mode !== linkMode ? state : undefined;
  }

  /** `state`: what is at the place now. */
  static async write(folder: string, name: string, file: NewFile, state: FileState): Promise<BesideFile> {
    const beside = new BesideFile(folder, name, file, state);
    try {
      await beside.#write();
    } catch (error) {
      beside.discard();
      throw error;
    }
    return beside;
  }

  async #write(): Promise<void> {
    const place = onDisk(this.#folder, this.#temporary);
    const [file, replaced] = [this.#file, this.#replaced];
    if (file.mode === linkMode) return symlinkSync(onDiskTarget(file.bytes), place);
    const descriptor = openSync(place, 'wx', replaced !== undefined || file.secret ? 0o600 : file.mode === '100755' ? 0o777 : 0o666);
    this.#descriptor = descriptor;
    await writeTo(descriptor, file.bytes);
    if (replaced !== undefined) keepOwner(descriptor, replaced);
    if (file.permissions !== undefined) fchmodSync(descriptor, file.permissions);
    else if (replaced !== undefined) fchmodSync(descriptor, permissionsFor(replaced.permissions, file.mode));
    else if (file.secret && file.mode === '100755') fchmodSync(descriptor, 0o700);
  }

  /** The content is on the disk when this resolves. */
  async sync(): Promise<void> {
    const descriptor = this.#descriptor;
    if (descriptor === undefined) return;
    await syncOpen(descriptor);
    this.#close();
  }

  #close(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = undefined;
    if (descriptor !== undefined) closeSync(descriptor);
  }

  /** Gives it its name, and only where `expected` is there at this moment. */
  async place(expected: Blob | null): Promise<Hindrance> {
    const [folder, temporary, name] = [this.#folder, this.#temporary, this.#name];
    if (expected === null) return linkInto(folder, temporary, name);
    const hindrance = await (expected.mode === linkMode || this.#file.mode === linkMode ? renameOver(folder, temporary, name, expected) : exchange(folder, temporary, name, expected, this.#replaced));
    this.#isBeside = hindrance !== undefined;
    return hindrance;
  }

  /** Removes what is still beside; harmless after `place`. */
  discard(): void {
    this.#close();
    if (this.#isBeside) removeName(this.#folder, this.#temporary);
  }
}

/** At once where that takes microseconds; a large content would hold everybody else up. */
async function writeTo(descriptor: number, bytes: Buffer): Promise<void> {
  if (bytes.length <= wholeBytes) return writeFileSync(descriptor, bytes);
  await new Promise<void>((resolve, reject) => writeFile(descriptor, bytes, (error) => (error === null ? resolve() : reject(error))));
}

/** Who may not give a file away keeps it. */
function keepOwner(descriptor: number, { uid, gid }: RegularState): void {
  try {
    fchownSync(descriptor, uid, gid);
  } catch {
    // As before: only somebody with special rights can.
  }
}

const onDiskTarget = (target: Buffer): string | Buffer => (isUtf8(target) ? target.toString('utf8') : target);

/** Gives a file its name, unless there is something of that name by now. */
async function linkInto(folder: string, from: string, name: string): Promise<Hindrance> {
  try {
    linkSync(onDisk(folder, from), onDisk(folder, name));
    return undefined;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return 'something there by now';
    if (!linksRefused(error)) throw error;
  }
  const state = await stateAt(folder, name);
  if (state.kind !== 'missing') return stateInWords(state);
  renameSync(onDisk(folder, from), onDisk(folder, name));
  return undefined;
}

/** The file system has no hard links, or not for this file. */
const linksRefused = (error: unknown): boolean => ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV', 'EINVAL', 'EACCES'].includes(codeOf(error) ?? '');

async function renameOver(folder: string, temporary: string, name: string, expected: Blob): Promise<Hindrance> {
  const state = await stateAt(folder, name);
  if (!isState(state, expected)) return stateInWords(state);
  renameSync(onDisk(folder, temporary), onDisk(folder, name));
  return undefined;
}

/**
 * Renames the new file over the old one while a second name holds the old one: who had it open and wrote into it just
 * then finds their bytes in place again. Who puts another file in its place between the last look and the rename, some
 * microseconds, is not seen: Node has no call that exchanges two names.
 */
async function exchange(folder: string, temporary: string, name: string, expected: Blob, replaced: RegularState | undefined): Promise<Hindrance> {
  const holding = besideName('old');
  try {
    linkSync(onDisk(folder, name), onDisk(folder, holding));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'nothing there any more';
    if (!linksRefused(error)) throw error;
    return renameOver(folder, temporary, name, expected);
  }
  let keep = false;
  try {
    const held = await stateAt(folder, holding);
    if (!isState(held, expected)) return stateInWords(held);
    const there = lstatSync(onDisk(folder, name), { bigint: true });
    if (held.kind !== 'file' || there.ino !== held.inode) return 'another file by now';
    if (replaced !== undefined && !sameRights(held, replaced)) return 'a file with other permissions by now';
    renameSync(onDisk(folder, temporary), onDisk(folder, name));
    const later = await stateAt(folder, holding);
    if (isState(later, expected)) return undefined;
    keep = true;
    renameSync(onDisk(folder, holding), onDisk(folder, name));
    return stateInWords(later);
  } finally {
    // Its last name, mostly: to free a content takes the system longer than a round trip.
    if (!keep) await unlink(onDisk(folder, holding)).catch(ignoreMissing);
  }
}
