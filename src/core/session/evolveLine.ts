import type { Write } from './changes.ts';
import type { Entry, SessionEvent } from './events.ts';
import { firstLine, maxReviewRounds, openFlags, phaseAfter } from './line.ts';
import { redoneLine, tellRedo, tellRewind, tellUndo, undoneLine, withBeside } from './undo.ts';
import type { RewindRecord } from './facts.ts';
import type { Boundary, DoneRewind, Finding, Line, Session } from './session.ts';

type Of<T extends SessionEvent['type']> = Extract<SessionEvent, { type: T }>;
type Stamp = Pick<Entry, 'at' | 'active'>;

/** What an event does to the current line of work. */
export function evolveLine(session: Session, event: SessionEvent, stamp: Stamp): Session {
  switch (event.type) {
    case 'boundary/crossed': return cross(session, event, stamp);
    case 'rewind/done': return rewind(session, event);
    case 'rewind/undone': return undo(session, event);
    case 'rewind/redone': return redo(session, event);
    default: {
      const line = evolveWork(session.line, event, session, stamp);
      return line === session.line ? session : { ...session, line };
    }
  }
}

function evolveWork(line: Line, event: SessionEvent, session: Session, stamp: Stamp): Line {
  switch (event.type) {
    case 'phase/started': return { ...reopened(line), phase: event.phase, phaseStarted: true, phaseStartedAt: stamp.active, phaseTurns: 0, repairs: 0, round: event.round, stack: [], reviewed: false };
    case 'conversation/opened': return { ...(event.role === 'main' ? reopened(line) : line), stack: [...line.stack, event.conversation] };
    case 'conversation/closed': return { ...line, stack: line.stack.filter((id) => id !== event.conversation) };
    case 'turn/answered': return { ...line, phaseTurns: line.phaseTurns + 1 };
    case 'changes/written': return { ...reopened(line), writes: [...line.writes, ...event.writes], beside: [...line.beside, ...(event.beside ?? [])] };
    case 'diff/measured': return { ...line, uses: event.uses };
    case 'changes/observed': return reopened(line);
    case 'flag/raised': return { ...reopened(line), flags: [...line.flags, event.flag] };
    case 'flag/settled': return { ...reopened(line), flags: line.flags.map((flag) => (flag.id === event.flag ? { ...flag, outcome: event.how } : flag)) };
    case 'plan/submitted': return { ...reopened(line), plan: event.plan };
    case 'exit/evaluated': return evaluated(line, event);
    case 'oracle/ran': return { ...line, runs: [...line.runs, event.run] };
    case 'decoys/submitted': return submitted(line, event);
    case 'decoy/ran': return { ...line, decoys: line.decoys.map((decoy) => (decoy.name === event.decoy ? { ...decoy, result: event.result, detail: event.detail, ...(event.nearest === undefined ? {} : { nearest: event.nearest }) } : decoy)) };
    case 'oracle/frozen': return { ...line, frozen: event.files };
    case 'gate/answered': return gateAnswered(line, event, session, stamp);
    case 'amendment/decided': return event.approved ? { ...reopened(line), runsFrom: line.runs.length } : line;
    case 'contract/adopted': return { ...line, runsFrom: line.runs.length };
    case 'review/reported': return { ...line, reviewed: true, findings: [...line.findings.map(unsettled), ...event.findings] };
    case 'finding/settled': return { ...line, findings: line.findings.map((finding) => settle(finding, event)) };
    default: return line;
  }
}

/** Numbers are never used again: an approval of one must not be taken for that of another. */
function submitted(line: Line, { decoys }: Of<'decoys/submitted'>): Line {
  const counted = line.decoys.filter((decoy) => decoy.result !== 'void');
  const added = decoys.map((decoy, index) => ({ ...decoy, id: `D-${line.decoysSubmitted + index + 1}` }));
  return { ...line, decoys: [...counted, ...added], decoysSubmitted: line.decoysSubmitted + decoys.length };
}

