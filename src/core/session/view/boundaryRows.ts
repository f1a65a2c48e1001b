import { openConversation } from '../line.ts';
import { evictedAt } from '../retention.ts';
import type { Boundary, Session } from '../session.ts';
import type { BoundaryRow } from '../view.ts';
import { count, duration, surfaceText } from './figures.ts';
import { instantText } from './instant.ts';

/** The spine: what is done with the way back to it, what goes on, what is left. */
export function boundaryRows(session: Session, progress: string | undefined): readonly BoundaryRow[] {
  const { line, contract } = session;
  const done = line.boundaries.map((boundary, index) => doneRow(session, boundary, line.boundaries[index - 1]?.active ?? 0));
  if (line.phase === undefined) return done;
  const rest = contract.phases.slice(contract.phases.indexOf(line.phase) + 1).map((name): BoundaryRow => ({ name, state: 'todo', detail: '', figures: '' }));
  return [...done, current(session, line.phase, progress), ...rest];
}

function current(session: Session, name: string, progress: string | undefined): BoundaryRow {
  const { lines } = session.line.uses.phase;
  const row = { name: session.line.round > 0 ? `${name} · round ${session.line.round}` : name, figures: lines === 0 ? '' : count(lines, 'line') };
  if (session.end !== undefined) return { ...row, state: 'todo', detail: 'the session ended here' };
  if (session.gate !== undefined) return { ...row, state: 'waiting', detail: 'waits for you' };
  return { ...row, state: 'now', detail: doing(session, progress) };
}

/** The call that runs, else what is said to happen, else what keeps the phase from its end. */
function doing(session: Session, progress: string | undefined): string {
  const running = openConversation(session)?.running;
  const call = running === undefined ? undefined : session.calls.findLast((one) => one.call === running);
  const said = progress?.trim().split('\n').at(-1) ?? '';
  if (call !== undefined) return [call.tool, said === '' ? call.title : said].filter((part) => part !== '').join(' · ');
  if (said !== '') return said;
  const unmet = session.line.exit?.conditions.filter((condition) => !condition.holds).map((condition) => condition.id) ?? [];
  return unmet.length === 0 ? '' : `not met: ${unmet.join(', ')}`;
}

function doneRow(session: Session, boundary: Boundary, since: number): BoundaryRow {
  const { change } = boundary;
  const gone = evictedAt(session, boundary);
  return {
    ...(gone === undefined ? { boundary: boundary.id, detail: detailOf(session, boundary) } : { detail: `no way back: removed on ${instantText(gone)} to make room` }),
    name: boundary.id, state: 'done', figures: change.files === 0 ? duration(boundary.active - since) : '',
    ...(change.files === 0 ? {} : { added: change.added, removed: change.removed }),
  };
}

function detailOf(session: Session, boundary: Boundary): string {
  const { decoys, findings, plan, runs } = boundary.line;
  switch (boundary.phase) {
    case 'explore': return plan === undefined ? '' : `${count(plan.steps.length, 'step')} planned`;
    case 'baseline': return runs.findLast((run) => run.purpose === 'baseline')?.cells.flatMap((cell) => (cell.tests === undefined ? [] : [count(cell.tests.passed, 'test')])).join(', ') ?? '';
    case 'oracle-only': return decoys.length === 0 ? 'no decoys tried' : `${decoys.filter((one) => one.result === 'caught').length} of ${count(decoys.length, 'decoy')} caught`;
    case 'minimal-hook': return session.line.runs.some((run) => run.tree === boundary.tree && run.purpose === 'confirm') ? 'green, confirmed' : '';
    case 'production-shape': return boundary.surface === undefined ? '' : `surface: ${surfaceText(boundary.surface)}`;
    case 'review': return findings.length === 0 ? 'no findings' : `${count(findings.length, 'finding')}, answered`;
  }
}
