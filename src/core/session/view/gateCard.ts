import type { PhaseName } from '../../contract/contract.ts';
import { openFlags } from '../line.ts';
import type { Gate, GateKind, Session } from '../session.ts';
import type { Card } from '../view.ts';
import { listedFlags, rewindAll } from './flagCard.ts';
import { gateFacts } from './gateFacts.ts';

type Approval = Pick<Card['actions'][number], 'label' | 'title'>;

/** One question, the facts that answer it, one decision. An approval is for the gate as a whole. */
export function gateCard(session: Session, gate: Gate): Card {
  const approval = gate.kind === 'phase' ? phaseApprovals[gate.phase] : approvals[gate.kind];
  const listed = listedFlags(session);
  const stays = gate.kind !== 'stray' && asksAboutFlags(session, gate) ? '; what is flagged stays as it is' : '';
  return {
    kind: 'gate', attention: gate.kind !== 'phase' || listed.flags.some((flag) => flag.outcome === undefined), question: gate.kind === 'blocker' ? 'The model is blocked' : gate.question, facts: gateFacts(session, gate), ...listed,
    actions: [
      { ...approval, title: `${approval.title}${stays}`, intention: { type: 'approve', gate: gate.id, ids: [gate.id] } },
      { label: gate.kind === 'amendment' ? 'Reject…' : 'Send back…', title: 'With a note to the model; the phase goes on', intention: { type: 'send-back', gate: gate.id } },
      ...rewindAll(session),
    ],
  };
}

function asksAboutFlags({ line }: Session, { blocking }: Gate): boolean {
  const named = new Set(blocking);
  return openFlags(line).some((flag) => named.has(flag.id));
}

const phaseApprovals: Readonly<Record<PhaseName, Approval>> = {
  'explore': { label: 'Approve and lock', title: 'Locks the contract and its thresholds by their hash' },
  'baseline': { label: 'Approve', title: 'The work starts from this state' },
  'oracle-only': { label: 'Freeze the oracle', title: "Freezes the bytes of the oracle's files and begins the work" },
  'minimal-hook': { label: 'Approve', title: 'Takes the checkpoint of this boundary and goes on' },
  'production-shape': { label: 'Approve', title: 'Takes the checkpoint of this boundary and goes on to the review' },
  'review': { label: 'Approve', title: 'Ends the session with its verdict' },
};

const approvals: Readonly<Record<Exclude<GateKind, 'phase'>, Approval>> = {
  'repairs': { label: 'Try again', title: 'Gives the phase its repair rounds again' },
  'budget': { label: 'Go on', title: 'Gives the phase its turns and its time again; the budget of the session stays' },
  'stray': { label: 'Leave it so', title: 'The change stays and is settled as left' },
  'amendment': { label: 'Amend the contract', title: 'Writes the change to the contract and locks it anew' },
  'findings': { label: 'Accept the findings', title: 'They stay open in the evidence as accepted by you' },
  'head-moved': { label: 'Go on from here', title: 'The work tree as it is now is measured again' },
  'blocker': { label: 'Go on', title: 'The model goes on; a note to it says more' },
  'no-progress': { label: 'Try again', title: 'The phase goes on in a new conversation' },
  'unsandboxed': { label: 'Run without a sandbox', title: 'Commands and checks have your full rights in this session' },
  'tampered': { label: 'Go on', title: 'What was changed stays and is named in the evidence' },
};
