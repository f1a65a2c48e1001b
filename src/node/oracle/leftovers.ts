import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { isAlive } from '../process/isAlive.ts';
import { removeTree } from '../process/removeTree.ts';

/** Removes checkouts of processes that are gone; those of living ones stay. What cannot be removed stays for the next time. */
export async function removeLeftovers(tmpRoot: string): Promise<void> {
  const names = await readdir(tmpRoot).catch(() => []);
  for (const name of names) {
    const owner = Number(/^run-(\d+)-/.exec(name)?.[1]);
    if (Number.isInteger(owner) && owner !== process.pid && !isAlive(owner)) await removeTree(path.join(tmpRoot, name)).catch(() => undefined);
  }
}
