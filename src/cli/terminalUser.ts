import type { User } from '../agent/ports.ts';
import type { GateAnswer } from '../core/session/session.ts';
import type { Approvals } from './approvals.ts';
import { answerFrom } from './approvals.ts';

/** A person behind a terminal answers by the options of the command; `first` is given once, before the approvals. */
export function terminalUser(approvals: Approvals, first?: GateAnswer): User {
  let once = first;
  return {
    async answer(gate) {
      const answer = once ?? answerFrom(approvals, gate);
      once = undefined;
      return answer === undefined ? undefined : { answer, by: 'approve-flag' };
    },
    unsaved: () => [],
    takeSaved: () => [],
    diagnostics: async () => undefined,
  };
}
