import { chmod, lstat, opendir, readdir, rm, rmdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../journal/faults.ts';
import { eachOf } from '../workspace/common/eachOf.ts';

/** Folders that are handled at the same time, and files of each that are. */
const [foldersTogether, filesTogether] = [32, 8];

/**
 * Removes a folder that others wrote into, also where they took away the rights to it. Links are removed, never
 * followed. Rejects where something stays.
 */
export async function removeTree(folder: string): Promise<void> {
  // `rm` asks for everything in a folder at once and takes the answers in one stretch; it has the rest, with whatever is difficult.
  await thinOut([folder]);
  try {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // A folder without rights for us: give them back and try again. What the first try still removes meanwhile is gone already.
    await openFolders(folder).catch(ignoreMissing);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Removes what can be removed plainly of folders of one depth, a few at a time. */
async function thinOut(folders: readonly string[]): Promise<void> {
  const inner: string[] = [];
  await eachOf(folders, foldersTogether, async (folder) => { for (const one of await clearFiles(folder).catch(() => [])) inner.push(one); });
  if (inner.length > 0) await thinOut(inner);
  await eachOf(folders, foldersTogether, (folder) => rmdir(folder).catch(() => undefined));
}

/** Removes the files of a folder; answers the folders in it. */
async function clearFiles(folder: string): Promise<readonly string[]> {
  // Only of a real folder does the system say that it is not empty; a link to one is not gone into.
  if (!(await rmdir(folder).then(() => false, (error: unknown) => codeOf(error) === 'ENOTEMPTY'))) return [];
  const inner: string[] = [];
  const files: string[] = [];
  const clear = async (): Promise<void> => { await Promise.allSettled(files.splice(0).map((file) => unlink(file))); };
  for await (const entry of await opendir(folder)) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) inner.push(place);
    else if (files.push(place) === filesTogether) await clear();
  }
  await clear();
  return inner;
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
