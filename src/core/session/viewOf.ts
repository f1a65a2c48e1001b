import type { PhaseName } from '../contract/contract.ts';
import { openConversation } from './line.ts';
import type { Boundary, Session } from './session.ts';
import type { BoundaryRow, CallRow, Meter, PlanView, View } from './view.ts';
import { cardView } from './view/cardView.ts';
import { cost, dollars, duration, sandboxWarning, titleOf } from './view/figures.ts';
import { oracleView } from './view/oracleView.ts';
import { resultView } from './view/resultView.ts';

/** What the journal cannot know of this moment. */
export interface Moment {
  /** Active time now, in milliseconds. */
  readonly active: number;
  /** Whether the loop runs in this process. */
  readonly running: boolean;
  /** What happens at this moment. */
  readonly progress?: string;
}

const callsShown = 12;

/** Everything that a person is shown of a session. Pure: the same session and moment give the same view. */
export function viewOf(session: Session, moment: Moment = { active: session.active, running: session.paused === undefined && session.end === undefined }): View {
  const card = cardView(session, moment.running);
  const plan = planView(session);
  const oracle = oracleView(session);
  const result = resultView(session);
  const { scope, diff } = session.contract;
  return {
    session: session.id, title: titleOf(session), ...stateOf(session, moment), meta: meta(session, moment), warnings: warnings(session),
    scope: { change: [...scope.change.map((area) => area.glob), ...scope.oracle], never: scope.never, limit: `at most ${diff.files} files, ${diff.lines} lines` },
    boundaries: { attempt: session.line.attempt, rows: rows(session, moment) }, budgets: budgets(session, moment), now: now(session),
    rewinds: session.rewinds.map((one) => ({ id: one.id, text: `${one.kind} ${one.to}: ${one.restored.length + one.merged.length} files`, left: one.left, undone: one.undone })),
    ...(card === undefined ? {} : { card }), ...(plan === undefined ? {} : { plan }), ...(oracle === undefined ? {} : { oracle }), ...(result === undefined ? {} : { result }),
  };
}

function stateOf(session: Session, moment: Moment): Pick<View, 'state' | 'chip'> {
  if (session.end !== undefined) return { state: 'ended', chip: 'Ended' };
  if (session.gate !== undefined) return { state: 'waiting', chip: 'Waiting for you' };
  if (session.paused !== undefined || !moment.running) return { state: 'paused', chip: 'Paused' };
  return session.base === undefined ? { state: 'starting', chip: 'Starting' } : { state: 'working', chip: 'Working' };
}

function meta(session: Session, moment: Moment): readonly string[] {
  const phase = session.line.phase ?? (session.end === undefined ? undefined : session.end.end);
  return [...(phase === undefined ? [] : [phase]), duration(moment.active), cost(session), `turn ${session.spent.turns}`, ...(session.attempts > 1 ? [`attempt ${session.line.attempt}`] : [])];
}

function warnings(session: Session): readonly string[] {
  const sandbox = sandboxWarning(session);
  const { servedBy } = session.endpoint;
  return [
    ...(sandbox === undefined ? [] : [sandbox]),
    ...(servedBy === undefined ? [] : [`The answers come from: ${servedBy} (${session.endpoint.url}), not from a model.`]),
    ...(session.amended ? ['The contract was amended after it had been locked.'] : []),
  ];
}

function planView(session: Session): PlanView | undefined {
  const { plan, exit, boundaries } = session.line;
  if (plan === undefined) return undefined;
  const conditions = exit?.conditions ?? [];
  const met = (id: string): boolean | undefined => conditions.find((one) => one.id === `step:${id}`)?.holds ?? (boundaries.some((one) => one.phase === 'production-shape') ? true : undefined);
  return {
    steps: plan.steps.map(({ id, title }) => {
      const done = met(id);
      return { id, title, ...(done === undefined ? {} : { met: done }) };
    }),
    integrationPoint: plan.integration_point, options: plan.options.map(({ option, chosen, why }) => ({ option, chosen, why })), risks: plan.risks,
  };
}

