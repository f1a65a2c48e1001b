import { readdir, unlink } from 'node:fs/promises';
import type { Blob, Path } from '../../core/session/changes.ts';
import { stateAt } from './fileState.ts';
import { inFolder } from './folders.ts';
import { onDisk } from './places.ts';
import { besideEnding } from './replaceFile.ts';

/**
 * Removes what lies beside places of a folder because a process died while it put contents there: new contents that never got their name, and
 * what was at a place before where `mayGo` says so. Any other older content was kept for the user, and stays.
 */
export async function removeLeftBeside(root: string, folder: Path, mayGo: (old: Blob) => boolean): Promise<void> {
  await inFolder(root, folder, false, async (place) => {
    for (const name of await readdir(place)) {
      const ending = besideEnding(name);
      if (ending === undefined) continue;
      const state = await stateAt(place, name);
      if (state.kind === 'file' && (ending === 'tmp' || mayGo(state.blob))) await unlink(onDisk(place, name));
    }
  });
}
