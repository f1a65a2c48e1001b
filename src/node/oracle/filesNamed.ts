import type { Blob, Path } from '../../core/session/changes.ts';
import { Pace } from '../workspace/common/pace.ts';

/** The files of a tree whose paths are wanted, a stretch at a time. */
export async function filesNamed(tree: ReadonlyMap<Path, Blob>, isWanted: (path: Path) => boolean): Promise<ReadonlyMap<Path, Blob>> {
  const pace = new Pace();
  const wanted = new Map<Path, Blob>();
  for (const [path, blob] of tree) {
    if (pace.due) await pace.rest();
    if (isWanted(path)) wanted.set(path, blob);
  }
  return wanted;
}
