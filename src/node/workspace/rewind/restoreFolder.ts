import type { Blob, Path } from '../../../core/session/changes.ts';
import { syncDirectory } from '../../journal/durable.ts';
import { allOf } from '../common/allOf.ts';
import { linkMode } from '../disk/content.ts';
import { eachOf } from '../common/eachOf.ts';
import { type FileState, isState, sameBlob, stateAt } from '../disk/fileState.ts';
import { inFolder } from '../disk/folders.ts';
import { nameOf } from '../disk/places.ts';
import { BesideFile, removeFile } from '../disk/replaceFile.ts';
import { isRefusal } from './restorePlaces.ts';

/** A file that comes back: `content` is what `target` stands for. */
export interface Coming {
  readonly path: Path;
  readonly target: Blob;
  readonly expected: Blob | null;
  readonly content: Buffer;
}

/** How many contents are on their way to the disk at once. */
const syncs = 4;

/**
 * Brings back the files of one folder that are exactly as the session left them: all are written beside their places, synced a few at a time, put in
 * place one after the other, each only where `expected` is there at that moment, and the folder is synced once. Answers the paths that were brought
 * back; for each other one nothing was done, and whoever asked looks at it by itself.
 */
export async function bringPlain(root: string, folder: Path, items: readonly Coming[], isSecret: (path: Path) => boolean): Promise<ReadonlySet<Path>> {
  const plain = items.filter(({ target, expected }) => target.mode !== linkMode && expected?.mode !== linkMode && !sameBlob(target, expected));
  const done = new Set<Path>();
  // A folder is made only for a file that was not there when the session left it.
  const create = plain.some(({ expected }) => expected === null);
  if (plain.length === 0) return done;
  const entered = await inFolder(root, folder, create, async (place) => {
    const waiting = await writeAll(place, plain, isSecret);
    try {
      for (const { item, beside } of waiting) if ((await ruled(() => beside.place(item.expected))) === undefined) done.add(item.path);
      if (done.size > 0) await syncDirectory(place);
    } finally {
      await discardAll(waiting);
    }
  });
  return 'value' in entered ? done : new Set();
}

interface Waiting {
  readonly item: Coming;
  readonly beside: BesideFile;
}

/** Every content that may be placed, durable beside its place. */
async function writeAll(place: string, items: readonly Coming[], isSecret: (path: Path) => boolean): Promise<readonly Waiting[]> {
  const waiting: Waiting[] = [];
  try {
    for (const item of items) {
      const state = await stateAt(place, nameOf(item.path));
      const beside = isState(state, item.expected) ? await ruled(() => besideOf(place, item, state, isSecret)) : undefined;
      if (beside instanceof BesideFile) waiting.push({ item, beside });
    }
    await eachOf(waiting, syncs, ({ beside }) => beside.sync());
    return waiting;
  } catch (error) {
    await discardAll(waiting);
    throw error;
  }
}

/** Where one cannot be removed, the others are all the same. */
async function discardAll(waiting: readonly Waiting[]): Promise<void> {
  await allOf(waiting.map(({ beside }) => beside.discard()));
}

const besideOf = (place: string, { path, target, content }: Coming, state: FileState, isSecret: (path: Path) => boolean): Promise<BesideFile> =>
  BesideFile.write(place, nameOf(path), { bytes: content, mode: target.mode, secret: isSecret(path) }, state);

/**
 * Removes the files of one folder that are exactly as the session left them, and syncs the folder once. Answers the paths that are gone; for each
 * other one nothing was done.
 */
export async function removePlain(root: string, folder: Path, items: readonly { readonly path: Path; readonly expected: Blob | null }[]): Promise<ReadonlySet<Path>> {
  const done = new Set<Path>();
  const entered = await inFolder(root, folder, false, async (place) => {
    for (const { path, expected } of items) if (expected !== null && (await ruled(() => removeFile(place, nameOf(path), expected))) === undefined) done.add(path);
    if (done.size > 0) await syncDirectory(place);
  });
  return 'value' in entered ? done : new Set();
}

/** A refusal of the system is an answer like any other; the path is looked at by itself then. */
async function ruled<Result>(act: () => Promise<Result>): Promise<Result | 'refused'> {
  try {
    return await act();
  } catch (error) {
    if (!isRefusal(error, 'any')) throw error;
    return 'refused';
  }
}
