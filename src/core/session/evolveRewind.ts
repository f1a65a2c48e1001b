import type { BesideChange, Write } from './changes.ts';
import type { SessionEvent } from './events.ts';
import type { BesideItem, RewindPlan, RewindRecord } from './facts.ts';
import { firstLine, openFlags, reopened } from './line.ts';
import type { DoneRewind, GateKind, Line, Session } from './session.ts';
import { someOf } from './someOf.ts';
import { takenBack } from './takenBack.ts';
import { tellRedo, tellRewind, tellUndo } from './tell.ts';
import { redone, undone, withBeside } from './undo.ts';

type Of<T extends SessionEvent['type']> = Extract<SessionEvent, { type: T }>;

/** The line that work goes on from after a rewind to a boundary or to the base. */
function lineAt(session: Session, to: string): Line {
  if (to === 'base') return firstLine(session.contract.phases[0], session.attempts + 1);
  const boundary = session.line.boundaries.find((one) => one.id === to);
  if (boundary === undefined) throw new Error(`the journal rewinds to a boundary that is not on this line: ${to}`);
  return { ...underContract(boundary.line, boundary, session), boundaries: [...boundary.line.boundaries, boundary], attempt: session.attempts + 1 };
}

/** A line that work goes back to, as it was under `then`: under another contract nothing that was measured on it counts any more. */
function underContract(line: Line, then: { readonly contractHash: string }, { contractHash }: Session): Line {
  return then.contractHash === contractHash ? line : { ...line, runsFrom: line.runs.length };
}

/** Goes on with `line`; what was measured on the line that is left stays known. */
function onLine(session: Session, line: Line): Session {
  const { runs, runsFrom } = session.line;
  const known = new Set([...line.runs, ...session.leftRuns].map((run) => run.id));
  return { ...session, line, leftRuns: [...session.leftRuns, ...runs.slice(runsFrom).filter((run) => !known.has(run.id))] };
}

/** After a rewind. One to a boundary begins a new attempt on that boundary's line. */
export function rewind(session: Session, event: Of<'rewind/done'>): Session {
  const plan = session.rewinding?.id === event.rewind.id ? session.rewinding : undefined;
  const writes = plan === undefined ? event.rewind.writes : takenBack(event.rewind, plan, session.line);
  const record = { ...event.rewind, writes, ...conflictsOf(event.rewind, plan), previous: session.line, contractHash: session.contractHash, at: session.seq, writesBefore: session.writes.length, undone: false };
  const told = tellRewind(event);
  const next = { ...session, rewinds: [...session.rewinds, record], writes: [...session.writes, ...writes], undelivered: [...session.undelivered, told] };
  const { kind, to, restored, merged, beside = [] } = event.rewind;
  if (kind !== 'boundary') return { ...next, line: withBeside({ ...reopened(session.line), writes: [...session.line.writes, ...writes] }, beside) };
  const target = lineAt(session, to);
  const left = new Set(event.rewind.left.map((one) => one.path));
  const back = new Set([...restored, ...merged, ...beside.map(({ path }) => path)].filter((path) => !left.has(path)));
  // What a person took back since is their change, and stays.
  const [known, written, flagged] = [new Set(target.writes), new Set(target.writes.map((write) => write.path)), new Set(target.flags.map((flag) => flag.id))];
  const stays = (write: Write): boolean => left.has(write.path) || (write.ends === true && written.has(write.path));
  const line = {
    ...target, writes: [...target.writes, ...session.line.writes.filter((write) => stays(write) && !known.has(write))],
    beside: [...target.beside, ...notBack(session.line.beside, target.beside, plan, beside)],
    flags: [...target.flags, ...openFlags(session.line).filter((flag) => !back.has(flag.path) && !flagged.has(flag.id))],
  };
  const { end: _end, gate: _gate, owed: _owed, blocker: _blocker, ...open } = onLine(next, line);
  return { ...open, queued: [], attempts: session.attempts + 1, lessons: [...session.lessons, lesson(session)] };
}

/** What a rewind could not bring back beside the files is the session's as before, so that a later one can. */
function notBack(line: readonly BesideChange[], target: readonly BesideChange[], plan: RewindPlan | undefined, done: readonly BesideItem[]): readonly BesideChange[] {
  const [known, back] = [new Set(target), new Set(done.map(({ path }) => path))];
  const open = new Set((plan?.beside ?? []).flatMap(({ path }) => (back.has(path) ? [] : [path])));
  return line.filter((change) => open.has(change.path) && !known.has(change));
}

