import { randomBytes } from 'node:crypto';
import { fsync } from 'node:fs';
import { chmod, mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { codeOf, named } from './faults.ts';

/**
 * Makes new and renamed entries of a folder durable. Windows has no such call: its file systems journal their folders.
 */
export async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await named(directory, () => handle.sync());
  } finally {
    await handle.close();
  }
}

/** Puts an open file or folder on the disk. */
export function syncOpen(descriptor: number): Promise<void> {
  return new Promise((resolve, reject) => fsync(descriptor, (error) => (error === null ? resolve() : reject(error))));
}

/** Makes a folder that only its owner may enter, with what is missing above it, durably. One that exists is narrowed. */
export async function privateDirectory(directory: string): Promise<void> {
  const first = await makeFolders(directory, 0o700);
  // Through a link or with another umask the mode may be wider than asked.
  await chmod(directory, 0o700);
  if (first === undefined) return;
  for (let made = directory; ; made = path.dirname(made)) {
    await syncDirectory(path.dirname(made));
    if (made === first || made === path.dirname(made)) return;
  }
}

/**
 * Makes a folder with what is missing above it and answers the topmost that it made. One at a time: Node's own recursion
 * never ends where a file system, such as /proc, says of a new folder that it is missing though its parent is there.
 * @throws what the file system says of the folder that cannot be made, or that is something else.
 */
export async function makeFolders(directory: string, mode?: number): Promise<string | undefined> {
  try {
    return await makeFolder(directory, mode);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || directory === path.dirname(directory)) throw error;
  }
  const above = await makeFolders(path.dirname(directory), mode);
  const made = await makeFolder(directory, mode);
  return above ?? made;
}

/** Undefined where the folder is there already. */
async function makeFolder(directory: string, mode: number | undefined): Promise<string | undefined> {
  try {
    await mkdir(directory, { mode });
    return directory;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && (await stat(directory).then((stats) => stats.isDirectory(), () => false))) return undefined;
    throw error;
  }
}

/** Puts the bytes of a file that somebody else wrote on the disk. */
export async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes a whole file so that it is there with all its bytes or not at all, whenever the power fails. */
export async function writeDurably(file: string, bytes: Buffer): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeSynced(temporary, bytes);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(path.dirname(file));
}

/** Writes a whole file so that no reader meets a part of it; when the power fails, anything may be there. For what is checked when it is read. */
export async function writeWhole(file: string, bytes: Buffer | string): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFile(temporary, bytes, { mode: 0o600, flag: 'wx' });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Makes a file, which must not be there yet, with these bytes on the disk when it resolves. */
export async function writeSynced(file: string, bytes: Buffer): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await named(file, () => handle.writeFile(bytes));
    await named(file, () => handle.sync());
  } finally {
    await handle.close();
  }
}
