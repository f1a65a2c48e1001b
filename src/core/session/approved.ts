import type { Gate, GateAnswer } from './session.ts';

/**
 * Whether a gate is approved as a whole: by its own id, which stands for everything that it names. A gate never comes to name more than it did when it
 * opened, and whoever knows its id was told how much that is.
 */
export function isWhole(gate: Pick<Gate, 'id'>, answer: GateAnswer): boolean {
  return answer.kind === 'approve' && answer.ids?.includes(gate.id) === true;
}

/** All that an answer approves by name, of the gate and beyond. */
export function approvedIds(gate: Pick<Gate, 'id' | 'blocking'>, answer: GateAnswer): readonly string[] {
  if (answer.kind !== 'approve') return [];
  return [...(isWhole(gate, answer) ? gate.blocking : []), ...(answer.ids ?? [])];
}
