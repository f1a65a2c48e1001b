import { type BigIntStats, lstatSync } from 'node:fs';
import type { Blob, Path } from '../../../core/session/changes.ts';
import type { Blobs } from '../store/blobs.ts';
import type { CaptureState } from './captureState.ts';
import { wholeBytes } from '../disk/content.ts';
import { largestFile } from './coverage.ts';
import { readFound } from './fileReader.ts';
import { sameBlob } from '../disk/fileState.ts';
import { inFolder } from '../disk/folders.ts';
import type { Intake } from '../store/intake.ts';
import { entryOf } from './look.ts';
import { isUnusual, permissionsWord } from '../disk/permissions.ts';
import { ancestorsOf, isUnder, nameOf, onDisk, parentOf } from '../disk/places.ts';
import { foundFile } from './scan.ts';
import type { StateEntry } from '../store/stateTable.ts';
import { isGone } from '../disk/stats.ts';

/** What a look at some paths found. */
export interface WrittenLook {
  /** Against the last look: contents that are new, and paths that are gone (null). */
  readonly changes: ReadonlyMap<Path, Blob | null>;
  /** What is known now of the paths that were not as they were known; null of those that are gone. */
  readonly news: ReadonlyMap<Path, StateEntry | null>;
  /** Folders that were made on the way to them, those above first. */
  readonly folders: readonly Path[];
}

export interface WrittenParts {
  readonly root: string;
  readonly blobs: Blobs;
  readonly skip: (path: Path) => boolean;
}

/** More paths than this cost as much as a look at everything. */
const mostPaths = 64;

/**
 * Looks at these paths alone. Undefined where that does not do: only plain files, there or gone, in plain folders are known by themselves. Whatever
 * a look at everything would have to decide (coverage, links, odd permissions, a folder where a file was) is left to one.
 */
export async function lookAtWritten(parts: WrittenParts, state: CaptureState, paths: ReadonlySet<Path>, beside: Readonly<Record<Path, string>>, intake: Intake): Promise<WrittenLook | undefined> {
  if (paths.size > mostPaths) return undefined;
  const [changes, news, folders] = [new Map<Path, Blob | null>(), new Map<Path, StateEntry | null>(), new Set<Path>()];
  for (const path of paths) {
    if ([path, ...ancestorsOf(path)].some(parts.skip)) continue;
    if (!isPlainPlace(state, path)) return undefined;
    const stats = await statsAt(parts.root, path);
    if (stats === undefined) return undefined;
    const known = state.files.get(path);
    if (stats === 'missing') {
      if (known === undefined) continue;
      changes.set(path, null);
      news.set(path, null);
      continue;
    }
    if (!mayStandAlone(path, stats, known !== undefined, beside)) return undefined;
    for (const folder of [...ancestorsOf(path)].reverse()) if (!state.around.folders.has(folder)) folders.add(folder);
    const found = foundFile(path, stats);
    if (!found.racy && state.files.isSettled(path, stats)) continue;
    const outcome = await readFound(parts.root, found, intake, parts.blobs);
    if (outcome === 'gone' || 'unreadable' in outcome) return undefined;
    news.set(path, entryOf(found, outcome));
    if (!sameBlob(known?.blob, outcome.blob)) changes.set(path, outcome.blob);
  }
  return { changes, news, folders: [...folders] };
}

/** Nothing of what was left out, could not be read, or was another kind of thing is at the path or above it. */
function isPlainPlace(state: CaptureState, path: Path): boolean {
  if (isUnder(path, state.leftOut) || isUnder(path, state.unread) || state.around.folders.has(path)) return false;
  for (const folder of ancestorsOf(path)) if (state.files.get(folder) !== undefined) return false;
  return true;
}

/** The state of what is at a path, undefined where a link or a file is on the way. */
async function statsAt(root: string, path: Path): Promise<BigIntStats | 'missing' | undefined> {
  const entered = await inFolder(root, parentOf(path), false, async (place) => {
    try {
      return lstatSync(onDisk(place, nameOf(path)), { bigint: true });
    } catch (error) {
      if (isGone(error)) return 'missing';
      throw error;
    }
  });
  if ('value' in entered) return entered.value;
  return 'missing' in entered ? 'missing' : undefined;
}

/** A large new file needs a decision on coverage; a new name may be spelled differently by a system that does not tell upper from lower case. */
function mayStandAlone(path: Path, stats: BigIntStats, known: boolean, beside: Readonly<Record<Path, string>>): boolean {
  const bits = Number(stats.mode) & 0o7777;
  if (!stats.isFile() || beside[path] !== (isUnusual(bits) ? permissionsWord(bits) : undefined)) return false;
  return known ? stats.size <= BigInt(largestFile) : stats.size <= BigInt(wholeBytes) && process.platform === 'linux';
}
