import type { Blob, Path } from '../../core/session/changes.ts';
import type { Coverage } from './coverage.ts';
import type { KnownFile } from './fileReader.ts';
import { sameBlob } from './fileState.ts';
import { rootOf } from './places.ts';

/** What is known of the work tree after it was looked at. */
export interface Look {
  /** Only `Captures` changes it, and only when what it says is durable. */
  readonly files: Map<Path, KnownFile>;
  /** Contents that are new, and paths that are gone (null), against the look before. */
  readonly changes: ReadonlyMap<Path, Blob | null>;
  /** How many files had to be read. */
  readonly read: number;
  readonly leftOut: ReadonlySet<Path>;
  /** Paths that could not be read, with the reason. */
  readonly unread: ReadonlyMap<Path, string>;
  /** Those of them for which the content of an earlier checkpoint stands in `files`. */
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
export function lookOf(before: Map<Path, KnownFile>, coverage: Coverage, { fresh, lost, unread }: Readings): Look {
  const changes = new Map<Path, Blob | null>();
  const kept = new Set<Path>();
  for (const path of missingOf(before, coverage, fresh, lost)) {
    const root = rootOf(path, unread);
    if (root === undefined) changes.set(path, null);
    else kept.add(root);
  }
  for (const [path, { blob }] of fresh) if (!sameBlob(before.get(path)?.blob, blob)) changes.set(path, blob);
  const leftOut = new Set([...coverage.leftOut.keys(), ...[...unread.keys()].filter((path) => !kept.has(path))]);
  return { files: filesAfter(before, fresh, changes), changes, read: fresh.size, unread, kept, leftOut };
}

/** Paths that were there at the last look and are not now; mostly none, which is told by counting. */
function missingOf(before: ReadonlyMap<Path, KnownFile>, { covered }: Coverage, fresh: ReadonlyMap<Path, KnownFile>, lost: ReadonlySet<Path>): Path[] {
  const created = [...fresh.keys()].filter((path) => !before.has(path)).length;
  if (lost.size === 0 && covered.length - created === before.size) return [];
  const there = new Set(covered.map((file) => file.path));
  return [...before.keys()].filter((path) => !there.has(path) || lost.has(path));
}

function filesAfter(before: Map<Path, KnownFile>, fresh: ReadonlyMap<Path, KnownFile>, changes: ReadonlyMap<Path, Blob | null>): Map<Path, KnownFile> {
  if (fresh.size === 0 && changes.size === 0) return before;
  const files = new Map([...before, ...fresh]);
  for (const [path, blob] of changes) if (blob === null) files.delete(path);
  return files;
}
