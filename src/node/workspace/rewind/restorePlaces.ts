import { randomBytes } from 'node:crypto';
import { readdir, rename, rmdir } from 'node:fs/promises';
import type { Path } from '../../../core/session/changes.ts';
import { syncDirectory } from '../../journal/durable.ts';
import { codeOf } from '../../journal/faults.ts';
import { type FileState, stateAt } from '../disk/fileState.ts';
import { inFolder, type Reach } from '../disk/folders.ts';
import { decodeBytes } from '../common/bytes.ts';
import { Pace } from '../common/pace.ts';
import { ancestorsOf, joined, nameOf, onDisk, parentOf } from '../disk/places.ts';

/** What is at a path of the work tree now. */
export async function lookAt(root: string, path: Path): Promise<FileState> {
  return (await lookAtAll(root, [path])).get(path) ?? { kind: 'missing' };
}

/** What is at each of these paths now; a folder is entered once for all that is in it. */
export async function lookAtAll(root: string, paths: Iterable<Path>): Promise<ReadonlyMap<Path, FileState>> {
  const states = new Map<Path, FileState>();
  const pace = new Pace();
  for (const [folder, inside] of byFolder(paths, (path) => path)) {
    const entered = await inFolder(root, folder, false, async (place) => {
      for (const path of inside) {
        if (pace.due) await pace.rest();
        states.set(path, await stateAt(place, nameOf(path)));
      }
    });
    if ('blocked' in entered) for (const path of inside) states.set(path, { kind: entered.noFolder ? 'unreachable' : 'other', what: `no way to it (${entered.blocked})` });
    if ('missing' in entered) for (const path of inside) states.set(path, { kind: 'missing' });
  }
  return states;
}

/** Things by the folder that their path is in. */
export function byFolder<Thing>(things: Iterable<Thing>, pathOf: (thing: Thing) => Path): ReadonlyMap<Path, readonly Thing[]> {
  const folders = new Map<Path, Thing[]>();
  for (const thing of things) {
    const folder = parentOf(pathOf(thing));
    const known = folders.get(folder);
    if (known === undefined) folders.set(folder, [thing]);
    else known.push(thing);
  }
  return folders;
}

/** Does something durably at a path; answers what hindered it. A refusal of the system is one of them. */
export function change(root: string, path: Path, create: boolean, act: (place: string, name: string) => Promise<string | undefined>): Promise<string | undefined> {
  return changeLightly(root, path, create, async (place, name) => {
    const hindrance = await act(place, name);
    if (hindrance === undefined) await syncDirectory(place);
    return hindrance;
  });
}

/** The same, as durable as the system makes it. */
export async function changeLightly(root: string, path: Path, create: boolean, act: (place: string, name: string) => Promise<string | undefined>, reach: Reach = 'any'): Promise<string | undefined> {
  try {
    const entered = await inFolder(root, parentOf(path), create, async (place) => {
      const hindrance = await act(place, nameOf(path));
      return hindrance === undefined ? undefined : `it changed at this very moment: there is ${hindrance}`;
    }, reach);
    if ('value' in entered) return entered.value;
    return 'missing' in entered ? `its folder ${entered.missing} is gone` : entered.blocked;
  } catch (error) {
    if (!isRefusal(error, reach)) throw error;
    return `the system refuses to write it (${codeOf(error)})`;
  }
}

/** Whether the system refuses one path in particular. A file system that is read-only refuses all that is on one mount. */
export function isRefusal(error: unknown, reach: Reach): boolean {
  const code = codeOf(error) ?? '';
  return refusals.has(code) && !(reach === 'one-mount' && code === 'EROFS');
}

const refusals: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENAMETOOLONG', 'EISDIR', 'EBUSY', 'ENOTEMPTY', 'EINVAL', 'EILSEQ', 'EXDEV']);

/** What is at a path once room was made there, where what stood in the way is kept now, and the empty folders that went. */
export interface Room {
  readonly state: FileState;
  readonly to?: Path;
  readonly emptied?: readonly Path[];
}

/**
 * A file that comes back takes the place of a folder that holds no content, or nothing but scratch. Scratch is in no checkpoint and may
 * be the user's: the folder is moved aside as a whole. Anything else in the folder keeps it where it is.
 */
