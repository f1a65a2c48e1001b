import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { isInside } from '../workspace/git/findProgram.ts';

/** The programs of a user that commands may run, and what these need of the file system. */
export interface Toolchains {
  readonly path: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Folders outside the system's own that hold the programs, to be seen read-only. */
  readonly folders: readonly string[];
}

/** Folders that the sandbox shows anyway. */
const systemFolders = ['/usr', '/bin', '/sbin', '/lib', '/lib64', '/opt'];

/** Version managers whose programs look for their data in the home folder unless a variable names it. */
const managers: readonly (readonly [string, string])[] = [['.pyenv', 'PYENV_ROOT'], ['.rbenv', 'RBENV_ROOT'], ['.asdf', 'ASDF_DATA_DIR'], ['.volta', 'VOLTA_HOME'], ['.rustup', 'RUSTUP_HOME']];
const homes = ['JAVA_HOME', 'GOROOT', 'DOTNET_ROOT'];

/**
 * Reads a PATH. Only absolute folders that exist count, none inside `forbidden` (the work tree could plant a program
 * there), each by its real path.
 */
export async function toolchainsOf(pathVariable: string, home: string, forbidden: readonly string[]): Promise<Toolchains> {
  const entries = (await Promise.all(pathVariable.split(path.delimiter).map(realFolder))).filter((entry) => entry !== undefined);
  const allowed = [...new Set(entries)].filter((entry) => !forbidden.some((folder) => isInside(entry, folder)));
  const named = await namedHomes();
  const rustup = allowed.some((entry) => entry.includes('/.cargo/')) ? [await realFolder(path.join(home, '.rustup'))] : [];
  const folders = [...allowed.map((entry) => folderToShow(entry, [home, ...forbidden])), ...Object.values(named), ...rustup.filter((folder) => folder !== undefined)];
  const shown = [...new Set(folders)].filter((folder) => !systemFolders.some((system) => isInside(folder, system)));
  return { path: allowed.join(path.delimiter), variables: { ...named, ...managerHomes(shown) }, folders: withoutInner(shown) };
}

async function realFolder(entry: string): Promise<string | undefined> {
  if (!path.isAbsolute(entry)) return undefined;
  try {
    const real = await realpath(entry);
    return (await stat(real)).isDirectory() ? real : undefined;
  } catch {
    // A folder on PATH that is not there.
    return undefined;
  }
}

/**
 * The folder that makes the programs of a PATH entry work: the installation around `bin`, but never one that holds a home
 * folder or the work tree, nor the places where programs of many kinds lie beside private data.
 */
function folderToShow(entry: string, kept: readonly string[]): string {
  const around = path.dirname(entry);
  const mixed = ['.local', '.cargo', '.config'].includes(path.basename(around)) || ['/', '/tmp', '/var', '/home'].includes(around);
  const installation = ['bin', 'sbin', 'shims'].includes(path.basename(entry)) && !mixed && !kept.some((folder) => isInside(folder, around));
  return installation ? around : entry;
}

async function namedHomes(): Promise<Record<string, string>> {
  const found = await Promise.all(homes.map(async (name) => [name, await realFolder(process.env[name] ?? '')] as const));
  return Object.fromEntries(found.flatMap(([name, folder]) => (folder === undefined ? [] : [[name, folder]])));
}

function managerHomes(folders: readonly string[]): Record<string, string> {
  return Object.fromEntries(managers.flatMap(([name, variable]) => {
    const folder = folders.find((one) => one.split(path.sep).includes(name));
    return folder === undefined ? [] : [[variable, folder.slice(0, folder.indexOf(name) + name.length)]];
  }));
}

function withoutInner(folders: readonly string[]): string[] {
  return folders.filter((folder) => !folders.some((other) => other !== folder && isInside(folder, other)));
}
