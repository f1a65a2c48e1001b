import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { compileGlobs, type GlobSet } from '../../core/guard/globs.ts';
import { isInside } from '../workspace/git/findProgram.ts';
import type { GitFolder } from './gitSecrets.ts';
import type { Hidden } from './systemLayout.ts';

/** Paths of a work tree that a command may not change or not see; absolute, and they exist. */
export interface Protection {
  readonly readOnly: readonly string[];
  readonly hidden: readonly Hidden[];
  /** Folders that can be written in, but not be moved: below them lies what is secret by the names of its folders. */
  readonly pinned?: readonly string[];
}

export interface ProtectedPaths extends Protection {
  readonly pinned: readonly string[];
  /** Git folders of the work tree and of repositories in it, wherever they lie. */
  readonly gitFolders: readonly GitFolder[];
}

/** Read-only in every sandbox: git's own files, Bounded's, and contracts. */
const always = ['.git', '.bounded', '*.bounded.yaml', '*.bounded.yml'];
/** Each mount takes longer than the one before: a hundred take a tenth of a second, a thousand take five. */
const mostFiles = 150;
const mostHidden = 500;
/** A name that no glob spells out: where it matches below a folder, the whole folder is meant. */
const anyPart = '\u00ffany\u00ff';
const anyName = `${anyPart}/${anyPart}`;

/**
 * Finds what the globs mean in the work tree as it is now. A folder that a glob covers whole is one path. Installed
 * packages are not searched, neither for secrets nor for git folders: they are published, bring thousands of certificates
 * and keys for their own tests, and a mount for each would keep a sandbox from starting. Read-only files beyond a number that a sandbox starts with quickly are left to whoever
 * looks at the work tree afterwards; where not every secret can be hidden this throws.
 */
export async function protectedPaths(root: string, readOnly: readonly string[], secret: readonly string[]): Promise<ProtectedPaths> {
  const outside = await gitFoldersOutside(root);
  const found: Found = { folders: [...outside], files: [], hidden: [], gitFolders: outside.map((folder) => ({ folder, prefix: '' })) };
  const isSecret = compileGlobs(secret);
  await search(root, '', { readOnly: compileGlobs([...always, ...readOnly]), secret: isSecret }, found);
  if (found.hidden.length > mostHidden) throw new Error(`more than ${mostHidden} files are secret by the contract; name their folders instead`);
  const pinned = [...new Set(found.hidden.flatMap((one) => pinsOf(root, one, isSecret)))].sort();
  return { readOnly: [...found.folders, ...found.files.slice(0, mostFiles)], hidden: found.hidden, pinned, gitFolders: found.gitFolders };
}

/** Folders above a hidden path that make it secret by their names: moved, it would be found by no glob the next time. */
function pinsOf(root: string, { path: file, directory }: Hidden, secret: GlobSet): string[] {
  const parts = path.relative(root, file).split(path.sep);
  return parts.slice(0, -1).flatMap((_, at) => {
    const moved = parts.with(at, anyPart).join('/');
    return secret(directory ? `${moved}/${anyName}` : moved) === undefined ? [path.join(root, ...parts.slice(0, at + 1))] : [];
  });
}

interface Found {
  readonly folders: string[];
  readonly files: string[];
  readonly hidden: Hidden[];
  readonly gitFolders: GitFolder[];
}

interface Globs {
  /** Absent below a folder that is read-only as a whole. */
  readonly readOnly?: GlobSet;
  readonly secret: GlobSet;
}

async function search(root: string, below: string, globs: Globs, found: Found): Promise<void> {
  // A folder that is gone meanwhile, or closed to us, has nothing to protect.
  for (const entry of await readdir(path.join(root, below), { withFileTypes: true }).catch(() => [])) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    const file = path.join(root, name);
    if (entry.isDirectory()) await searchFolder(root, name, globs, found);
    else if (globs.secret(name) !== undefined) found.hidden.push(...(await targets(root, file)).map((one) => ({ path: one, directory: false })));
    else if (globs.readOnly?.(name) !== undefined) found.files.push(...(await targets(root, file)));
  }
}

async function searchFolder(root: string, name: string, globs: Globs, found: Found): Promise<void> {
  const file = path.join(root, name);
  if (globs.secret(`${name}/${anyName}`) !== undefined) {
    found.hidden.push({ path: file, directory: true });
    return;
  }
  const whole = globs.readOnly?.(`${name}/${anyName}`) !== undefined;
  if (whole) found.folders.push(file);
  if (path.basename(name) === '.git') found.gitFolders.push({ folder: file, prefix: name.slice(0, -'.git'.length) });
  if (['.git', 'node_modules'].includes(path.basename(name))) return;
  await search(root, name, whole ? { secret: globs.secret } : globs, found);
}

/** The file itself, or what a link inside the work tree leads to: a mount lies on a file, never on a link. */
async function targets(root: string, file: string): Promise<string[]> {
  try {
    const real = await realpath(file);
    const stats = await lstat(real);
    return stats.isFile() && isInside(real, root) ? [real] : [];
  } catch {
    // A dangling link, or a name that is not text.
    return [];
  }
}

/** Git folders outside the work tree that a linked work tree or a submodule uses. */
async function gitFoldersOutside(root: string): Promise<string[]> {
  const isFile = await stat(path.join(root, '.git')).then((stats) => stats.isFile(), () => false);
  // Whoever reads a pipe waits without end.
  const text = isFile ? await readFile(path.join(root, '.git'), 'utf8').catch(() => '') : '';
  const named = /^gitdir: (.+)$/m.exec(text)?.[1];
  if (named === undefined) return [];
  const folder = path.resolve(root, named);
  const common = (await readFile(path.join(folder, 'commondir'), 'utf8').catch(() => '.')).trim();
  const folders = await Promise.all([folder, path.resolve(folder, common)].map((one) => realpath(one).catch(() => undefined)));
  return [...new Set(folders)].filter((one) => one !== undefined).filter((one) => !isInside(one, root));
}
