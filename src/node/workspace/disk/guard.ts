import { lstat, readdir } from 'node:fs/promises';
import type { GlobSet } from '../../../core/guard/globs.ts';
import type { Path } from '../../../core/session/changes.ts';
import { inFolder } from './folders.ts';
import { isBoundedPath, isGitName, lexicalPath, type Resolved } from './lexicalPath.ts';
import { nameOf, onDisk, parentOf } from './places.ts';

/** Decides which paths the file tools may touch: inside the workspace, not through a link, neither git's nor secret. */
export class PathGuard {
  readonly #root: string;
  readonly #names: readonly string[];
  readonly #secret: GlobSet;

  /** `root` is the real path of the workspace folder, `names` whatever else it may be called. */
  constructor(root: string, names: readonly string[], secret: GlobSet) {
    this.#root = root;
    this.#names = [root, ...names].map((name) => name.split('\\').join('/'));
    this.#secret = secret;
  }

  /** The workspace path that a model means, or why it is refused. */
  async resolve(text: string): Promise<Resolved> {
    const resolved = lexicalPath(text, this.#names, process.platform);
    if ('refused' in resolved) return resolved;
    const why = await this.linkOn(resolved.path);
    return why === undefined ? resolved : { refused: why };
  }

  /** Why a path must not be read, or undefined. */
  refusesReading(path: Path): string | undefined {
    if (!isPlain(path)) return `${path} is not a path inside of the workspace`;
    if (path.split('/').some(isGitName)) return `${path} belongs to git`;
    return this.isSecret(path) ? `${path} is secret by the contract` : undefined;
  }

  /** Why a path must not be written by a tool, or undefined. */
  refusesWriting(path: Path): string | undefined {
    return this.refusesReading(path) ?? (isBoundedPath(path) ? `${path} is written by Bounded alone` : undefined);
  }

  isSecret(path: Path): boolean {
    return this.#secret(path) !== undefined;
  }

  /** The link on the way to a path or at its end, in words. */
  async linkOn(path: Path): Promise<string | undefined> {
    if (path === '') return undefined;
    const entered = await inFolder(this.#root, parentOf(path), false, async (place) => {
      const stats = await lstat(onDisk(place, nameOf(path))).catch(() => undefined);
      if (stats?.isSymbolicLink() === true) return `${path} is a link, and file tools do not follow links`;
      return stats === undefined ? undefined : otherSpelling(place, nameOf(path));
    });
    if ('blocked' in entered) return `${path}: ${entered.blocked}`;
    if ('value' in entered && entered.value !== undefined) return entered.value;
    // The name of a folder on the way may be another spelling as well: `TEST/x` would pass a glob that forbids `test/`.
    return process.platform === 'linux' ? undefined : this.linkOn(parentOf(path));
  }
}

/** Relative, with plain names only. */
export const isPlain = (path: Path): boolean => path !== '' && path.split('/').every((name) => name !== '' && name !== '.' && name !== '..' && !name.includes('\0'));

/** Why no rewind touches a path, in words; undefined where one may. What only some systems take for git's folder may be it by another name. */
export function refusesRestoring(path: Path): string | undefined {
  const ofGit = path.split('/').find(isGitName);
  if (!isPlain(path) || ofGit === '.git') return 'it is no path of the session';
  if (ofGit !== undefined) return `some systems take ${ofGit} for the folder of git, which no rewind touches`;
  return isBoundedPath(path) ? 'it is, or some systems take it for, the folder of Bounded, which no rewind touches' : undefined;
}

/** Where file names ignore case, one file answers to several names; only its own may be used. */
async function otherSpelling(place: string, name: string): Promise<string | undefined> {
  if (process.platform === 'linux') return undefined;
  const names = await readdir(place);
  const same = names.find((one) => one.normalize('NFC').toLowerCase() === name.normalize('NFC').toLowerCase());
  return names.includes(name) || same === undefined ? undefined : `the file is called ${same}`;
}
