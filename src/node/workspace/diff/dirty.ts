import { createHash } from 'node:crypto';
import { lstat, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Blob, Path } from '../../../core/session/changes.ts';
import type { Blobs } from '../store/blobs.ts';
import type { CaptureState } from '../look/captureState.ts';
import { catFile } from '../git/catFile.ts';
import type { IgnoreRules } from '../repository/ignoreRules.ts';
import { leftOutFile } from '../store/leftOut.ts';
import { gitObject } from '../git/objects.ts';
import { isUnder, onDisk } from '../disk/places.ts';
import type { Store } from '../store/store.ts';
import { files } from '../store/tree.ts';
import { listTree } from '../store/trees.ts';
import { headOf, objectEnvironment, findUserRepository, type UserRepository } from '../repository/userRepository.ts';
import { type IndexEntry, indexStat, readIndex } from '../repository/userIndex.ts';
import { userSetting } from '../repository/userSettings.ts';

export interface DirtyParts {
  readonly root: string;
  readonly store: Store;
  readonly blobs: Blobs;
  readonly rules: IgnoreRules;
  readonly skip: (path: Path) => boolean;
}

/**
 * The user's uncommitted work in a checkpoint: paths that differ from HEAD, untracked ones that are not ignored, deleted
 * ones. No filter of the user's is run; a file that differs from HEAD's blob counts as clean where git's index calls the file
 * on the disk unchanged, where only line ends differ, or where HEAD has the LFS pointer of it.
 */
export async function dirtyPaths(parts: DirtyParts, state: CaptureState): Promise<Path[]> {
  const repository = await findUserRepository(parts.root);
  if (repository === undefined) return [];
  const head = await headFiles(parts, repository);
  const nested = state.around.repositories;
  const here = new Map([...files(state.tree)].filter(([file]) => file !== leftOutFile && !isUnder(file, nested)));
  const added = [...here.keys()].filter((file) => !head.has(file));
  const suspects = [...here].filter(([file, blob]) => head.has(file) && !same(head.get(file), blob)).map(([file]) => file);
  const gone = [...head.keys()].filter((file) => !here.has(file) && !parts.skip(file) && !isUnder(file, nested) && !isUnder(file, state.leftOut) && !isUnder(file, state.unread));
  if (added.length + suspects.length + gone.length === 0) return [];
  const index = await readIndex(parts.store.git, repository, parts.root);
  const untracked = added.filter((file) => !index.has(file));
  const rules = [...here].filter(([file]) => file.endsWith('.gitignore'));
  const ignored = await parts.rules.ignored(repository, untracked, rules);
  const clean = await cleanThroughFilters({ parts, repository, head, here, index }, suspects);
  return [
    ...added.filter((file) => !ignored.has(file)),
    ...suspects.filter((file) => !clean.has(file)),
    ...gone.filter((file) => index.get(file)?.skipped !== true),
  ].sort();
}

const same = (a: Blob | undefined, b: Blob | undefined): boolean => a?.oid === b?.oid && a?.mode === b?.mode;

/** Files of the user's HEAD below the workspace folder. */
export async function headFiles(parts: { readonly store: Store }, repository: UserRepository): Promise<Map<Path, Blob>> {
  const { commit } = await headOf(parts.store.git, repository);
  const found = new Map<Path, Blob>();
  if (commit === undefined) return found;
  for await (const [file, blob] of listTree(parts.store.git, commit, objectEnvironment(repository))) {
    if (file.startsWith(repository.prefix)) found.set(file.slice(repository.prefix.length), blob);
  }
  return found;
}

interface Comparison {
  readonly parts: DirtyParts;
  readonly repository: UserRepository;
  readonly head: ReadonlyMap<Path, Blob>;
  readonly here: ReadonlyMap<Path, Blob>;
  readonly index: ReadonlyMap<Path, IndexEntry>;
}

async function cleanThroughFilters(comparison: Comparison, suspects: readonly Path[]): Promise<Set<Path>> {
  const clean = new Set<Path>();
  const { parts, repository, head, here, index } = comparison;
  if (suspects.length === 0) return clean;
  const indexTime = (await stat(path.join(repository.gitDir, 'index')).catch(() => undefined))?.mtimeMs ?? 0;
  const modesCount = (await userSetting(parts.store.program, repository, 'core.fileMode', 'bool')) !== 'false';
  for (const file of suspects) {
    const [old, now] = [head.get(file), here.get(file)];
    if (old === undefined || now === undefined) continue;
    const modeOnly = old.oid === now.oid;
    if (modeOnly ? !modesCount : (await unchangedForGit(parts.root, file, old, index.get(file), indexTime)) || (await sameButForFilter(comparison, old, now))) clean.add(file);
  }
  return clean;
}

/** Git's own test, with its own rule for files that changed when the index did. */
async function unchangedForGit(root: string, file: Path, head: Blob, entry: IndexEntry | undefined, indexTime: number): Promise<boolean> {
  if (entry === undefined || entry.oid !== head.oid || entry.mtime >= Math.floor(indexTime / 1000)) return false;
  const stats = await lstat(onDisk(root, file), { bigint: true }).catch(() => undefined);
  return stats !== undefined && indexStat(stats) === entry.stat;
}

async function sameButForFilter({ parts, repository }: Comparison, head: Blob, here: Blob): Promise<boolean> {
  const content = await parts.blobs.read(here.oid);
  const plain = Buffer.from(content.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
  if (gitObject('blob', plain).oid === head.oid) return true;
  for await (const old of catFile(parts.store.git, [head.oid], { env: objectEnvironment(repository), limit: 1024 })) {
    const sha256 = Buffer.isBuffer(old) ? /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:.*\n)*?oid sha256:([0-9a-f]{64})\n/.exec(old.toString('latin1'))?.[1] : undefined;
    return sha256 !== undefined && createHash('sha256').update(content).digest('hex') === sha256;
  }
  return false;
}
