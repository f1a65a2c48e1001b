import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** Both paths are real paths: absolute, without links. */
export interface RepositoryPlace {
  /** Top folder of the work tree. */
  readonly top: string;
  /** The git folder that all work trees of the repository share. */
  readonly commonDir: string;
}

/**
 * Finds the repository that `folder` belongs to, as git does, but by reading alone: no program runs, and neither the
 * repository's configuration nor the environment has a say. Undefined outside a work tree. Rejects when `folder` is missing.
 */
export async function findRepository(folder: string): Promise<RepositoryPlace | undefined> {
  for (let top = await realpath(folder); ; top = path.dirname(top)) {
    const gitDir = await gitDirOf(top);
    if (gitDir !== undefined) return { top, commonDir: await realpath(await commonDirOf(gitDir)) };
    if (top === path.dirname(top)) return undefined;
  }
}

/** `.git` is the folder itself, or in a linked work tree and a submodule a file that names it. */
async function gitDirOf(top: string): Promise<string | undefined> {
  const dotGit = path.join(top, '.git');
  const kind = await kindOf(dotGit);
  if (kind === undefined) return undefined;
  const target = kind === 'directory' ? dotGit : await targetOf(dotGit, top);
  return target !== undefined && (await kindOf(path.join(target, 'HEAD'))) !== undefined ? target : undefined;
}

async function targetOf(dotGit: string, top: string): Promise<string | undefined> {
  const named = /^gitdir: (.+?)[\r\n]*$/s.exec(await readFile(dotGit, 'utf8'))?.[1];
  return named === undefined ? undefined : path.resolve(top, named);
}

async function commonDirOf(gitDir: string): Promise<string> {
  const pointer = path.join(gitDir, 'commondir');
  if ((await kindOf(pointer)) !== 'file') return gitDir;
  return path.resolve(gitDir, (await readFile(pointer, 'utf8')).trimEnd());
}

async function kindOf(file: string): Promise<'file' | 'directory' | undefined> {
  try {
    const found = await stat(file);
    return found.isDirectory() ? 'directory' : found.isFile() ? 'file' : undefined;
  } catch {
    // Missing, or not ours to see: git would not take it either.
    return undefined;
  }
}
