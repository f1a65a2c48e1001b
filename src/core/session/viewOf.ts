import { asWritten } from '../contract/roots.ts';
import type { CallRecord, DoneRewind, Session } from './session.ts';
import type { ListedHunk } from './listedHunk.ts';
import type { CallRow, Meter, PlanView, RewindRow, View } from './view.ts';
import { openConflicts } from './conflicts.ts';
import { filesChanged } from './filesChanged.ts';
import { hunksInWords } from './tell.ts';
import { boundaryRows } from './view/boundaryRows.ts';
import { cardView } from './view/cardView.ts';
import { changesView } from './view/changesView.ts';
import { bytesText, cost, count, dollars, duration, sandboxWarning, titleOf, unmatchedWarning } from './view/figures.ts';
import { oracleView } from './view/oracleView.ts';
import { resultView } from './view/resultView.ts';
import { checkpointsOf, storeWarning } from './view/storeWords.ts';

/** What the journal cannot know of this moment. */
export interface Moment {
  /** Active time now, in milliseconds. */
  readonly active: number;
  /** Whether the loop runs in this process. */
  readonly running: boolean;
  /** What the session's change is made of. */
  readonly hunks?: readonly ListedHunk[];
  /** What happens at this moment. */
  readonly progress?: string;
}

const callsShown = 12;
/** A meter is high from here on, in percent. */
const highFrom = 80;

/** Everything that a person is shown of a session. Pure: the same session and moment give the same view. */
export function viewOf(session: Session, moment: Moment = { active: session.active, running: session.paused === undefined && session.end === undefined }): View {
  const card = cardView(session, moment.running);
  const plan = planView(session);
  const result = resultView(session);
  const changes = changesView(session, moment.hunks ?? []);
  const { scope, diff } = session.contract;
  return {
    session: session.id, title: titleOf(session), ...stateOf(session, moment), meta: meta(session, moment), warnings: warnings(session),
    scope: { change: [...scope.change.map((area) => area.glob), ...scope.oracle], never: asWritten(scope.never, session.contract.roots), limit: `at most ${count(diff.files, 'file')}, ${count(diff.lines, 'line')}` },
    boundaries: { attempt: session.line.attempt, rows: boundaryRows(session, moment.progress) }, oracle: oracleView(session), budgets: budgets(session, moment),
    now: session.calls.slice(-callsShown).reverse().map((call) => callRow(session, call)), rewinds: session.rewinds.map((rewind) => rewindRow(session, rewind)).reverse(),
    ...(card === undefined ? {} : { card }), ...(plan === undefined ? {} : { plan }), ...(result === undefined ? {} : { result }), ...(changes === undefined ? {} : { changes }),
  };
}

function stateOf(session: Session, moment: Moment): Pick<View, 'state' | 'chip'> {
  if (session.end !== undefined) return { state: 'ended', chip: 'Ended' };
  if (session.gate !== undefined) return { state: 'waiting', chip: 'Waiting for you' };
  if (!moment.running) return { state: 'paused', chip: 'Paused' };
  return session.base === undefined ? { state: 'starting', chip: 'Starting' } : { state: 'working', chip: 'Working' };
}

/** Where it stands, time, money and turns; at the end how often it began anew and how often a person decided. */
function meta(session: Session, moment: Moment): readonly string[] {
  const { end, line, attempts, decisionsByPerson } = session;
  const figures = [duration(moment.active), cost(session)];
  if (end !== undefined) {
    return [...(end.end === 'completed' ? [] : [end.end]), ...figures, count(session.spent.turns, 'turn'), ...(attempts > 1 ? [count(attempts, 'attempt')] : []), ...(decisionsByPerson > 0 ? [`${count(decisionsByPerson, 'decision')} by you`] : [])];
  }
  return [...(line.phase === undefined ? [] : [line.phase]), ...figures, `turn ${session.spent.turns}`, ...(attempts > 1 ? [`attempt ${line.attempt}`] : [])];
}

function warnings(session: Session): readonly string[] {
  const sandbox = sandboxWarning(session);
  const { servedBy } = session.endpoint;
  const stores = Object.keys(session.stores).flatMap((root) => storeWarning(session, root) ?? []);
  const unmatched = session.line.boundaries.length === 0 ? unmatchedWarning(session.base?.unmatched) : undefined;
  return [
    ...(unmatched === undefined ? [] : [unmatched]),
    ...stores,
    ...(sandbox === undefined ? [] : [sandbox]),
    ...(servedBy === undefined ? [] : [`Answers come from: ${servedBy}, not from a model of the vendor.`]),
    ...(session.amended ? ['The contract was amended after it had been locked.'] : []),
  ];
}

