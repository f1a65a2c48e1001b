import { readFileSync } from 'node:fs';
import type { Path } from '../../core/session/changes.ts';
import { decodeBytes } from './bytes.ts';
import type { KnownFiles } from './knownFiles.ts';
import { isLocal } from './mounts.ts';
import { parentOf } from './places.ts';
import { runProgram } from './program.ts';
import { emptyFolder, Looking, type Scan, type Surroundings } from './scan.ts';
import type { Store } from './store.ts';
import type { TableFile } from './tableFile.ts';

export interface ComparedParts {
  readonly root: string;
  readonly store: Store;
  readonly skip: (path: Path) => boolean;
  readonly table: TableFile;
}

/**
 * The same as `scan`, at the price of one look at each file in C: git compares the table of states with the files, without reading any; what is new
 * is found by the folders, which are listed where their own state has changed. Undefined where that cannot be relied on, or where git does not
 * answer just as it should.
 */
export async function changedStates(parts: ComparedParts, known: KnownFiles, before: Surroundings): Promise<Scan | undefined> {
  const { root, store, skip, table } = parts;
  const mark = table.mark;
  if (mark === undefined || process.platform !== 'linux' || !isLocal(mounts(), root)) return undefined;
  const compared = compare(store, root, table.path);
  const looking = new Looking(root, skip, known);
  const again = await lookAtFolders(looking, known, before);
  const changed = await compared;
  if (changed?.delete(mark) !== true) return undefined;
  const gone = await lookAtFiles(looking, known, new Set([...changed, ...known.news.keys()]));
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

/** git's own settings for comparing; what the store's configuration or the file system of the store says has no part in it. */
const settings = ['core.checkStat=default', 'core.trustctime=true', 'core.fileMode=true', 'core.symlinks=true', 'core.ignoreStat=false', 'core.preloadIndex=true', 'core.sparseCheckout=false', 'index.sparse=false'];

/** Paths that do not have the state of the table, or are gone. Undefined where git failed, complained, or said something else. */
async function compare(store: Store, root: string, table: string): Promise<Set<Path> | undefined> {
  const args = [...settings.flatMap((setting) => ['-c', setting]), 'diff-files', '--raw', '-z', '--no-renames', '--ignore-submodules=none'];
  const env = { ...store.environment, GIT_WORK_TREE: root, GIT_INDEX_FILE: table };
  const answer = await runProgram({ program: store.program, args, env, cwd: root }).catch(() => undefined);
  return answer === undefined || answer.status !== 0 || answer.stderr !== '' ? undefined : changedPaths(answer.stdout);
}

/** The paths of `diff-files --raw -z`: a line on each, then its name, both ended by NUL. Undefined for anything else. */
export function changedPaths(output: Buffer): Set<Path> | undefined {
  const paths = new Set<Path>();
  for (let from = 0; from < output.length;) {
    const middle = output.indexOf(0, from);
    const end = middle < 0 ? -1 : output.indexOf(0, middle + 1);
    if (end < 0 || !/^:[0-7]{6} [0-7]{6} [0-9a-f]{40} [0-9a-f]{40} [DMT]$/.test(output.toString('latin1', from, middle))) return undefined;
    paths.add(decodeBytes(output.subarray(middle + 1, end)));
    from = end + 1;
  }
  return paths;
}

/** Answers the folders that were listed again or are gone. */
async function lookAtFolders(looking: Looking, known: KnownFiles, before: Surroundings): Promise<ReadonlySet<Path>> {
  const { folders } = looking.around;
  const again = new Set<Path>();
  for (const [folder, key] of before.folders) {
    await looking.rest();
    // Below a link that took the place of a folder there may be just as many folders as before.
    const now = folder === '' || folders.has(parentOf(folder)) ? looking.folderKey(folder) : undefined;
    if (now !== undefined && now !== '' && now === key) {
      folders.set(folder, key);
      continue;
    }
    again.add(folder);
    for (const { path, isFolder } of now === undefined ? [] : looking.list(folder)) {
      if (isFolder && !before.folders.has(path)) await looking.walk(path);
      if (!isFolder && known.get(path) === undefined) looking.lookAt(path);
    }
  }
  return again;
}

/** Looks at files that are known or were named; answers the known ones that are not there. */
async function lookAtFiles(looking: Looking, known: KnownFiles, paths: ReadonlySet<Path>): Promise<readonly Path[]> {
  const { folders } = looking.around;
  const gone: Path[] = [];
  for (const path of paths) {
    await looking.rest();
    if (!looking.files.has(path) && folders.has(parentOf(path)) && !folders.has(path)) looking.lookAt(path);
    if (!looking.files.has(path) && known.get(path) !== undefined) gone.push(path);
  }
  return gone;
}

/** Adds what the look before noted and this one had no reason to look at. */
function keepRest(looking: Looking, before: Surroundings, again: ReadonlySet<Path>, gone: readonly Path[]): void {
  const { around, files } = looking;
  const lost = new Set(gone);
  for (const [path, kind] of before.special) if (!again.has(kind === emptyFolder ? path : parentOf(path)) && !around.special.has(path)) around.special.set(path, kind);
  for (const [path, why] of before.unreadable) if (!again.has(path) && !again.has(parentOf(path)) && !files.has(path)) around.unreadable.set(path, why);
  for (const [path, bits] of before.permissions) if (!files.has(path) && !lost.has(path)) around.permissions.set(path, bits);
  for (const folder of before.repositories) if (!again.has(folder)) around.repositories.add(folder);
  for (const path of before.skipped) if (!again.has(parentOf(path))) around.skipped.add(path);
}
