import { chmod, lstat, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../journal/faults.ts';

/**
 * Removes a folder that others wrote into, also where they took away the rights to it. Links are removed, never
 * followed. Rejects where something stays.
 */
export async function removeTree(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // A folder without rights for us: give them back and try again. What the first try still removes meanwhile is gone already.
    await openFolders(folder).catch(ignoreMissing);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function openFolders(folder: string): Promise<void> {
  const stats = await lstat(folder).catch(() => undefined);
  if (stats?.isDirectory() !== true) return;
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) if (entry.isDirectory()) await openFolders(path.join(folder, entry.name)).catch(ignoreMissing);
}

function ignoreMissing(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw error;
}
