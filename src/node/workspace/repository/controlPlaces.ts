import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import type { Path } from '../../../core/session/changes.ts';
import { isGitName } from '../disk/lexicalPath.ts';
import { gitObject } from '../git/objects.ts';
import type { UserRepository } from './userRepository.ts';

/** What steers git, file or folder, below the git folder that all work trees share. */
export const shared = ['config', 'reftable', 'hooks', 'info', 'objects/info/alternates', 'shallow', 'logs/refs/stash'];
/** The same below the git folder of one work tree. */
export const own = [
  'HEAD', 'index', 'config.worktree', 'commondir', 'gitdir', 'info/sparse-checkout', 'MERGE_HEAD', 'MERGE_MODE', 'CHERRY_PICK_HEAD', 'REVERT_HEAD',
  'refs/bisect', 'refs/worktree', 'refs/rewritten',
];
/** And of a repository inside the work tree or of a submodule. */
export const nested = ['HEAD', 'config', 'hooks', 'info', 'commondir', 'gitdir'];

/** Folders of a git folder that steer nothing and that no checkpoint holds: all that is known of them is whether they are there. */
export const stock = ['objects', 'objects/pack', 'logs', 'lfs', 'annex', 'modules'];

/** Where a control file lies: `name` below the git folder `folder`. */
export interface ControlPlace {
  readonly folder: string;
  readonly name: Path;
}

/**
 * Where the control file of this name is, undefined for what is none. `.git/config` is that of the user's repository, wherever its git
 * folder lies; `sub/.git/config` that of a repository in the work tree; the `.git` of a linked work tree itself may be a file.
 */
export function controlPlace(root: string, repository: UserRepository | undefined, file: Path): ControlPlace | undefined {
  const parts = file.split('/');
  const at = parts.indexOf('.git');
  if (at === -1 || parts.some((part) => ['', '.', '..'].includes(part)) || parts.slice(0, at).some(isGitName)) return undefined;
  const name = parts.slice(at + 1).join('/');
  if (at > 0) return name === '' ? undefined : steers(name, [...nested, 'refs']) ? { folder: path.join(root, ...parts.slice(0, at + 1)), name } : undefined;
  if (repository === undefined) return undefined;
  if (name === '') return { folder: repository.top, name: '.git' };
  if (steers(name, own)) return { folder: repository.gitDir, name };
  if (steers(name, [...shared, 'refs'])) return { folder: repository.commonDir, name };
  return [...modulesIn(path.join(repository.commonDir, 'modules'))].flatMap((folder) => {
    const below = path.relative(repository.commonDir, folder).split(path.sep).join('/');
    const inside = name.startsWith(`${below}/`) ? name.slice(below.length + 1) : '';
    return steers(inside, [...nested, 'refs']) ? [{ folder, name: inside }] : [];
  })[0];
}

const steers = (name: Path, names: readonly Path[]): boolean => names.some((one) => name === one || name.startsWith(`${one}/`));

/** The value of a ref that `packed-refs` of a git folder holds. */
export function packedRefs(folder: string): ReadonlyMap<Path, string> {
  const refs = new Map<Path, string>();
  for (const line of textOf(path.join(folder, 'packed-refs')).split('\n')) {
    const [, oid = '', name = ''] = /^([0-9a-f]{40,}) (refs\/\S+)$/.exec(line) ?? [];
    if (name !== '') refs.set(name, oid);
  }
  return refs;
}

/**
 * The word for a ref that has a file of its own, by what the file says. Anything that is no ref is only told apart and never read through a link: a command can put one
 * to what it may not read itself into a repository that it makes.
 */
export function refWord(file: string): string {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats?.isSymbolicLink() === true) return `seen link ${gitObject('blob', readlinkSync(file, { encoding: 'buffer' })).oid}`;
  const text = stats?.isFile() === true ? textOf(file).slice(0, 300).trim() : '';
  if (/^(?:ref: \S+|[0-9a-f]{40}|[0-9a-f]{64})$/.test(text)) return `ref ${text}`;
  return stats?.isFile() === true ? `seen file ${gitObject('blob', Buffer.from(text)).oid}` : 'special';
}

export const textOf = (file: string): string => bytesOf(file).toString('utf8');

/** What is in a file, as links lead to it; nothing where there is none. A pipe is not waited for: a command may have put one into a repository of its own. */
export function bytesOf(file: string): Buffer {
  try {
    const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      return fstatSync(descriptor).isFile() ? readFileSync(descriptor) : Buffer.alloc(0);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // Not there, or gone since it was listed.
    return Buffer.alloc(0);
  }
}

/** Git folders of submodules; their names may have slashes. */
export function* modulesIn(folder: string): Generator<string> {
  if (!isFolder(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    if (!entry.isDirectory()) continue;
    if (lstatSync(path.join(place, 'HEAD'), { throwIfNoEntry: false }) !== undefined) {
      yield place;
      yield* modulesIn(path.join(place, 'modules'));
    } else yield* modulesIn(place);
  }
}

const isFolder = (place: string): boolean => lstatSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
