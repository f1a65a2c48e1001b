import type { User } from '../agent/ports.ts';
import type { GateAnswer } from '../core/session/session.ts';
import type { Approvals } from './approvals.ts';
import { answerFrom, namesOf } from './approvals.ts';

/** A person behind a terminal answers by the options of the command; `first` is given once, before the approvals. */
export function terminalUser(approvals: Approvals, first?: GateAnswer): User {
  let once = first;
  let left = approvals;
  return {
    async answer(gate) {
      const answer = once ?? answerFrom(left, gate);
      once = undefined;
      // An id opens one gate: the same thing in the way again is a new question.
      const own = namesOf(gate);
      if (gate.kind !== 'phase') left = { ...left, names: left.names.filter((name) => !own.has(name)) };
      return answer === undefined ? undefined : { answer, by: 'approve-flag' };
    },
    unsaved: () => [],
    takeSaved: () => [],
    diagnostics: async () => undefined,
  };
}
