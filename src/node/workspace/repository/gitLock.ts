import { readFile, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../../journal/faults.ts';
import { isAlive } from '../../process/isAlive.ts';
import type { Hindrance } from '../disk/replaceFile.ts';

/** Locks that this process holds now, in whatever way they are named. */
const held = new Set<string>();

const lockOf = (file: string): string => `${file}.lock`;

/** Does something with a file of git's while its lock is held: git changes such a file only so, and so do we. Says whose the lock is, for when we die. */
export async function locked(file: string, act: () => Promise<Hindrance>): Promise<Hindrance> {
  const lock = lockOf(file);
  try {
    await writeFile(lock, `bounded ${process.pid}\n`, { flag: 'wx' });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return `${path.basename(lock)}, by which git is changing it`;
    throw error;
  }
  held.add(lock);
  try {
    return await act();
  } finally {
    held.delete(lock);
    await unlink(lock);
  }
}

/** Removes the lock of a file that a process of ours left which died: git would wait for it for ever. Git's own says nothing of the kind. Answers whether there was one. */
export async function removeLeftLock(file: string): Promise<boolean> {
  const lock = lockOf(file);
  const pid = Number(/^bounded (\d+)\n$/.exec(await readFile(lock, 'latin1').catch(() => ''))?.[1]);
  const isLeft = Number.isInteger(pid) && (pid === process.pid ? held.size === 0 : !isAlive(pid));
  if (isLeft) await unlink(lock);
  return isLeft;
}
