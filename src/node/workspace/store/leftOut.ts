import type { Path, TreeId } from '../../../core/session/changes.ts';
import { Pace } from '../common/pace.ts';
import type { Blobs } from './blobs.ts';
import { gitObject, type GitObject } from '../git/objects.ts';
import { isUnder } from '../disk/places.ts';
import { type Dir, fileAt, type TreeChange } from './tree.ts';

/** Where a checkpoint's tree names what it left out. The work tree's own `.bounded` is never part of a checkpoint. */
export const leftOutFile: Path = '.bounded/not-covered';

export function leftOutObject(paths: Iterable<Path>): GitObject | undefined {
  const sorted = [...paths].sort();
  return sorted.length === 0 ? undefined : gitObject('blob', Buffer.from(JSON.stringify(sorted)));
}

/** Reads and remembers what trees left out. */
export class LeftOutLists {
  readonly #blobs: Blobs;
  readonly #known = new Map<TreeId, ReadonlySet<Path>>();

  constructor(blobs: Blobs) {
    this.#blobs = blobs;
  }

  async of(tree: Dir): Promise<ReadonlySet<Path>> {
    const blob = fileAt(tree, leftOutFile);
    if (blob === undefined) return new Set();
    const known = this.#known.get(blob.oid) ?? new Set<Path>(JSON.parse((await this.#blobs.read(blob.oid)).toString('utf8')) as Path[]);
    this.#known.set(blob.oid, known);
    return known;
  }

  /** Changes without those that only a difference in coverage made. */
  async real(from: Dir, to: Dir, changes: Iterable<TreeChange>): Promise<TreeChange[]> {
    const [before, after] = [await this.of(from), await this.of(to)];
    const [real, pace]: [TreeChange[], Pace] = [[], new Pace()];
    for (const change of changes) {
      if (pace.due) await pace.rest();
      if (change.path !== leftOutFile && !isUnder(change.path, before) && !isUnder(change.path, after)) real.push(change);
    }
    return real;
  }
}
