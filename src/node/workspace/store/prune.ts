import { lstat, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { exists } from '../disk/exists.ts';
import { storeMarker } from './store.ts';

/** Bytes on the disk that a store takes, 0 where there is none. */
export async function storeSize(store: string): Promise<number> {
  let bytes = 0;
  const entries = await readdir(store, { withFileTypes: true, recursive: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const stats = await lstat(path.join(entry.parentPath, entry.name)).catch(() => undefined);
    bytes += stats?.size ?? 0;
  }
  return bytes;
}

/** Deletes a store with every checkpoint in it and answers the bytes that this freed. Refuses a folder that is no store of ours. */
export async function pruneStore(store: string): Promise<number> {
  if (!(await exists(store))) return 0;
  if (!(await exists(path.join(store, storeMarker)))) throw new Error(`${store} is not a checkpoint store`);
  const bytes = await storeSize(store);
  // Where open files cannot be deleted, a reader that still waits for a question ends by itself in some seconds.
  await rm(store, { recursive: true, maxRetries: 8, retryDelay: 200 });
  return bytes;
}
