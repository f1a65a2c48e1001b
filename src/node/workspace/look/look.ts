import type { Blob, Path } from '../../../core/session/changes.ts';
import type { Coverage } from './coverage.ts';
import type { KnownFile } from './fileReader.ts';
import { sameBlob } from '../disk/fileState.ts';
import type { KnownFiles } from './knownFiles.ts';
import { Pace } from '../common/pace.ts';
import { rootOf } from '../disk/places.ts';
import type { Found } from './scan.ts';
import { isComparable, type StateEntry } from '../store/stateTable.ts';

/** What a look found to be otherwise than it was known. */
export interface Look {
  /** What is known now of files that were looked at; null of those that are gone. */
  readonly news: Map<Path, StateEntry | null>;
  /** Contents that are new, and paths that are gone (null), against the checkpoint before. */
  readonly changes: ReadonlyMap<Path, Blob | null>;
  /** Paths that could not be read, with the reason. */
  readonly unread: ReadonlyMap<Path, string>;
  /** Those of them for which the content of an earlier checkpoint stands. */
  readonly kept: ReadonlySet<Path>;
}

export interface Readings {
  /** Files that were read because they had changed. */
  readonly fresh: ReadonlyMap<Path, KnownFile>;
  /** Files that could not be read or vanished meanwhile. */
  readonly lost: ReadonlySet<Path>;
  readonly unread: ReadonlyMap<Path, string>;
}

/** Puts together what is known now. What cannot be read keeps its last known content, because it is not gone. */
export async function lookOf(before: KnownFiles, gone: readonly Path[], coverage: Coverage, { fresh, lost, unread }: Readings): Promise<Look> {
  const [news, changes, kept] = [new Map<Path, StateEntry | null>(), new Map<Path, Blob | null>(), new Set<Path>()];
  const pace = new Pace();
  for (const file of coverage.covered) {
    if (pace.due) await pace.rest();
    const known = fresh.get(file.path);
    if (known === undefined) continue;
    news.set(file.path, entryOf(file, known));
    if (!sameBlob(before.get(file.path)?.blob, known.blob)) changes.set(file.path, known.blob);
  }
  for (const path of [...gone, ...lost, ...coverage.outgrown.map((file) => file.path)]) {
    const blob = before.get(path)?.blob;
    const root = rootOf(path, unread);
    news.set(path, root === undefined ? null : { blob, state: undefined });
    if (blob === undefined) continue;
    if (root === undefined) changes.set(path, null);
    else kept.add(root);
  }
  for (const { files } of coverage.leftOut.values()) for (const file of files) news.set(file.path, { blob: undefined, state: settled(file) });
  return { news, changes, unread, kept };
}

/** What is known of a file that was read. It has the state in which it was found only if it had it when it was read, too. */
export const entryOf = (found: Found, { blob, key, racy }: KnownFile): StateEntry => ({ blob, state: racy || key !== found.key ? undefined : settled(found) });

const settled = ({ racy, state }: Found): Buffer | undefined => (racy || !isComparable(state) ? undefined : state);
