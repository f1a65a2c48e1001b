import type { Path, TreeId } from '../core/session/changes.ts';
import { lastBoundary } from '../core/session/line.ts';
import { sharesOf } from '../core/session/shares.ts';
import { baseTree } from './diffUse.ts';
import { differences } from './look.ts';
import { writesSince } from './rewind.ts';
import type { Run } from './run.ts';

/**
 * Commits the work up to a boundary on the attempt's branch; answers the commit of the boundary, whose content is `tree`. What the user
 * alone changed since the boundary before stands in a commit of their own before it.
 */
export async function commitBoundary(run: Run, boundary: string, tree: TreeId): Promise<string> {
  const { session } = run.recorder;
  const [before, branch] = [lastBoundary(session.line), branchOf(run)];
  const since = before?.tree ?? baseTree(session);
  const { users, both } = sharesOf(await differences(run, since, tree), writesSince(session, before?.id ?? 'base'));
  let parent = before?.commit ?? session.base?.commit ?? '';
  if (users.size > 0) parent = await run.ports.workspace.commit({ tree, only: { since, paths: [...users] }, branch, message: usersMessage(run, boundary), author: 'user', parent });
  return run.ports.workspace.commit({ tree, branch, message: boundaryMessage(run, boundary, both), author: 'bounded', parent });
}

export function branchOf(run: Run): string {
  const { session } = run.recorder;
  return `bounded/${session.name}/${session.id}/${session.line.attempt}`;
}

function usersMessage(run: Run, boundary: string): string {
  return [`Changes by the user before ${boundary}`, '', `Bounded-Session: ${run.recorder.session.id}`].join('\n');
}

function boundaryMessage(run: Run, boundary: string, both: ReadonlySet<Path>): string {
  const { session } = run.recorder;
  const subject = session.contract.task.trim().split('\n')[0] ?? '';
  const measured = session.line.exit?.conditions.map((condition) => `${condition.id}: ${condition.measured}`) ?? [];
  // Quoted, so that no file name can pass for a line of the message.
  const shared = both.size === 0 ? [] : ['Changed by the session and by the user, in one commit because it is one file:', ...[...both].sort().map((path) => `  ${JSON.stringify(path)}`), ''];
  return [`${boundary}: ${subject}`, '', ...measured, '', ...shared, `Bounded-Session: ${session.id}`, `Bounded-Boundary: ${boundary}`].join('\n');
}
