import { open } from 'node:fs/promises';
import type { Path } from '../../../core/session/changes.ts';
import type { BesideItem, LeftPath } from '../../../core/session/facts.ts';
import { linkMode, modeOf, openFlags } from '../disk/content.ts';
import { inFolder } from '../disk/folders.ts';
import { refusesRestoring } from '../disk/guard.ts';
import { bitsOf, newFile, permissionsFor } from '../disk/permissions.ts';
import { ancestorsOf, onDisk } from '../disk/places.ts';
import { type ControlParts, restoreControl } from './restoreControl.ts';
import { change, lookAt, removeFolder } from './restorePlaces.ts';
import { emptyFolder } from '../look/scan.ts';
import { isGone } from '../disk/stats.ts';

export interface BesideParts extends ControlParts {
  /** Whether a folder came to be under the session; no other is removed, and none that is not empty. */
  readonly made: (folder: Path) => boolean;
}

/**
 * Brings empty folders, permissions and git's control files back, after the files. What is neither as expected nor as wanted is the
 * user's. Answers what was left.
 */
export async function restoreBeside(parts: BesideParts, items: readonly BesideItem[]): Promise<readonly LeftPath[]> {
  const left: LeftPath[] = [];
  // What goes makes room, as a folder of hooks for a file; and git takes no ref away before there is a HEAD again.
  const rank = ({ path, target }: BesideItem) => (path.includes('.git/refs/') ? 2 : 0) + Number(target !== undefined);
  for (const item of items.toSorted((a, b) => rank(a) - rank(b))) {
    const why = refusesRestoring(item.path) === undefined ? await restoreOne(parts.root, parts.made, item) : await restoreControl(parts, item);
    if (why !== undefined) left.push({ path: item.path, why });
  }
  return left;
}

async function restoreOne(root: string, made: (folder: Path) => boolean, { path, target, expected }: BesideItem): Promise<string | undefined> {
  if (target === emptyFolder) return makeFolder(root, path);
  if (expected === emptyFolder) for (const folder of [path, ...ancestorsOf(path)]) if (!made(folder) || !(await removeFolder(root, folder))) break;
  return bitsOf(target) === undefined && bitsOf(expected) === undefined ? undefined : restorePermissions(root, path, bitsOf(target), bitsOf(expected));
}

async function makeFolder(root: string, path: Path): Promise<string | undefined> {
  const entered = await inFolder(root, path, true, async () => undefined);
  return 'blocked' in entered ? entered.blocked : undefined;
}

/**
 * Undefined bits: those that a new file gets. Execution stays as it is: that bit is part of the content and came back with it. The file is
 * changed through the handle by which it was looked at.
 */
async function restorePermissions(root: string, path: Path, target: number | undefined, expected: number | undefined): Promise<string | undefined> {
  const state = await lookAt(root, path);
  if (state.kind !== 'file' || state.blob.mode === linkMode) return undefined;
  return change(root, path, false, async (place, name) => {
    const handle = await open(onDisk(place, name), openFlags).catch((error: unknown) => {
      if (isGone(error)) return undefined;
      throw error;
    });
    if (handle === undefined) return 'another file by now';
    try {
      const bits = (await handle.stat()).mode & 0o7777;
      const mode = modeOf(bits);
      const usual = mode === '100755' ? newFile.executable : newFile.plain;
      const wanted = permissionsFor(target ?? usual, mode);
      if (bits === wanted) return undefined;
      if (bits !== permissionsFor(expected ?? usual, mode)) return `permissions ${bits.toString(8)}, which are yours`;
      await handle.chmod(wanted);
      return undefined;
    } finally {
      await handle.close();
    }
  });
}
