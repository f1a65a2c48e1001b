import type { Blob, Path } from '../../../core/session/changes.ts';
import { allOf } from '../common/allOf.ts';
import { linkMode } from '../disk/content.ts';
import { eachOf } from '../common/eachOf.ts';
import { isState, sameBlob, stateAt } from '../disk/fileState.ts';
import { type EnteredFolder, enterFolder } from '../disk/folders.ts';
import { Pace } from '../common/pace.ts';
import { nameOf } from '../disk/places.ts';
import { BesideFile, type Hindrance, removeFile } from '../disk/replaceFile.ts';
import { byFolder, isRefusal } from './restorePlaces.ts';

/** A file that comes back: `content` is what `target` stands for. */
export interface Coming {
  readonly path: Path;
  readonly target: Blob;
  readonly expected: Blob | null;
  readonly content: Buffer;
}

/** A file that goes: `expected` is what the session left. */
interface Going {
  readonly path: Path;
  readonly expected: Blob;
}

/** How much waits for the disk at once: the system puts together what comes together, and Node has four threads that wait. */
const atOnce = 4;

/** A file and the folder that it is in. */
interface Placed<Item> {
  readonly item: Item;
  readonly folder: EnteredFolder;
}

/**
 * Brings back those files that are exactly as the session left them, in steps that all take together: all are written beside their places, then all are
 * synced, then each is put in place, and only where `expected` is there at that moment. Answers the paths that were brought back; for each other one
 * nothing was done, and whoever asked looks at it by itself.
 */
export async function bringPlain(root: string, items: readonly Coming[], isSecret: (path: Path) => boolean): Promise<ReadonlySet<Path>> {
  const plain = items.filter(({ target, expected }) => target.mode !== linkMode && expected?.mode !== linkMode && !sameBlob(target, expected));
  return inFolders(root, plain, async (placed) => {
    const waiting: (Placed<Coming> & { readonly beside: BesideFile })[] = [];
    try {
      await paced(placed, 1, async (one) => {
        const beside = await ruled(one.folder, (place) => besideOf(place, one.item, isSecret));
        if (beside instanceof BesideFile) waiting.push({ ...one, beside });
      });
      await eachOf(waiting, atOnce, ({ folder, beside }) => folder.use(() => beside.sync()));
      return await carriedOut(waiting, (_, { item, beside }) => beside.place(item.expected));
    } finally {
      // Where one cannot be removed, the others are all the same.
      await allOf(waiting.map(async ({ beside }) => beside.discard()));
    }
  });
}

/** Removes those files that are exactly as the session left them. Answers the paths that are gone; for each other one nothing was done. */
export async function removePlain(root: string, items: readonly Going[]): Promise<ReadonlySet<Path>> {
  return inFolders(root, items, (placed) => carriedOut(placed, (place, { item }) => removeFile(place, nameOf(item.path), item.expected)));
}

/** Enters the folder of each file, does the work there, and syncs each folder in which something was done once. Answers the paths of what was done. */
async function inFolders<Item extends { readonly path: Path; readonly expected: Blob | null }>(
  root: string, items: readonly Item[], work: (placed: readonly Placed<Item>[]) => Promise<readonly Placed<Item>[]>,
): Promise<ReadonlySet<Path>> {
  const [entered, placed]: [EnteredFolder[], Placed<Item>[]] = [[], []];
  try {
    await paced(byFolder(items, ({ path }) => path), 1, async ([name, inside]) => {
      // A folder is made only for a file that was not there when the session left it.
      const found = await enterFolder(root, name, inside.some(({ expected }) => expected === null));
      if (!('value' in found)) return;
      entered.push(found.value);
      placed.push(...inside.map((item) => ({ item, folder: found.value })));
    });
    const done = await work(placed);
    await eachOf(new Set(done.map(({ folder }) => folder)), atOnce, (folder) => folder.sync());
    return new Set(done.map(({ item }) => item.path));
  } finally {
    for (const folder of entered) folder.leave();
  }
}

/** Those at which it was done: nothing hindered it. */
async function carriedOut<Of extends { readonly folder: EnteredFolder }>(all: readonly Of[], act: (place: string, of: Of) => Promise<Hindrance>): Promise<readonly Of[]> {
  const done: Of[] = [];
  await paced(all, atOnce, async (one) => {
    if ((await ruled(one.folder, (place) => act(place, one))) === undefined) done.push(one);
  });
  return done;
}

/** The content durable beside its place once it is synced; or what is there instead of what the session left. */
async function besideOf(place: string, { path, target, expected, content }: Coming, isSecret: (path: Path) => boolean): Promise<BesideFile | undefined> {
  const state = await stateAt(place, nameOf(path));
  return isState(state, expected) ? BesideFile.write(place, nameOf(path), { bytes: content, mode: target.mode, secret: isSecret(path) }, state) : undefined;
}

/** A refusal of the system is an answer like any other; the path is looked at by itself then. */
async function ruled<Result>(folder: EnteredFolder, act: (place: string) => Promise<Result>): Promise<Result | 'refused'> {
  try {
    return await folder.use(act);
  } catch (error) {
    if (!isRefusal(error, 'any')) throw error;
    return 'refused';
  }
}

/** `width` at a time, with rests: most of what is done here is done at once. */
async function paced<Thing>(things: Iterable<Thing>, width: number, act: (thing: Thing) => Promise<void>): Promise<void> {
  const pace = new Pace();
  await eachOf(things, width, async (thing) => {
    if (pace.due) await pace.rest();
    await act(thing);
  });
}
