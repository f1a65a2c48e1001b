import type { Session } from '../../core/session/session.ts';
import { catFile } from './catFile.ts';
import { decodeBytes } from './bytes.ts';
import { keepBranch, type KeepParts, type KeptBranch, patchBetween, squash, workOf } from './keep.ts';
import type { OwnFiles } from './ownFiles.ts';

/** Gives the user the work of a session in the form they chose; answers one sentence that says what happened to git. */
export async function keepSession(parts: KeepParts & { readonly own: OwnFiles }, how: 'branch' | 'squash' | 'patch', session: Session): Promise<string> {
  const work = workOf(session, await messagesOf(parts, session));
  if (how === 'branch') return inWords(await keepBranch(parts, work));
  if (how === 'squash') return inWords(await squash(parts, work, `${subjectOf(session)}\n\nBounded-Session: ${session.id}`));
  const patch = await patchBetween(parts, work.base, work.steps.at(-1)?.tree ?? work.base);
  const file = `${session.id}.patch`;
  await parts.own.writeReport(session.name, file, patch);
  return `the patch is in .bounded/${session.name}/${file}; git was not touched`;
}

const subjectOf = (session: Session): string => session.contract.task.trim().split('\n')[0] ?? session.name;

function inWords(kept: KeptBranch): string {
  const commits = kept.commits === 1 ? 'one commit' : `${kept.commits} commits`;
  const unfiltered = kept.unfiltered.length === 0 ? '' : `; committed as they are on the disk, because filters are not run: ${kept.unfiltered.join(', ')}`;
  return `the branch ${kept.branch} was made with ${commits}; HEAD, index and work tree were not touched${unfiltered}`;
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
