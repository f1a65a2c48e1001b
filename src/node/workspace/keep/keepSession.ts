import type { KeepAnswer, KeepWish } from '../../../agent/ports.ts';
import type { Path } from '../../../core/session/changes.ts';
import type { KeptBranch as KeptRef, Session } from '../../../core/session/session.ts';
import { shownPath } from '../../../core/session/shownPath.ts';
import { trailersOf } from '../../../core/session/trailers.ts';
import { catFile } from '../git/catFile.ts';
import { GitFailure } from '../git/git.ts';
import { decodeBytes } from '../common/bytes.ts';
import { keepBranch, type KeepParts, type KeptBranch, lastTree, patchBetween, squash } from './keep.ts';
import { NotKept } from '../repository/notKept.ts';
import type { OwnFiles } from '../disk/ownFiles.ts';
import { UserBranches } from '../repository/userBranches.ts';
import { findUserRepository, unreadable } from '../repository/userRepository.ts';
import { stagesOf, trackedAtEnd, verdictOn, withoutUsers, type Work, workOf } from './work.ts';

type Parts = KeepParts & { readonly own: OwnFiles };

/** Gives the user the work of a session in the form they chose. */
export async function keepSession(parts: Parts, wish: KeepWish, session: Session): Promise<KeepAnswer> {
  try {
    const work: Work = { ...workOf(session, await messagesOf(parts, session)), leftElsewhere: wish.leftElsewhere === true };
    const kept = wish.how === 'patch' ? undefined : await branch(parts, work, wish, session);
    const happened = kept === undefined ? await patch(parts, work, wish, session) : inWords(kept);
    return { ok: true, detail: [happened, ...(wish.withoutMine ? await leftOut(parts, work) : [])].join('. '), ...(kept === undefined ? {} : { branches: [{ branch: kept.branch, commit: kept.commit }] }) };
  } catch (error) {
    return refusalOf(error);
  }
}

/** What git refuses, for a lock or a configuration that it cannot take, is an answer too. Throws what is none. */
function refusalOf(error: unknown): KeepAnswer {
  if (error instanceof NotKept) return { ok: false, detail: error.message };
  if (error instanceof GitFailure) return { ok: false, detail: `${error.message}. No branch was changed, and no file of yours` };
  throw error;
}

async function branch(parts: Parts, work: Work, { how, withoutMine }: KeepWish, session: Session): Promise<KeptBranch> {
  if (how === 'branch') return keepBranch(parts, work, withoutMine);
  const tree = lastTree(work);
  const differs = work.leftElsewhere === true || (withoutMine && !(await isWhole(parts, work)));
  return squash(parts, work, `${subjectOf(session)}\n\n${trailersOf(session, { tree, verdict: differs ? 'unverified' : verdictOn(session, tree) })}`, withoutMine);
}

/** Removes a branch that a session made. */
export async function dropBranch(parts: KeepParts, branch: KeptRef): Promise<KeepAnswer> {
  try {
    const repository = await findUserRepository(parts.root);
    if (repository === undefined) throw new NotKept('there is no git repository to drop a branch from');
    if (repository.damage !== undefined) throw new NotKept(unreadable(repository.damage));
    await new UserBranches(parts.store, repository).remove(branch);
  } catch (error) {
    return refusalOf(error);
  }
  const back = `git branch ${branch.branch} ${branch.commit} brings it back for as long as git keeps the commit (two weeks, if nobody set another time)`;
  return { ok: true, detail: `the branch ${branch.branch} was dropped; HEAD, index and work tree were not touched. ${back}; keeping the work again makes it anew`, branches: [branch] };
}

async function patch(parts: Parts, work: Work, { withoutMine }: KeepWish, session: Session): Promise<string> {
  const [base, stages] = [await parts.commits.committable(work.base), await stagesOf(parts.commits, work)];
  const result = withoutMine ? await withoutUsers(parts.commits, work, stages) : await trackedAtEnd(parts.commits, work, stages);
  const file = `${session.id}.patch`;
  await parts.own.writeReport(session.name, file, await patchBetween(parts, base, result));
  return `the patch is in .bounded/${session.name}/${file}; git was not touched${withoutThese(await parts.commits.omitted(work.base, lastTree(work)))}`;
}

/** What leaving the user's changes out did to the result. The verdict was measured with them. */
async function leftOut(parts: Parts, work: Work): Promise<string[]> {
  if (await isWhole(parts, work)) return [work.leftElsewhere === true ? 'Your changes in another folder were left out there. Verdict of what was kept: unverified, it was measured with them' : 'There was no change of yours to leave out'];
  return ['Your changes were left out. Verdict of what was kept: unverified, it differs from the measured tree'];
}

/** Whether leaving the user's changes out leaves nothing out. */
async function isWhole(parts: Parts, work: Work): Promise<boolean> {
  const stages = await stagesOf(parts.commits, work);
  const kept = await withoutUsers(parts.commits, work, stages);
  return work.dirty.length === 0 && kept.oid === (await trackedAtEnd(parts.commits, work, stages)).oid;
}

const subjectOf = (session: Session): string => session.contract.task.trim().split('\n')[0] ?? session.name;

function inWords(kept: KeptBranch): string {
  const commits = kept.commits === 1 ? 'one commit' : `${kept.commits} commits`;
  const unfiltered = kept.unfiltered.length === 0 ? '' : `; committed as they are on the disk, because filters and encodings are not applied: ${kept.unfiltered.map(shownPath).join(', ')}`;
  return `the branch ${kept.branch} was made with ${commits}; HEAD, index and work tree were not touched${unfiltered}${withoutThese(kept.leftOut)}`;
}

function withoutThese(paths: readonly Path[]): string {
  return paths.length === 0 ? '' : `; not in it, because they belong to a repository inside, are secret, or have a name that git refuses: ${paths.map(shownPath).join(', ')}`;
}

/** Messages of the boundaries' commits in the private store. */
async function messagesOf(parts: KeepParts, session: Session): Promise<Map<string, string>> {
  const commits = session.line.boundaries.map((boundary) => boundary.commit);
  const messages = new Map<string, string>();
  const bodies = catFile(parts.store.git, commits);
  for (const commit of commits) {
    const body = (await bodies.next()).value;
    if (Buffer.isBuffer(body)) messages.set(commit, decodeBytes(body.subarray(body.indexOf('\n\n') + 2)).trimEnd());
  }
  await bodies.next();
  return messages;
}
