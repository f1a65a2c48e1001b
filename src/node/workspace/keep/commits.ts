import type { CommitInput } from '../../../agent/ports.ts';
import type { Blob, Path, TreeId } from '../../../core/session/changes.ts';
import { encodeText } from '../common/bytes.ts';
import type { CaptureState } from '../look/captureState.ts';
import { GitFailure } from '../git/git.ts';
import type { PathGuard } from '../disk/guard.ts';
import type { IgnoreRules } from '../repository/ignoreRules.ts';
import { Intake } from '../store/intake.ts';
import { leftOutFile } from '../store/leftOut.ts';
import { NotKept } from '../repository/notKept.ts';
import { gitObject } from '../git/objects.ts';
import { isRefusedByGit } from '../disk/lexicalPath.ts';
import { isUnder } from '../disk/places.ts';
import { Recent } from '../common/recent.ts';
import type { Store } from '../store/store.ts';
import { type Dir, differences, fileAt, files, treeObjects } from '../store/tree.ts';
import { treeOf, type Trees } from '../store/trees.ts';
import { findUserRepository, unreadable, type UserRepository } from '../repository/userRepository.ts';
import { readIndex } from '../repository/userIndex.ts';
import { userSetting } from '../repository/userSettings.ts';

export interface CommitParts {
  readonly root: string;
  readonly store: Store;
  readonly trees: Trees;
  readonly rules: IgnoreRules;
  readonly guard: PathGuard;
  /** The last checkpoint of this process. */
  readonly state: () => Promise<CaptureState>;
}

/** Name and mail address in the form of a commit. */
export const boundedPerson = 'Bounded <bounded@localhost>';

/** Commits in the private store. */
export class Commits {
  readonly #parts: CommitParts;
  readonly #committable = new Recent<Dir>(64, () => 1);

  constructor(parts: CommitParts) {
    this.#parts = parts;
  }

  /** Commits the part of a tree that git would track on a branch of the store; durable when it resolves. */
  async commit({ tree, only, branch, parent = '', message, author }: CommitInput): Promise<string> {
    const { store } = this.#parts;
    const content = await this.storeTree(await this.committable(only === undefined ? tree : await this.#mixed(tree, only)));
    if (only !== undefined && content === (await this.committable(only.since)).oid) return parent;
    const object = gitObject('commit', commitBody({ tree: content, parents: parent === '' ? [] : [parent], person: await this.person(author), seconds: Math.floor(Date.now() / 1000), message }));
    await store.write([object]);
    await store.protect(object.oid);
    await store.setBranch(branch, object.oid);
    return object.oid;
  }

  /** The tree `since` with `paths` as they are in `tree`; known in memory alone. */
  async #mixed(tree: TreeId, { since, paths }: Required<CommitInput>['only']): Promise<TreeId> {
    const { trees } = this.#parts;
    const there = await trees.get(tree);
    const mixed = await treeOf(paths.map((path): [Path, Blob | null] => [path, fileAt(there, path) ?? null]), await trees.get(since));
    trees.note(mixed);
    return mixed.oid;
  }

  /** Makes a tree durable in the store and answers its id. */
  async storeTree(content: Dir): Promise<TreeId> {
    const intake = new Intake(this.#parts.store);
    try {
      for (const object of treeObjects(content, (oid) => intake.has(oid))) await intake.add(object);
      await intake.finish();
    } finally {
      await intake.abandon();
    }
    return content.oid;
  }

  /** The tree without what the user's git ignores or refuses, untracked secrets, repositories inside, and the list of what is left out. */
  async committable(id: TreeId): Promise<Dir> {
    const known = this.#committable.get(id);
    if (known !== undefined) return known;
    const { root, trees, rules, guard } = this.#parts;
    const tree = await trees.get(id);
    const nested = (await this.#parts.state()).around.repositories;
    const repository = await findUserRepository(root);
    const tracked = await this.#tracked(repository);
    const all = [...files(tree)];
    const untracked = all.map(([path]) => path).filter((path) => !tracked.has(path));
    const refused = new Set(all.filter(([path, { mode }]) => isRefusedByGit(path, mode === '120000')).map(([path]) => path));
    const ignored = await rules.ignored(repository, untracked, all.filter(([path]) => path.endsWith('.gitignore')));
    const outside = (path: Path) => path === leftOutFile || ignored.has(path) || guard.isSecret(path) || isUnder(path, nested) || refused.has(path);
    const dropped = untracked.filter(outside);
    const content = await treeOf(dropped.map((path): [Path, null] => [path, null]), tree);
    this.#committable.set(id, content);
    return content;
  }

  /** Paths that differ between two trees and are in no commit although nothing ignores them: those of repositories inside, untracked secrets, and names that git refuses. */
  async omitted(from: TreeId, to: TreeId): Promise<readonly Path[]> {
    const { root, trees, guard } = this.#parts;
    const nested = (await this.#parts.state()).around.repositories;
    const outside = [...differences(await trees.get(from), await trees.get(to))].filter(({ path, after }) => path !== leftOutFile && (guard.isSecret(path) || isUnder(path, nested) || isRefusedByGit(path, after?.mode === '120000'))).map(({ path }) => path);
    if (outside.length === 0) return [];
    const tracked = await this.#tracked(await findUserRepository(root));
    return outside.filter((path) => !tracked.has(path)).sort();
  }

  /** Paths that the user's git leaves out of the work tree on purpose, as in a sparse checkout. */
  async skipped(): Promise<ReadonlySet<Path>> {
    const { root, store } = this.#parts;
    const repository = await findUserRepository(root);
    if (repository === undefined) return new Set();
    const index = await readable(readIndex(store.git, repository, root));
    return new Set([...index].flatMap(([path, { skipped }]) => (skipped ? [path] : [])));
  }

  /** Without the index nobody knows what of the ignored is tracked all the same. */
  #tracked(repository: UserRepository | undefined): Promise<ReadonlySet<Path>> {
    return readable(this.#parts.rules.tracked(repository));
  }

  /** Who made a commit; the user under the name that git knows them by. */
  async person(author: 'bounded' | 'user'): Promise<string> {
    if (author === 'bounded') return boundedPerson;
    const repository = await findUserRepository(this.#parts.root);
    const setting = (key: string) => userSetting(this.#parts.store.program, repository, key);
    const clean = (text: string) => text.replaceAll(/[<>\n\0]/g, '').trim();
    return `${clean((await setting('user.name')) ?? '') || 'User'} <${clean((await setting('user.email')) ?? '') || 'user@localhost'}>`;
  }
}

/** What is read of the user's index; throws `NotKept` where git cannot read it. */
async function readable<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    throw error instanceof GitFailure ? new NotKept(unreadable(error.message)) : error;
  }
}

/** The body of a commit object; author and committer are the same person at the same time. */
export function commitBody(commit: { readonly tree: string; readonly parents: readonly string[]; readonly person: string; readonly seconds: number; readonly message: string }): Buffer {
  const signature = `${commit.person} ${commit.seconds} +0000`;
  const lines = [`tree ${commit.tree}`, ...commit.parents.map((parent) => `parent ${parent}`), `author ${signature}`, `committer ${signature}`, '', `${commit.message.trimEnd()}\n`];
  return encodeText(lines.join('\n').replaceAll('\0', ''));
}
