import type { Blob, Path, TreeId } from '../../../core/session/changes.ts';
import { usersTrailer } from '../../../core/session/trailers.ts';
import type { Blobs } from '../store/blobs.ts';
import { boundedPerson, type Commits } from './commits.ts';
import { NotKept } from '../repository/notKept.ts';
import { type Published, publish, type Step } from './publish.ts';
import type { Store } from '../store/store.ts';
import { type Dir, differences, fileAt } from '../store/tree.ts';
import { UserBranches } from '../repository/userBranches.ts';
import { findUserRepository, unreadable } from '../repository/userRepository.ts';
import { type Changes, stagesOf, trackedAtEnd, withoutUsers, type Work } from './work.ts';

export interface KeptBranch extends Published {
  readonly branch: string;
  /** Changes of the session that no commit of this repository can hold: in a repository inside, in secrets that git does not track, or by a name that git refuses. */
  readonly leftOut: readonly Path[];
}

export interface KeepParts {
  readonly root: string;
  readonly store: Store;
  readonly blobs: Blobs;
  readonly commits: Commits;
}

/**
 * One commit per step on a new branch `bounded/<name>/<n>` of the user's repository, on top of HEAD at the start; the user's
 * changes in commits of their own, or left out.
 */
export async function keepBranch(parts: KeepParts, work: Work, withoutMine: boolean): Promise<KeptBranch> {
  const user = await parts.commits.person('user');
  const stages = await stagesOf(parts.commits, work);
  if (withoutMine) await withoutUsers(parts.commits, work, stages);
  const said = (subject: string): string => (work.session === undefined ? subject : `${subject}\n\n${usersTrailer({ id: work.session })}`);
  const users: Step[] = [{ changes: await chosen(parts, work), person: user, seconds: work.steps[0]?.seconds ?? 0, message: said('Uncommitted work at the start') }];
  const steps: Step[] = withoutMine ? [] : users;
  let left = work.leftElsewhere === true || (withoutMine && work.dirty.length > 0);
  for (const { step, users: theirs, rest } of stages) {
    if (!withoutMine) steps.push({ changes: theirs, person: user, seconds: step.seconds, message: said('Changes by the user meanwhile') });
    left ||= withoutMine && theirs.size > 0;
    steps.push({ changes: rest, person: boundedPerson, seconds: step.seconds, message: left ? unmeasured(step.message) : step.message });
  }
  return onBranch(parts, work, steps);
}

/** A boundary's message on a content that is not the one that was measured. Only its last paragraph has trailers, whatever the others quote. */
function unmeasured(message: string): string {
  const trailers = message.lastIndexOf('\n\n') + 1;
  return message.slice(0, trailers) + message.slice(trailers).replace(/^Bounded-Verdict: (.*)$/m, 'Bounded-Verdict: unverified (with changes of the user, which are left out: $1)');
}

/** Everything in one commit on a new branch, the user's changes and uncommitted work included or left out. */
export async function squash(parts: KeepParts, work: Work, message: string, withoutMine: boolean): Promise<KeptBranch> {
  const [base, stages] = [await parts.commits.committable(work.base), await stagesOf(parts.commits, work)];
  const changes = withoutMine
    ? changesOf(base, await withoutUsers(parts.commits, work, stages))
    : new Map([...(await chosen(parts, work)), ...changesOf(base, await trackedAtEnd(parts.commits, work, stages))]);
  return onBranch(parts, work, [{ changes, person: await parts.commits.person('user'), seconds: work.steps.at(-1)?.seconds ?? 0, message }]);
}

/**
 * What `git apply` turns one state into the other with: binary files, modes, links, new and deleted files included. Paths begin at the top of the repository, as git
 * has them: from anywhere else it would apply nothing without a word.
 */
export async function patchBetween(parts: KeepParts, from: Dir, to: Dir): Promise<Buffer> {
  const [before, after] = [await parts.commits.storeTree(from), await parts.commits.storeTree(to)];
  const prefix = (await findUserRepository(parts.root))?.prefix ?? '';
  const args = ['diff-tree', '-r', '-p', '--binary', '--full-index', '--no-renames', '--no-color', '--no-ext-diff', '--no-textconv', `--src-prefix=a/${prefix}`, `--dst-prefix=b/${prefix}`, before, after];
  return (await parts.store.git.run({ args })).stdout;
}

/** The checkpoint at the end of the work. */
export const lastTree = (work: Work): TreeId => work.steps.at(-1)?.tree ?? work.base;

async function onBranch(parts: KeepParts, work: Work, steps: readonly Step[]): Promise<KeptBranch> {
  const repository = await findUserRepository(parts.root);
  if (repository === undefined) throw new NotKept(`${parts.root} is in no git repository, so there is none to make a branch in; export a patch, or leave the work in the folder`);
  if (repository.damage !== undefined) throw new NotKept(unreadable(repository.damage));
  const published = await publish(parts, repository, work.head, steps);
  const branch = await new UserBranches(parts.store, repository).create(`bounded/${work.name}`, published.commit);
  return { ...published, branch, leftOut: await parts.commits.omitted(work.base, lastTree(work)) };
}

function changesOf(before: Dir, after: Dir): Changes {
  return new Map(Array.from(differences(before, after), (change) => [change.path, change.after ?? null]));
}

/** The user's uncommitted work at the start: what the base has at its paths, nothing where it has none. */
async function chosen(parts: KeepParts, work: Work): Promise<Changes> {
  const tree = await parts.commits.committable(work.base);
  return new Map(work.dirty.map((path): [Path, Blob | null] => [path, fileAt(tree, path) ?? null]));
}