/** What was to be done is in the plan of the rewind that is over now. */
function conflictsOf({ left }: RewindRecord, plan: RewindPlan | undefined): Pick<DoneRewind, 'conflicts'> {
  const paths = left.filter((one) => one.conflict === true).map((one) => one.path);
  if (plan === undefined || paths.length === 0) return {};
  return { conflicts: paths.map((path) => ({ path, items: plan.rounds.flatMap((round) => round.filter((item) => item.path === path)) })) };
}

/** After a rewind was undone. */
export function undo(session: Session, event: Of<'rewind/undone'>): Session {
  const record = session.rewinds.find((one) => one.id === event.rewind);
  if (record === undefined) throw new Error(`the journal undoes a rewind that was never done: ${event.rewind}`);
  const { line: previous, contractHash, seq: at, tree = event.tree } = session;
  const { line: back, own, writes } = undone(session, record, event);
  const undoing = { at, safety: session.rewinding?.safety ?? tree, tree: event.tree, restored: event.restored, left: event.left, writes: own, writesBefore: session.writes.length, previous, contractHash };
  const rewinds = session.rewinds.map((one) => (one === record ? { ...one, undone: true, undoing } : one));
  const line = reopened(back);
  const next = { ...withoutUndone(session, record), rewinds, writes, undelivered: [...session.undelivered, tellUndo(event)] };
  return record.kind === 'boundary' ? onLine(withoutGates(next), underContract(line, record, session)) : { ...next, line };
}

/** A gate that the line was at asks about a line that is left; the one that work goes back to comes to its own. */
function withoutGates(session: Session): Session {
  const { gate: open, ...rest } = session;
  const [gate, ...queued] = [...(open === undefined ? [] : [open]), ...session.queued].filter(({ kind }) => !gatesOfLine.has(kind));
  return { ...rest, queued, ...(gate === undefined ? {} : { gate }) };
}

const gatesOfLine: ReadonlySet<GateKind> = new Set(['phase', 'repairs', 'budget', 'findings', 'no-progress']);

/** Work that is there again after everything was undone waits for a decision once more. */
function withoutUndone(session: Session, { kind, to }: DoneRewind): Session {
  const { kept, ...rest } = session;
  return kept?.how === 'undone' && kind === 'boundary' && to === 'base' ? rest : session;
}

/** After its undoing was undone. */
export function redo(session: Session, event: Of<'rewind/redone'>): Session {
  const record = session.rewinds.find((one) => one.id === event.rewind);
  if (record?.undoing === undefined) throw new Error(`the journal does a rewind again that was never undone: ${event.rewind}`);
  const { undoing, ...rest } = record;
  const { line, own, writes } = redone(session, record, undoing, event);
  const merged = new Set(event.merged);
  const again: DoneRewind = {
    ...rest, writes: own, writesBefore: session.writes.length, merged: [...merged], restored: event.restored.filter((path) => !merged.has(path)), left: event.left, undone: false,
    safety: session.rewinding?.safety ?? session.tree ?? event.tree, tree: event.tree, previous: session.line, contractHash: session.contractHash, at: session.seq,
  };
  const next = { ...session, rewinds: session.rewinds.map((one) => (one === record ? again : one)), writes, undelivered: [...session.undelivered, tellRedo(event)] };
  return record.kind === 'boundary' ? onLine(withoutGates(next), reopened(underContract(line, undoing, session))) : { ...next, line: reopened(line) };
}

/** What the next attempt is told of this one: facts of the journal, not the model's prose. */
function lesson(session: Session): string {
  const failed = session.line.exit?.conditions.filter((condition) => !condition.holds) ?? [];
  const figures = failed.map((condition) => `${condition.id}: wanted ${condition.wanted}, measured ${condition.measured}`).join('; ');
  const files = someOf([...new Set(session.line.writes.map((write) => write.path))]);
  return `Attempt ${session.line.attempt} was rewound in ${session.line.phase ?? 'its end'}. It had changed: ${files || 'nothing'}.${figures ? ` Not met: ${figures}.` : ''}`;
}
