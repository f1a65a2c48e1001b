import { createHash } from 'node:crypto';
import type { Path } from '../../../core/session/changes.ts';
import { type Coverage, seenBefore } from './coverage.ts';
import type { KnownFiles } from './knownFiles.ts';
import { Pace } from '../common/pace.ts';
import { rootOf } from '../disk/places.ts';
import type { StateEntry } from '../store/stateTable.ts';

/** Files of the work tree that checkpoints leave out, at or below one path. */
export interface LeftOutPart {
  readonly why: string;
  readonly files: number;
  /** Changes when any of the files does, by what the system notes of them; contents are not read. */
  readonly digest: string;
}

/**
 * The parts that are left out as of a look that found `coverage` and missed `gone`. Those that no change has touched stand as they were; those of which
 * no file is left are none any more.
 */
export async function leftOutParts(before: ReadonlyMap<Path, LeftOutPart>, roots: Iterable<Path>, known: KnownFiles, coverage: Coverage, gone: readonly Path[]): Promise<Map<Path, LeftOutPart>> {
  const all = new Set([...roots, ...coverage.leftOut.keys()]);
  const states = new Map<Path, Map<Path, StateEntry | null>>(Array.from(all, (root) => [root, new Map()]));
  for (const path of gone) states.get(rootOf(path, all) ?? path)?.set(path, null);
  for (const [root, { files }] of coverage.leftOut) for (const { path, state } of files) states.get(root)?.set(path, { blob: undefined, state });
  const parts = new Map<Path, LeftOutPart>();
  for (const [root, changed] of states) {
    const old = before.get(root);
    const part = old !== undefined && changed.size === 0 ? old : await summed(root, coverage.leftOut.get(root)?.why ?? old?.why ?? seenBefore, known, changed);
    if (part.files > 0) parts.set(root, part);
  }
  return parts;
}

async function summed(root: Path, why: string, known: KnownFiles, changed: ReadonlyMap<Path, StateEntry | null>): Promise<LeftOutPart> {
  const [hash, pace] = [createHash('sha256'), new Pace()];
  let files = 0;
  for (const [count, image] of known.imagesOf(root, changed)) {
    hash.update(image);
    files += count;
    if (pace.due) await pace.rest();
  }
  return { why, files, digest: hash.digest('hex') };
}
