import type { Verdict } from '../core/oracle/result.ts';
import type { Path, TreeId } from '../core/session/changes.ts';
import { lastBoundary } from '../core/session/line.ts';
import { oneLine } from '../core/session/reports/markdown.ts';
import { sharesOf } from '../core/session/shares.ts';
import { trailersOf, usersTrailer } from '../core/session/trailers.ts';
import { baseTree } from './diffUse.ts';
import { differences } from './look.ts';
import { writesSince } from './rewind/sinceBoundary.ts';
import type { Run } from './run.ts';

/**
 * Commits the work up to a boundary on the attempt's branch; answers the commit of the boundary, whose content is `tree`. What the user
 * alone changed since the boundary before stands in a commit of their own before it. `verdict` is what the journal supports for `tree` now.
 */
export async function commitBoundary(run: Run, boundary: string, tree: TreeId, verdict: Verdict): Promise<string> {
  const { session } = run.recorder;
  const [before, branch] = [lastBoundary(session.line), branchOf(run)];
  const since = before?.tree ?? baseTree(session);
  const { users, both } = sharesOf(await differences(run, since, tree), writesSince(session, before?.id ?? 'base'));
  let parent = before?.commit ?? session.base?.commit ?? '';
  if (users.size > 0) parent = await run.ports.workspace.commit({ tree, only: { since, paths: [...users] }, branch, message: `Changes by the user before ${boundary}\n\n${usersTrailer(session)}`, author: 'user', parent });
  return run.ports.workspace.commit({ tree, branch, message: boundaryMessage(run, { boundary, tree, verdict }, both), author: 'bounded', parent });
}

export function branchOf(run: Run): string {
  const { session } = run.recorder;
  return `bounded/${session.name}/${session.id}/${session.line.attempt}`;
}

function boundaryMessage(run: Run, said: { readonly boundary: string; readonly tree: TreeId; readonly verdict: Verdict }, both: ReadonlySet<Path>): string {
  const { session } = run.recorder;
  const { line: { phase, exit } } = session;
  const subject = session.contract.task.trim().split('\n')[0] ?? '';
  const measured = exit?.conditions.map(({ id, measured: what }) => oneLine(what.startsWith(`${id}: `) ? what : `${id}: ${what}`)) ?? [];
  // Quoted, so that no file name can pass for a line of the message.
  const shared = both.size === 0 ? [] : ['Changed by the session and by the user, in one commit because it is one file:', ...[...both].sort().map((path) => `  ${JSON.stringify(path)}`), ''];
  return [`${said.boundary}: ${subject}`, '', ...measured, '', ...shared, trailersOf(session, { ...said, ...(phase === undefined ? {} : { phase }) })].join('\n');
}
