import { readFileSync } from 'node:fs';
import type { Path } from '../../../core/session/changes.ts';
import type { Comparison } from './comparison.ts';
import type { KnownFiles } from './knownFiles.ts';
import { isLocal } from '../disk/mounts.ts';
import { parentOf } from '../disk/places.ts';
import { emptyFolder, Looking, type Scan, type Surroundings } from './scan.ts';
import type { TableFile } from '../store/tableFile.ts';

export interface ComparedParts {
  readonly root: string;
  readonly skip: (path: Path) => boolean;
  readonly comparison: Comparison;
  readonly table: TableFile;
}

/**
 * The same as `scan`, at the price of one look at each file in C: git compares the table of states with the files, without reading any; what is new
 * is found by the folders, which are listed where their own state has changed. Undefined where that cannot be relied on, or where git does not
 * answer just as it should.
 */
export async function changedStates(parts: ComparedParts, known: KnownFiles, before: Surroundings): Promise<Scan | undefined> {
  const { root, skip, comparison, table: { mark } } = parts;
  if (mark === undefined || !isLocal(mounts(), root)) return undefined;
  const compared = comparison.changed();
  const looking = new Looking(root, skip, known);
  const again = await lookAtFolders(looking, known, before);
  const changed = await compared;
  if (changed?.delete(mark) !== true) return undefined;
  const gone = await lookAtFiles(looking, known, again, new Set([...changed, ...known.news.keys()]));
  keepRest(looking, before, again, gone);
  return { found: looking.found, gone, around: looking.around };
}

function mounts(): string {
  try {
    return readFileSync('/proc/self/mountinfo', 'latin1');
  } catch {
    return '';
  }
}

/** Answers the folders that were listed again or are gone, with what is in them now. */
async function lookAtFolders(looking: Looking, known: KnownFiles, before: Surroundings): Promise<ReadonlyMap<Path, ReadonlySet<Path>>> {
  const { folders } = looking.around;
  const again = new Map<Path, ReadonlySet<Path>>();
  for (const [folder, key] of before.folders) {
    await looking.rest();
    // Below a link that took the place of a folder there may be just as many folders as before.
    const now = folder === '' || folders.has(parentOf(folder)) ? looking.folderKey(folder) : undefined;
    if (now !== undefined && now !== '' && now === key) {
      folders.set(folder, key);
      continue;
    }
    const entries = now === undefined ? [] : looking.list(folder);
    again.set(folder, new Set(entries.map(({ path }) => path)));
    for (const { path, isFolder } of entries) {
      if (isFolder && !before.folders.has(path)) await looking.walk(path);
      if (!isFolder && known.get(path) === undefined) looking.lookAt(path);
    }
  }
  return again;
}

/** Looks at files that are known or were named; answers the known ones that are not there. A folder that was listed says what is: also another spelling of a name may lead to a file. */
async function lookAtFiles(looking: Looking, known: KnownFiles, again: ReadonlyMap<Path, ReadonlySet<Path>>, paths: ReadonlySet<Path>): Promise<readonly Path[]> {
  const { folders } = looking.around;
  const gone: Path[] = [];
  for (const path of paths) {
    await looking.rest();
    const there = folders.has(parentOf(path)) && again.get(parentOf(path))?.has(path) !== false;
    if (there && !looking.files.has(path) && !folders.has(path)) looking.lookAt(path);
    if (!looking.files.has(path) && known.get(path) !== undefined) gone.push(path);
  }
  return gone;
}

/** Adds what the look before noted and this one had no reason to look at. */
function keepRest(looking: Looking, before: Surroundings, again: ReadonlyMap<Path, unknown>, gone: readonly Path[]): void {
  const { around, files } = looking;
  const lost = new Set(gone);
  for (const [path, kind] of before.special) if (!again.has(kind === emptyFolder ? path : parentOf(path)) && !around.special.has(path)) around.special.set(path, kind);
  for (const [path, why] of before.unreadable) if (!again.has(path) && !again.has(parentOf(path)) && !files.has(path)) around.unreadable.set(path, why);
  for (const [path, bits] of before.permissions) if (!files.has(path) && !lost.has(path)) around.permissions.set(path, bits);
  for (const folder of before.repositories) if (!again.has(folder)) around.repositories.add(folder);
  for (const path of before.skipped) if (!again.has(parentOf(path))) around.skipped.add(path);
}
