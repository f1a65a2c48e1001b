import { readdir, rmdir } from 'node:fs/promises';
import type { Path } from '../../core/session/changes.ts';
import { syncDirectory } from '../journal/durable.ts';
import { codeOf } from '../journal/faults.ts';
import { type FileState, stateAt } from './fileState.ts';
import { inFolder } from './folders.ts';
import { nameOf, onDisk, parentOf } from './places.ts';

/** What is at a path of the work tree now. */
export async function lookAt(root: string, path: Path): Promise<FileState> {
  const entered = await inFolder(root, parentOf(path), false, (place) => stateAt(place, nameOf(path)));
  if ('value' in entered) return entered.value;
  if ('missing' in entered) return { kind: 'missing' };
  return { kind: entered.noFolder ? 'unreachable' : 'other', what: `no way to it (${entered.blocked})` };
}

/** Does something at a path; answers what hindered it. A refusal of the system is one of them. */
export async function change(root: string, path: Path, create: boolean, act: (place: string, name: string) => Promise<string | undefined>): Promise<string | undefined> {
  try {
    const entered = await inFolder(root, parentOf(path), create, async (place) => {
      const hindrance = await act(place, nameOf(path));
      if (hindrance === undefined) await syncDirectory(place);
      return hindrance === undefined ? undefined : `it changed at this very moment: there is ${hindrance}`;
    });
    if ('value' in entered) return entered.value;
    return 'missing' in entered ? `its folder ${entered.missing} is gone` : entered.blocked;
  } catch (error) {
    if (!refusals.has(codeOf(error) ?? '')) throw error;
    return `the system refuses to write it (${codeOf(error)})`;
  }
}

const refusals = new Set(['EACCES', 'EPERM', 'EROFS', 'ENAMETOOLONG', 'EISDIR', 'EBUSY', 'ENOTEMPTY', 'EINVAL', 'EILSEQ']);

/** A file that comes back takes the place of a folder in which there are at most empty folders: no content is lost. */
export async function withoutEmptyFolder(root: string, path: Path, state: FileState): Promise<FileState> {
  if (state.kind !== 'folder') return state;
  const entered = await inFolder(root, path, false, (place) => emptied(place).catch(refused));
  return 'value' in entered && entered.value && (await removeFolder(root, path)) ? { kind: 'missing' } : state;
}

/** Removes the empty folders in a folder; does nothing and answers false where there is anything else. */
async function emptied(place: string): Promise<boolean> {
  const entries = await readdir(place, { withFileTypes: true, recursive: true });
  if (!entries.every((entry) => entry.isDirectory())) return false;
  const deepestFirst = entries.map((entry) => onDisk(entry.parentPath, entry.name)).reverse();
  for (const folder of deepestFirst) await rmdir(folder);
  return true;
}

function refused(error: unknown): false {
  if (!refusals.has(codeOf(error) ?? '')) throw error;
  return false;
}

/** Whether the folder was empty and is gone. */
export async function removeFolder(root: string, folder: Path): Promise<boolean> {
  const entered = await inFolder(root, parentOf(folder), false, (place) => rmdir(onDisk(place, nameOf(folder))).then(() => true, () => false));
  return 'value' in entered && entered.value;
}