export async function roomAt(root: string, path: Path, state: FileState, isScratch: (path: Path) => boolean): Promise<Room> {
  if (state.kind !== 'folder') return { state };
  const entered = await inFolder(root, path, false, (place) => contentOf(place, path, isScratch).catch(refused));
  const content = 'value' in entered ? entered.value : false;
  if (Array.isArray(content)) return (await removeFolder(root, path)) ? { state: { kind: 'missing' }, emptied: content } : { state };
  const to = content === 'scratch' ? await moveAside(root, path) : undefined;
  return to === undefined ? { state } : { state: { kind: 'missing' }, to };
}

/** What a folder holds. Where that is nothing but empty folders, they are removed, and those in which there was none are answered. */
async function contentOf(place: string, path: Path, isScratch: (path: Path) => boolean): Promise<'scratch' | 'other' | Path[]> {
  const { folders, contents, empty } = await heldIn(place);
  if (contents.length > 0) return contents.every((below) => isScratch(joined(path, below))) ? 'scratch' : 'other';
  for (const folder of folders.slice(1).reverse()) await rmdir(onDisk(place, folder));
  return empty.map((below) => at(path, below));
}

/** Everything in a folder by its path below it, '' being the folder itself. `folders`: what is above comes first; `empty`: those in which there is nothing; `contents`: what is no folder. */
async function heldIn(place: string): Promise<{ readonly folders: readonly Path[]; readonly contents: readonly Path[]; readonly empty: readonly Path[] }> {
  const [folders, contents, empty]: [Path[], Path[], Path[]] = [[''], [], []];
  for (const folder of folders) {
    // Names as bytes: not every name has a text form.
    const entries = await readdir(onDisk(place, folder), { withFileTypes: true, encoding: 'buffer' });
    if (entries.length === 0) empty.push(folder);
    for (const entry of entries) (entry.isDirectory() ? folders : contents).push(joined(folder, decodeBytes(entry.name)));
  }
  return { folders, contents, empty };
}

const at = (path: Path, below: Path): Path => (below === '' ? path : joined(path, below));

/** The empty folders that have to go before a file can be at a path; none where there is anything else in the way. */
export async function emptyInTheWay(root: string, path: Path): Promise<readonly Path[]> {
  const entered = await inFolder(root, path, false, async (place) => heldIn(place)).catch(refused);
  return entered !== false && 'value' in entered && entered.value.contents.length === 0 ? entered.value.empty.map((below) => at(path, below)) : [];
}

/** What has to go before a file can be at a path where none can be now: what is in a folder there, or what stands where a folder above it should be. */
export async function inTheWay(root: string, path: Path, isScratch: (path: Path) => boolean): Promise<readonly Path[]> {
  const entered = await inFolder(root, path, false, async (place) => (await heldIn(place)).contents.map((below) => joined(path, below))).catch(refused);
  if (entered !== false && 'value' in entered) return entered.value.filter((one) => !isScratch(one));
  for (const folder of ancestorsOf(path)) if ((await lookAt(root, folder)).kind === 'file') return [folder];
  return [path];
}

/** Renames a folder to a place of its own below Bounded's folder, where no checkpoint looks; answers the place, or undefined where the system refuses. */
async function moveAside(root: string, path: Path): Promise<Path | undefined> {
  const folder = `${asideFolder}/${randomBytes(6).toString('hex')}`;
  const entered = await inFolder(root, parentOf(path), false, (from) => inFolder(root, folder, true, async (to) => {
    await rename(onDisk(from, nameOf(path)), onDisk(to, nameOf(path)));
    for (const changed of [to, from]) await syncDirectory(changed);
    return true;
  }).catch(refused));
  const moved = 'value' in entered && entered.value !== false && 'value' in entered.value && entered.value.value;
  return moved ? joined(folder, nameOf(path)) : undefined;
}

const asideFolder = '.bounded/aside';

function refused(error: unknown): false {
  if (!isRefusal(error, 'any')) throw error;
  return false;
}

/** Whether the folder was empty and is gone. */
export async function removeFolder(root: string, folder: Path): Promise<boolean> {
  const entered = await inFolder(root, parentOf(folder), false, (place) => rmdir(onDisk(place, nameOf(folder))).then(() => true, () => false));
  return 'value' in entered && entered.value;
}