/** The work changed: what was evaluated and approved before no longer counts. */
function reopened(line: Line): Line {
  const { exit: _, ...rest } = line;
  return { ...rest, gateApproved: false };
}

function evaluated(line: Line, event: Of<'exit/evaluated'>): Line {
  const holds = event.conditions.every((condition) => condition.holds);
  return { ...line, exit: { conditions: event.conditions, tree: event.tree }, gateApproved: false, repairs: line.repairs + (holds ? 0 : 1) };
}

function gateAnswered(line: Line, event: Of<'gate/answered'>, session: Session, stamp: Stamp): Line {
  const kind = session.gate?.kind;
  const { answer } = event;
  if (answer.kind === 'send-back') {
    const { plan: _, ...withoutPlan } = reopened(line);
    const roundsAllowed = kind === 'findings' ? line.round + maxReviewRounds : line.roundsAllowed;
    return { ...(line.phase === 'explore' ? withoutPlan : reopened(line)), ...allowance(stamp), stack: [], roundsAllowed };
  }
  if (answer.kind !== 'approve') return line;
  const accepted = { ...line, waived: [...line.waived, ...(answer.ids ?? [])] };
  if (kind === 'phase') return { ...accepted, gateApproved: true };
  if (kind === 'budget') return { ...accepted, ...allowance(stamp), repairs: line.repairs };
  if (kind === 'repairs' || kind === 'no-progress') return { ...reopened(accepted), ...allowance(stamp), stack: [] };
  return accepted;
}

/** A person lets the phase go on: what it may use before it asks again counts from here, or it would ask at once. */
function allowance(stamp: Stamp): Pick<Line, 'repairs' | 'phaseTurns' | 'phaseStartedAt'> {
  return { repairs: 0, phaseTurns: 0, phaseStartedAt: stamp.active };
}

/** A fresh review puts every finding that is still open to the test again. */
function unsettled(finding: Finding): Finding {
  if (finding.outcome !== 'open' && finding.outcome !== 'confirmed') return finding;
  const { outcome: _, ...rest } = finding;
  return rest;
}

function settle(finding: Finding, event: Of<'finding/settled'>): Finding {
  return finding.id === event.finding ? { ...finding, outcome: event.outcome, detail: event.detail } : finding;
}

function cross(session: Session, event: Of<'boundary/crossed'>, stamp: Stamp): Session {
  const bare: Line = { ...reopened(session.line), phase: phaseAfter(session, event.phase), phaseStarted: false, phaseTurns: 0, repairs: 0, stack: [],
    uses: { phase: { files: 0, lines: 0 }, base: session.line.uses.base } };
  const boundary: Boundary = {
    id: event.boundary, phase: event.phase, tree: event.tree, commit: event.commit, at: stamp.at, active: stamp.active, notCovered: event.notCovered, change: event.change,
    contractHash: session.contractHash,
    ...(event.surface === undefined ? {} : { surface: event.surface }), line: bare,
  };
  return { ...session, line: { ...bare, boundaries: [...bare.boundaries, boundary] } };
}

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

function rewind(session: Session, event: Of<'rewind/done'>): Session {
  const record = { ...event.rewind, ...conflictsOf(session, event.rewind), previous: session.line, contractHash: session.contractHash, at: session.seq, undone: false };
  const told = tellRewind(event);
  const next = { ...session, rewinds: [...session.rewinds, record], undelivered: [...session.undelivered, told] };
  const { kind, to, restored, merged, beside = [] } = event.rewind;
  if (kind !== 'boundary') return { ...next, line: withBeside({ ...reopened(session.line), writes: [...session.line.writes, ...event.rewind.writes] }, beside) };
  const target = lineAt(session, to);
  const left = new Set(event.rewind.left.map((one) => one.path));
  const back = new Set([...restored, ...merged, ...beside.map(({ path }) => path)].filter((path) => !left.has(path)));
  // What a person took back since is their change, and stays.
  const stays = (write: Write): boolean => left.has(write.path) || (write.ends === true && target.writes.some((one) => one.path === write.path));
  const line = {
    ...target, writes: [...target.writes, ...session.line.writes.filter((write) => stays(write) && !target.writes.includes(write))],
    flags: [...target.flags, ...openFlags(session.line).filter((flag) => !back.has(flag.path) && !target.flags.some((one) => one.id === flag.id))],
  };
  const { end: _end, gate: _gate, owed: _owed, blocker: _blocker, ...open } = onLine(next, line);
  return { ...open, queued: [], attempts: session.attempts + 1, lessons: [...session.lessons, lesson(session)] };
}

