import { realpath } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { isInside } from '../git/findProgram.ts';

/** Folders that everything on the machine writes to, beside the one that the environment names. */
const sharedFolders: readonly string[] = process.platform === 'win32' ? [] : ['/tmp', '/var/tmp'];

/**
 * Why a folder (a real path) is no sensible workspace, in words: checkpoints of it would hold what is no project, and a rewind would reach over all of
 * it. A folder that holds one of these is none either, but a folder inside is, and so is one that temporary files were put into.
 */
export async function unfitRoot(root: string, machine: { readonly home: string; readonly temporary: string } = { home: homedir(), temporary: tmpdir() }): Promise<string | undefined> {
  const home = await real(machine.home);
  if (root === path.parse(root).root) return `${root} is a whole drive and no workspace: a session needs a folder of its own`;
  if (isInside(home, root)) return `${root} ${home === root ? 'is' : 'holds'} your home folder and is no workspace: a session needs a folder of its own`;
  const temporary = root === (await real(machine.temporary)) || (await Promise.all(sharedFolders.map(real))).some((folder) => isInside(folder, root));
  return temporary ? `${root} is for temporary files of every program and no workspace: a session needs a folder of its own` : undefined;
}

/** Without links, as far as there is anything. */
const real = (folder: string): Promise<string> => realpath(folder).catch(() => path.resolve(folder));
