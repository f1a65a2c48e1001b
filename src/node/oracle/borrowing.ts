import { constants } from 'node:fs';
import { cp, lstat, mkdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { caches } from './folderDigest.ts';

/** A folder of installed packages of the user's that a checkout uses, because nothing installs them there. */
export interface Borrowed {
  /** Workspace-relative name, such as `node_modules`. */
  readonly name: string;
  /** Where it really is. */
  readonly from: string;
  /** Where it stands in the checkout. */
  readonly at: string;
}

/** Those of `names` that are folders of the workspace and that the checkout does not have itself. */
export async function borrowable(workspace: string, checkout: string, names: readonly string[]): Promise<readonly Borrowed[]> {
  const found = await Promise.all(names.map(async (name) => {
    const from = await realpath(path.join(workspace, name)).catch(() => undefined);
    const at = path.join(checkout, name);
    const there = await lstat(at).then(() => true, () => false);
    return from === undefined || there || !(await stat(from)).isDirectory() ? [] : [{ name, from, at }];
  }));
  return found.flat();
}

/** For a sandbox: empty folders that the user's are shown upon. */
export async function makePlaces(borrowed: readonly Borrowed[]): Promise<void> {
  for (const { at } of borrowed) await mkdir(at, { recursive: true });
}

/**
 * Without a sandbox: copies, so that nothing that runs in the checkout can change the user's packages; where the file
 * system can share blocks, they cost little. Links stay as they are: those by which packages of the same repository are
 * installed lead into the checkout and not into the work tree.
 */
export async function copyPlaces(borrowed: readonly Borrowed[]): Promise<void> {
  for (const { from, at } of borrowed) await cp(from, at, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true, mode: constants.COPYFILE_FICLONE, filter: (file) => !isCache(from, file) });
}

/** Caches of borrowed folders that exist, as they stand in the checkout: what commands left there must not reach a run. */
export async function cachesOf(borrowed: readonly Borrowed[]): Promise<readonly string[]> {
  const found = await Promise.all(borrowed.flatMap(({ from, at }) => caches.map(async (name) => ((await stat(path.join(from, name)).catch(() => undefined))?.isDirectory() === true ? [path.join(at, name)] : []))));
  return found.flat();
}

function isCache(from: string, file: string): boolean {
  return caches.includes(path.relative(from, file));
}
