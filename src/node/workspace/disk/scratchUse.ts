import { lstatSync, readdirSync } from 'node:fs';
import type { ScratchUse } from '../../../core/session/facts.ts';
import type { Path } from '../../../core/session/changes.ts';
import { Pace } from '../common/pace.ts';
import { onDisk } from './places.ts';

/** Files and links below `roots`, files or folders of the work tree, and their sizes; links are not followed, what cannot be looked at counts nothing. */
export async function scratchUse(root: string, roots: readonly Path[]): Promise<ScratchUse> {
  let [files, bytes] = [0, 0];
  const pace = new Pace();
  const pending = roots.map((path) => onDisk(root, path));
  for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
    const stats = lstatSync(place, { throwIfNoEntry: false });
    if (stats?.isDirectory() === true) pending.push(...entriesOf(place));
    else if (stats !== undefined) [files, bytes] = [files + 1, bytes + stats.size];
    if (pace.due) await pace.rest();
  }
  return { files, bytes };
}

/** Names as bytes: not every name has a text form. */
function entriesOf(folder: string | Buffer): Buffer[] {
  try {
    return readdirSync(folder, { encoding: 'buffer' }).map((name) => Buffer.concat([Buffer.from(folder), Buffer.from('/'), name]));
  } catch {
    // Gone, or closed to us.
    return [];
  }
}