function planView(session: Session): PlanView | undefined {
  const { plan } = session.line;
  if (plan === undefined) return undefined;
  return {
    steps: plan.steps.map(({ id, title }) => {
      const met = stepMet(session, id);
      return { id, title, ...(met === undefined ? {} : { met }) };
    }),
    integrationPoint: plan.integration_point, options: plan.options.map(({ option, chosen, why }) => ({ option, chosen, why })), risks: plan.risks,
  };
}

/** Steps are evaluated at the end of production-shape; past it, each was met or accepted by a person. */
function stepMet({ line }: Session, step: string): boolean | undefined {
  const id = `step:${step}`;
  if (line.waived.includes(id)) return false;
  const holds = line.exit?.conditions.find((one) => one.id === id)?.holds;
  return holds ?? (line.boundaries.some((one) => one.phase === 'production-shape') ? true : undefined);
}

function budgets(session: Session, moment: Moment): readonly Meter[] {
  const { contract: { budget, diff }, line, spent } = session;
  const { base } = line.uses;
  return [
    meter('Files', base.files, diff.files, String), meter('Lines', base.lines, diff.lines, String),
    { ...meter('Cost', spent.usd + spent.assumedUsd, budget.costUsd, dollars), used: cost(session) }, meter('Time', moment.active, budget.timeMs, duration),
    meter('Turns', spent.turns, budget.turns, String), meter('Repairs', line.repairs, budget.repairs, String),
    ...Object.entries(session.stores).map(([root, { bytes, limit }]) => meter(checkpointsOf(root), bytes, limit, bytesText)),
  ];
}

function meter(name: string, used: number, of: number, text: (value: number) => string): Meter {
  const share = of > 0 ? Math.min(100, Math.round((100 * used) / of)) : used > 0 ? 100 : 0;
  return { name, used: text(used), of: text(of), share, high: share >= highFrom };
}

function callRow(session: Session, call: CallRecord): CallRow {
  const ended = call.outcome === 'failed' || call.outcome === 'interrupted' ? call.outcome : undefined;
  return {
    call: call.call, tool: call.tool, title: call.title, running: call.outcome === undefined && isRunning(session, call),
    refused: call.outcome === 'refused' ? (call.reason ?? 'refused') : '', summary: [...(ended === undefined ? [] : [ended]), ...(call.summary === undefined ? [] : [call.summary])].join(' · '),
  };
}

/** A call without an answer runs only as long as its conversation is open; a rewind leaves it behind. */
function isRunning(session: Session, call: CallRecord): boolean {
  return session.end === undefined && session.line.stack.some((id) => session.conversations[id]?.running === call.call);
}

function rewindRow({ rewinds }: Session, rewind: DoneRewind): RewindRow {
  const { id, moved = [], notHeld = [], undone, merged, kind, to, by } = rewind;
  const who = by === 'person' ? 'you' : 'Bounded';
  const size = `${count(filesChanged(rewind), 'file')}${merged.length > 0 ? `, ${merged.length} merged with your changes` : ''}`;
  const what = kind === 'boundary' ? `Back to ${to}` : kind === 'hunk' ? hunksInWords(rewind) : rewind.resolves === undefined ? to : `${to}, as you resolved it`;
  return { id, text: `${what} · ${size} · by ${who}${moved.map((one) => ` · what was in the place of ${one.path} is kept in ${one.to}`).join('')}${notHeld.length === 0 ? '' : ` · not in any checkpoint, and still there: ${notHeld.join(', ')}`}`, left: leftRows(rewinds, rewind), undone, ...(undone && rewind.undoing !== undefined ? { redoable: true } : {}) };
}

function leftRows(rewinds: readonly DoneRewind[], rewind: DoneRewind): RewindRow['left'] {
  const open = new Set(openConflicts(rewinds, rewind).map((one) => one.path));
  // Of a rewind that was undone, what could not be put back is what matters.
  return (rewind.undone ? rewind.undoing?.left ?? [] : rewind.left).map(({ path, why }) => ({ path, why, ...(open.has(path) ? { conflict: true } : {}) }));
}
