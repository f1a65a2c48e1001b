import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Does something with a folder under a name that is this folder's to the end, whatever takes its own name meanwhile. Errors speak of its own. Linux only. */
export async function holdingFolder<Result>(folder: string, use: (place: string) => Promise<Result>): Promise<Result> {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  const place = `/proc/self/fd/${handle.fd}`;
  try {
    return await use(place);
  } catch (error) {
    if (error instanceof Error && 'path' in error && typeof error.path === 'string' && error.path.startsWith(place)) Object.assign(error, { path: `${folder}${error.path.slice(place.length)}` });
    throw error;
  } finally {
    await handle.close();
  }
}