function rows(session: Session, moment: Moment): readonly BoundaryRow[] {
  const { line, contract } = session;
  const done = line.boundaries.map((boundary) => doneRow(session, boundary));
  if (line.phase === undefined) return done;
  const state = session.gate !== undefined ? 'waiting' as const : 'now' as const;
  const running = openConversation(session)?.running;
  const call = session.calls.findLast((one) => one.call === running);
  const current: BoundaryRow = { name: line.phase, state, detail: call === undefined ? (moment.progress ?? '').split('\n')[0] ?? '' : `${call.tool} · ${call.title}`, figures: '' };
  const rest = contract.phases.slice(contract.phases.indexOf(line.phase) + 1).map((name: PhaseName): BoundaryRow => ({ name, state: 'todo', detail: '', figures: '' }));
  return [...done, current, ...rest];
}

function doneRow(session: Session, boundary: Boundary): BoundaryRow {
  const { change } = boundary;
  const time = duration(boundary.active - (session.line.boundaries[session.line.boundaries.indexOf(boundary) - 1]?.active ?? 0));
  return {
    boundary: boundary.id, name: boundary.id, state: 'done', detail: detailOf(session, boundary), figures: change.files === 0 ? time : '',
    ...(change.files === 0 ? {} : { added: change.added, removed: change.removed }),
  };
}

function detailOf(session: Session, boundary: Boundary): string {
  const { decoys, findings } = boundary.line;
  switch (boundary.phase) {
    case 'explore': return boundary.line.plan === undefined ? '' : `${boundary.line.plan.steps.length} steps planned`;
    case 'baseline': return boundary.line.runs.findLast((run) => run.purpose === 'baseline')?.cells.flatMap((cell) => (cell.tests === undefined ? [] : [`${cell.tests.passed} tests`])).join(', ') ?? '';
    case 'oracle-only': return decoys.length === 0 ? 'no decoys tried' : `${decoys.filter((one) => one.result === 'caught').length} of ${decoys.length} decoys caught`;
    case 'production-shape': return boundary.surface === undefined ? '' : `surface: +${boundary.surface.exportsAdded.length} −${boundary.surface.exportsRemoved.length} exported names`;
    case 'review': return findings.length === 0 ? 'no findings' : `${findings.length} findings, answered`;
    case 'minimal-hook': return session.line.runs.some((run) => run.tree === boundary.tree && run.purpose === 'confirm') ? 'green, confirmed' : '';
  }
}

function budgets(session: Session, moment: Moment): readonly Meter[] {
  const { contract, line, spent } = session;
  const { base } = line.uses;
  return [
    meter('Files', base.files, contract.diff.files, String), meter('Lines', base.lines, contract.diff.lines, String),
    { ...meter('Cost', spent.usd, contract.budget.costUsd, dollars), used: cost(session) }, meter('Time', moment.active, contract.budget.timeMs, duration),
    meter('Turns', spent.turns, contract.budget.turns, String), meter('Repairs', line.repairs, contract.budget.repairs, String),
  ];
}

function meter(name: string, used: number, of: number, text: (value: number) => string): Meter {
  const share = of === 0 ? 100 : Math.min(100, Math.round((100 * used) / of));
  return { name, used: text(used), of: text(of), share, high: share >= 80 };
}

function now(session: Session): readonly CallRow[] {
  return session.calls.slice(-callsShown).reverse().map((call) => ({
    call: call.call, tool: call.tool, title: call.title, running: call.outcome === undefined && session.end === undefined,
    refused: call.outcome === 'refused' ? (call.reason ?? 'refused') : '', summary: call.summary ?? (call.outcome === 'failed' ? 'failed' : call.outcome === 'interrupted' ? 'interrupted' : ''),
  }));
}