/** What was to be done is in the plan of the rewind that is over now. */
function conflictsOf({ rewinding }: Session, { id, left }: RewindRecord): Pick<DoneRewind, 'conflicts'> {
  const paths = left.filter((one) => one.conflict === true).map((one) => one.path);
  if (rewinding?.id !== id || paths.length === 0) return {};
  return { conflicts: paths.map((path) => ({ path, items: rewinding.rounds.flatMap((round) => round.filter((item) => item.path === path)) })) };
}

function undo(session: Session, event: Of<'rewind/undone'>): Session {
  const record = session.rewinds.find((one) => one.id === event.rewind);
  if (record === undefined) throw new Error(`the journal undoes a rewind that was never done: ${event.rewind}`);
  const { line: previous, contractHash, seq: at, tree = event.tree } = session;
  const undoing = { at, safety: session.rewinding?.safety ?? tree, tree: event.tree, restored: event.restored, left: event.left, previous, contractHash };
  const rewinds = session.rewinds.map((one) => (one === record ? { ...one, undone: true, undoing } : one));
  const line = reopened(undoneLine(session.line, record, event, session));
  return onLine({ ...withoutUndone(session, record), rewinds, undelivered: [...session.undelivered, tellUndo(event)] }, record.kind === 'boundary' ? underContract(line, record, session) : line);
}

/** Work that is there again after everything was undone waits for a decision once more. */
function withoutUndone(session: Session, { kind, to }: DoneRewind): Session {
  const { kept, ...rest } = session;
  return kept?.how === 'undone' && kind === 'boundary' && to === 'base' ? rest : session;
}

function redo(session: Session, event: Of<'rewind/redone'>): Session {
  const record = session.rewinds.find((one) => one.id === event.rewind);
  if (record?.undoing === undefined) throw new Error(`the journal does a rewind again that was never undone: ${event.rewind}`);
  const { undoing, ...rest } = record;
  const { line, writes } = redoneLine(session.line, record, undoing, event, session);
  const merged = event.merged ?? [];
  const again: DoneRewind = {
    ...rest, writes, merged, restored: event.restored.filter((path) => !merged.includes(path)), left: event.left, undone: false,
    safety: session.rewinding?.safety ?? session.tree ?? event.tree, tree: event.tree, previous: session.line, contractHash: session.contractHash, at: session.seq,
  };
  const next = { ...session, rewinds: session.rewinds.map((one) => (one === record ? again : one)), undelivered: [...session.undelivered, tellRedo(event)] };
  return onLine(next, reopened(record.kind === 'boundary' ? underContract(line, undoing, session) : line));
}

/** What the next attempt is told of this one: facts of the journal, not the model's prose. */
function lesson(session: Session): string {
  const failed = session.line.exit?.conditions.filter((condition) => !condition.holds) ?? [];
  const figures = failed.map((condition) => `${condition.id}: wanted ${condition.wanted}, measured ${condition.measured}`).join('; ');
  const files = [...new Set(session.line.writes.map((write) => write.path))].join(', ');
  return `Attempt ${session.line.attempt} was rewound in ${session.line.phase ?? 'its end'}. It had changed: ${files || 'nothing'}.${figures ? ` Not met: ${figures}.` : ''}`;
}
