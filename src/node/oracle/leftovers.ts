import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { removeTree } from '../process/removeTree.ts';

/** Removes checkouts of processes that are gone; those of living ones stay. What cannot be removed stays for the next time. */
export async function removeLeftovers(tmpRoot: string): Promise<void> {
  const names = await readdir(tmpRoot).catch(() => []);
  for (const name of names) {
    const owner = Number(/^run-(\d+)-/.exec(name)?.[1]);
    if (Number.isInteger(owner) && owner !== process.pid && !isAlive(owner)) await removeTree(path.join(tmpRoot, name)).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Only "no such process" means that it is gone; "not permitted" means that it is another user's.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
