import { approvedIds } from './approved.ts';
import type { Entry, SessionEvent } from './events.ts';
import { redo, rewind, undo } from './evolveRewind.ts';
import { maxReviewRounds, phaseAfter, reopened } from './line.ts';
import type { Boundary, Finding, Line, Session } from './session.ts';

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
    case 'flags/raised': return { ...reopened(line), flags: [...line.flags, ...event.flags] };
    case 'flags/settled': return { ...reopened(line), flags: settledFlags(line, event) };
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

function settledFlags({ flags }: Line, { settled }: Of<'flags/settled'>): Line['flags'] {
  const outcomes = new Map(settled.map(({ flag, how }) => [flag, how]));
  return flags.map((flag) => {
    const outcome = outcomes.get(flag.id);
    return outcome === undefined ? flag : { ...flag, outcome };
  });
}

/** Numbers are never used again: an approval of one must not be taken for that of another. */
function submitted(line: Line, { decoys }: Of<'decoys/submitted'>): Line {
  const counted = line.decoys.filter((decoy) => decoy.result !== 'void');
  const added = decoys.map((decoy, index) => ({ ...decoy, id: `D-${line.decoysSubmitted + index + 1}` }));
  return { ...line, decoys: [...counted, ...added], decoysSubmitted: line.decoysSubmitted + decoys.length };
}

function evaluated(line: Line, event: Of<'exit/evaluated'>): Line {
  const holds = event.conditions.every((condition) => condition.holds);
  return { ...line, exit: { conditions: event.conditions, tree: event.tree }, gateApproved: false, repairs: line.repairs + (holds ? 0 : 1) };
}

function gateAnswered(line: Line, event: Of<'gate/answered'>, session: Session, stamp: Stamp): Line {
  const { gate } = session;
  const kind = gate?.kind;
  const { answer } = event;
  if (answer.kind === 'send-back') {
    const { plan: _, ...withoutPlan } = reopened(line);
    const roundsAllowed = kind === 'findings' ? line.round + maxReviewRounds : line.roundsAllowed;
    return { ...(line.phase === 'explore' ? withoutPlan : reopened(line)), ...allowance(stamp), stack: [], roundsAllowed };
  }
  if (answer.kind !== 'approve') return line;
  const accepted = { ...line, waived: [...line.waived, ...(gate === undefined ? answer.ids ?? [] : approvedIds(gate, answer))] };
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
