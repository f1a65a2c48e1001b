import { existsSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';

/** A git repository as seen from one of its work trees. All paths are real paths: absolute, without links. */
export interface RepositoryPlace {
  /** Top folder of the work tree. */
  readonly top: string;
  /** The git folder of this work tree. */
  readonly gitDir: string;
  /** The git folder that all work trees of the repository share. */
  readonly commonDir: string;
  /** Why git would not take it for a repository any more, or would wait for it without end, in words. */
  readonly damage?: string;
  /** A file of it that is a pipe, as a path: no git may be started on the repository. */
  readonly pipe?: string;
}

/**
 * Finds the repository that `folder` belongs to, as git does, but by reading alone: no program runs, and neither the
 * repository's configuration nor the environment has a say. Undefined outside a work tree. Rejects when `folder` is missing. Each look at a
 * checkpoint asks; the calls are made at once, because handing ten of them to another thread takes a hundred times as long as they do.
 */
export async function findRepository(folder: string): Promise<RepositoryPlace | undefined> {
  for (let top = realpathSync.native(folder); ; top = path.dirname(top)) {
    const gitDir = gitDirOf(top);
    if (gitDir !== undefined) return { top, ...placeOf(gitDir) };
    // A `.git` that leads nowhere ends the search for git as well: what lies around is another repository.
    if (top === path.dirname(top) || isGitFile(top)) return undefined;
  }
}

/** The git folder that `folder` is or lies in, such as a bare repository: it has no work tree. Undefined in a work tree and outside of any repository. */
export async function gitFolderAround(folder: string): Promise<string | undefined> {
  for (let at = realpathSync.native(folder); ; at = path.dirname(at)) {
    if (hasHead(at) && hasObjects(at)) return at;
    if (at === path.dirname(at) || gitDirOf(at) !== undefined) return undefined;
  }
}

/** `.git` is the folder itself, or in a linked work tree and a submodule a file that names it. */
function gitDirOf(top: string): string | undefined {
  const dotGit = path.join(top, '.git');
  try {
    const stats = statSync(dotGit);
    // Whoever reads a pipe waits without end.
    if (!stats.isDirectory() && !stats.isFile()) return undefined;
    const named = stats.isDirectory() ? '.git' : /^gitdir: (.+?)[\r\n]*$/s.exec(readFileSync(dotGit, 'utf8'))?.[1];
    if (named === undefined) return undefined;
    const target = path.resolve(top, named);
    return hasHead(target) || hasObjects(target) ? realpathSync.native(target) : undefined;
  } catch {
    // No `.git` here, or one that git would not take either.
    return undefined;
  }
}

const isGitFile = (top: string): boolean => attempt(() => statSync(path.join(top, '.git')).isFile()) === true;

/** Where HEAD alone is missing it is a repository still: what it holds is no plain folder's, and a rewind may bring HEAD back. */
function placeOf(gitDir: string): Omit<RepositoryPlace, 'top'> {
  const commonDir = commonDirOf(gitDir);
  const pipe = pipeIn(gitDir, commonDir);
  const damage = pipe === undefined ? (hasHead(gitDir) ? undefined : `${path.join(gitDir, 'HEAD')} is missing`) : waitsFor(pipe);
  return { gitDir, commonDir, ...(damage === undefined ? {} : { damage }), ...(pipe === undefined ? {} : { pipe }) };
}

/** What is wrong with a repository that has a pipe, in words. */
export const waitsFor = (pipe: string): string => `${pipe} is a pipe, and git would wait for it without end; remove it`;

/** What git reads, whatever it is asked, in the folder of the work tree and in the one that all share. */
const read = [['HEAD', 'index', 'config.worktree', 'commondir'], ['config', 'packed-refs', 'shallow', 'info/attributes', 'objects/info/alternates']] as const;

/** The first file of a git folder, or the branch of HEAD, that is a pipe: a command without a sandbox may have put it there. */
export function pipeIn(gitDir: string, commonDir = gitDir): string | undefined {
  const isPipe = (file: string) => attempt(() => statSync(file, { throwIfNoEntry: false })?.isFIFO()) === true;
  const files = [gitDir, commonDir].flatMap((folder, index) => (read[index] ?? []).map((name) => path.join(folder, name)));
  const pipe = files.find(isPipe);
  if (pipe !== undefined) return pipe;
  const branch = /^ref: (refs\/\S+)/.exec(attempt(() => readFileSync(path.join(gitDir, 'HEAD'), 'utf8')) ?? '')?.[1];
  return branch === undefined ? undefined : [path.join(commonDir, branch)].find(isPipe);
}

/** Contents of its own, or, in the git folder of a linked work tree, where they are. */
function hasObjects(gitDir: string): boolean {
  const isFolder = (name: string) => attempt(() => statSync(path.join(gitDir, name)).isDirectory()) === true;
  return (isFolder('objects') && isFolder('refs')) || attempt(() => statSync(path.join(gitDir, 'commondir')).isFile()) === true;
}

/** HEAD may be a link to a branch that has no commit yet. */
function hasHead(gitDir: string): boolean {
  const head = path.join(gitDir, 'HEAD');
  return existsSync(head) || attempt(() => readlinkSync(head)) !== undefined;
}

function commonDirOf(gitDir: string): string {
  const file = path.join(gitDir, 'commondir');
  const named = attempt(() => statSync(file).isFile()) === true ? attempt(() => readFileSync(file, 'utf8')) : undefined;
  return named === undefined ? gitDir : realpathSync.native(path.resolve(gitDir, named.trimEnd()));
}

/** Undefined where the system refuses. */
function attempt<Answer>(ask: () => Answer): Answer | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
