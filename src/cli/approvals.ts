import type { Gate, GateAnswer } from '../core/session/session.ts';
import { phaseNames } from '../core/contract/contract.ts';
import { answerProblem } from '../agent/gates.ts';

/** What `--approve` says: `all` phase gates, gates by their phase, or anything open by its id. */
export interface Approvals {
  readonly all: boolean;
  readonly names: readonly string[];
}

export function parseApprovals(values: readonly string[]): Approvals {
  const names = values.flatMap((value) => value.split(',')).map((name) => name.trim()).filter((name) => name !== '');
  return { all: names.includes('all'), names: names.filter((name) => name !== 'all') };
}

/**
 * The answer that the command line gives to a gate, or undefined: then the session waits. `all` opens phase gates only; an
 * amendment, a flag, a finding or a decoy that survived wants its id, and the name of a phase is no id.
 */
export function answerFrom(approvals: Approvals, gate: Gate): GateAnswer | undefined {
  const ids = approvals.names.filter((name) => !(phaseNames as readonly string[]).includes(name));
  const own = namesOf(gate);
  const named = gate.kind === 'phase' ? approvals.all || approvals.names.includes(gate.phase) || ids.includes(gate.id) : ids.some((id) => own.has(id));
  const answer: GateAnswer = { kind: 'approve', ids };
  return named && answerProblem(gate, answer) === undefined ? answer : undefined;
}

/** The ids that a gate is answered by: its own, and those of what is open at it. */
export const namesOf = ({ id, blocking }: Gate): ReadonlySet<string> => new Set([id, ...blocking]);
