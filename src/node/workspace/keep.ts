import type { Session } from '../../core/session/session.ts';
import type { Blob, Path, TreeId } from '../../core/session/changes.ts';
import type { Blobs } from './blobs.ts';
import { boundedPerson, type Commits } from './commits.ts';
import { type Published, publish, type Step } from './publish.ts';
import type { Store } from './store.ts';
import { differences, fileAt } from './tree.ts';
import { UserBranches } from './userBranches.ts';
import { findUserRepository } from './userRepository.ts';

/** The work of a session in the order in which it came about. */
export interface Work {
  /** The contract's name. */
  readonly name: string;
  /** Commit of the user's HEAD when the session started; undefined in a repository without commits. */
  readonly head?: string;
  readonly base: TreeId;
  /** Paths of the base that differed from HEAD: the user's uncommitted work. */
  readonly dirty: readonly Path[];
  readonly steps: readonly WorkStep[];
}

export interface WorkStep {
  readonly tree: TreeId;
  readonly message: string;
  /** Seconds since the epoch. */
  readonly seconds: number;
  /** Paths that the user changed, and the session did not, up to this step: they get a commit of their own before it. */
  readonly users: ReadonlySet<Path>;
}

export interface KeptBranch extends Published {
  readonly branch: string;
}

export interface KeepParts {
  readonly root: string;
  readonly store: Store;
  readonly blobs: Blobs;
  readonly commits: Commits;
}

/** One commit per step on a new branch `bounded/<name>/<n>` of the user's repository, on top of HEAD at the start. */
export async function keepBranch(parts: KeepParts, work: Work): Promise<KeptBranch> {
  const user = await parts.commits.person('user');
  const start = work.steps[0]?.seconds ?? 0;
  const dirty: Step = { changes: await chosen(parts, work.base, new Set(work.dirty)), person: user, seconds: start, message: 'Uncommitted work at the start' };
  const steps: Step[] = [dirty];
  let before = work.base;
  for (const step of work.steps) {
    const changes = await changesOf(parts, before, step.tree);
    const split = (mine: boolean) => new Map([...changes].filter(([path]) => step.users.has(path) === mine));
    steps.push({ changes: split(true), person: user, seconds: step.seconds, message: 'Changes by the user meanwhile' });
    steps.push({ changes: split(false), person: boundedPerson, seconds: step.seconds, message: step.message });
    before = step.tree;
  }
  return onBranch(parts, work, steps);
}

/** Everything in one commit on a new branch, the user's uncommitted work included. */
export async function squash(parts: KeepParts, work: Work, message: string): Promise<KeptBranch> {
  const last = work.steps.at(-1);
  const changes = new Map(await chosen(parts, work.base, new Set(work.dirty)));
  for (const [path, blob] of await changesOf(parts, work.base, last?.tree ?? work.base)) changes.set(path, blob);
  return onBranch(parts, work, [{ changes, person: await parts.commits.person('user'), seconds: last?.seconds ?? 0, message }]);
}

/** What `git apply` turns one checkpoint into the other with: binary files, modes, links, new and deleted files included. */
export async function patchBetween(parts: KeepParts, from: TreeId, to: TreeId): Promise<Buffer> {
  const [before, after] = [await parts.commits.storeCommittable(from), await parts.commits.storeCommittable(to)];
  const args = ['diff-tree', '-r', '-p', '--binary', '--full-index', '--no-renames', '--no-color', '--no-ext-diff', '--no-textconv', '--src-prefix=a/', '--dst-prefix=b/', before, after];
  return (await parts.store.git.run({ args })).stdout;
}

async function onBranch(parts: KeepParts, work: Work, steps: readonly Step[]): Promise<KeptBranch> {
  const repository = await findUserRepository(parts.root);
  if (repository === undefined) throw new Error('there is no git repository to keep a branch in');
  const published = await publish(parts, repository, work.head, steps);
  const branch = await new UserBranches(parts.store, repository).create(`bounded/${work.name}`, published.commit);
  return { ...published, branch };
}

async function changesOf(parts: KeepParts, from: TreeId, to: TreeId): Promise<Map<Path, Blob | null>> {
  const [before, after] = [await parts.commits.committable(from), await parts.commits.committable(to)];
  return new Map(Array.from(differences(before, after), (change) => [change.path, change.after ?? null]));
}

/** What the base has at these paths, nothing where it has none. */
async function chosen(parts: KeepParts, base: TreeId, paths: ReadonlySet<Path>): Promise<Map<Path, Blob | null>> {
  const tree = await parts.commits.committable(base);
  return new Map(Array.from(paths, (path) => [path, fileAt(tree, path) ?? null]));
}

/** The work that a session's journal tells of. */
export function workOf(session: Session, messages: ReadonlyMap<string, string>): Work {
  const { base, line } = session;
  if (base === undefined) throw new Error('the session has done nothing that could be kept');
  const written = new Set(line.writes.map((write) => write.path));
  const users = new Set(session.userChanges.map((diff) => diff.path).filter((path) => !written.has(path)));
  const steps = line.boundaries.map((boundary): WorkStep => ({ tree: boundary.tree, seconds: Math.floor(boundary.at / 1000), users, message: messages.get(boundary.commit) ?? boundary.id }));
  const last = steps.at(-1);
  const open = session.tree !== undefined && session.tree !== (last?.tree ?? base.tree);
  const rest: WorkStep[] = open && session.tree !== undefined ? [{ tree: session.tree, seconds: last?.seconds ?? Math.floor(session.startedAt / 1000), users, message: 'Work after the last boundary' }] : [];
  return { name: session.name, base: base.tree, dirty: base.dirty, steps: [...steps, ...rest], ...(base.head === undefined ? {} : { head: base.head }) };
}
