import { readFile, readlink, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** A git repository as seen from one of its work trees. All paths are real paths: absolute, without links. */
export interface RepositoryPlace {
  /** Top folder of the work tree. */
  readonly top: string;
  /** The git folder of this work tree. */
  readonly gitDir: string;
  /** The git folder that all work trees of the repository share. */
  readonly commonDir: string;
  /** Why git would not take it for a repository any more, in words. */
  readonly damage?: string;
}

/**
 * Finds the repository that `folder` belongs to, as git does, but by reading alone: no program runs, and neither the
 * repository's configuration nor the environment has a say. Undefined outside a work tree. Rejects when `folder` is missing.
 */
export async function findRepository(folder: string): Promise<RepositoryPlace | undefined> {
  for (let top = await realpath(folder); ; top = path.dirname(top)) {
    const gitDir = await gitDirOf(top);
    if (gitDir !== undefined) return { top, gitDir, commonDir: await commonDirOf(gitDir), ...(await damageOf(gitDir)) };
    if (top === path.dirname(top)) return undefined;
  }
}

/** The git folder that `folder` is or lies in, such as a bare repository: it has no work tree. Undefined in a work tree and outside of any repository. */
export async function gitFolderAround(folder: string): Promise<string | undefined> {
  for (let at = await realpath(folder); ; at = path.dirname(at)) {
    if ((await hasHead(at)) && (await hasObjects(at))) return at;
    if (at === path.dirname(at) || (await gitDirOf(at)) !== undefined) return undefined;
  }
}

/** `.git` is the folder itself, or in a linked work tree and a submodule a file that names it. */
async function gitDirOf(top: string): Promise<string | undefined> {
  const dotGit = path.join(top, '.git');
  try {
    const named = (await stat(dotGit)).isDirectory() ? '.git' : /^gitdir: (.+?)[\r\n]*$/s.exec(await readFile(dotGit, 'utf8'))?.[1];
    if (named === undefined) return undefined;
    const target = path.resolve(top, named);
    return (await hasHead(target)) || (await hasObjects(target)) ? await realpath(target) : undefined;
  } catch {
    // No `.git` here, or one that git would not take either.
    return undefined;
  }
}

/** Where HEAD alone is missing it is a repository still: what it holds is no plain folder's, and a rewind may bring HEAD back. */
async function damageOf(gitDir: string): Promise<Pick<RepositoryPlace, 'damage'>> {
  return (await hasHead(gitDir)) ? {} : { damage: `${path.join(gitDir, 'HEAD')} is missing` };
}

/** Contents of its own, or, in the git folder of a linked work tree, where they are. */
async function hasObjects(gitDir: string): Promise<boolean> {
  const isFolder = (name: string) => stat(path.join(gitDir, name)).then((stats) => stats.isDirectory(), () => false);
  return ((await isFolder('objects')) && (await isFolder('refs'))) || stat(path.join(gitDir, 'commondir')).then((stats) => stats.isFile(), () => false);
}

/** HEAD may be a link to a branch that has no commit yet. */
async function hasHead(gitDir: string): Promise<boolean> {
  const head = path.join(gitDir, 'HEAD');
  return stat(head).then(() => true, () => readlink(head).then(() => true, () => false));
}

async function commonDirOf(gitDir: string): Promise<string> {
  const named = await readFile(path.join(gitDir, 'commondir'), 'utf8').catch(() => undefined);
  return named === undefined ? gitDir : realpath(path.resolve(gitDir, named.trimEnd()));
}
