import type { PhaseName } from '../contract/contract.ts';
import { isContinueTurn } from '../transcript/append.ts';
import type { ToolUse } from '../transcript/message.ts';
import { fellSilent, isPhaseMet, maxIdle, noOpenFlag, openConversation, openFindings, openFlags } from './line.ts';
import type { AnsweredGate, Conversation, GateKind, Role, Session, SessionEnd } from './session.ts';
import { someOf } from './someOf.ts';
import { count } from './view/figures.ts';

/** What Bounded does next. Computed from the session alone, so that a resumed session goes on where the journal ends. */
export type Step =
  | { readonly do: 'done' }
  | { readonly do: 'take-base' }
  | { readonly do: 'ask' }
  /** The process died in a rewind. */
  | { readonly do: 'finish-rewind' }
  /** A person has answered a gate, and what they decided has not been carried out to its end. */
  | { readonly do: 'carry-out'; readonly decided: AnsweredGate }
  | { readonly do: 'pause'; readonly reason: string }
  | { readonly do: 'open-gate'; readonly kind: GateKind; readonly question: string; readonly blocking: readonly string[] }
  | { readonly do: 'start-phase'; readonly phase: PhaseName; readonly round: number }
  | { readonly do: 'open-conversation'; readonly role: Role; readonly parentCall?: string }
  | { readonly do: 'close-conversation'; readonly conversation: Conversation; readonly why: string }
  | { readonly do: 'turn'; readonly conversation: Conversation }
  | { readonly do: 'remind'; readonly conversation: Conversation }
  /** The answers are empty: a fresh user turn asks the model to go on. */
  | { readonly do: 'nudge'; readonly conversation: Conversation }
  | { readonly do: 'call'; readonly conversation: Conversation; readonly call: ToolUse }
  /** A call that was recorded as running: its child conversation is over, or the process died in it. */
  | { readonly do: 'return-call'; readonly conversation: Conversation; readonly call: ToolUse; readonly child?: Conversation }
  | { readonly do: 'send-results'; readonly conversation: Conversation }
  | { readonly do: 'evaluate' }
  | { readonly do: 'settle-findings' }
  | { readonly do: 'cross' }
  | { readonly do: 'finish'; readonly end: SessionEnd; readonly detail: string };

/** Turns in a row with nothing but refusals before a person decides. */
export const maxRefusedTurns = 3;
/** Answers in a row that hold nothing that can be used: the first is asked for again, the second asked to go on, the third pauses. */
const maxEmpty = 3;
const maxTruncated = 2;
const helperTurns = 12;

export function nextStep(session: Session): Step {
  if (session.rewinding !== undefined) return { do: 'finish-rewind' };
  if (session.end !== undefined) return { do: 'done' };
  if (session.owed !== undefined) return { do: 'carry-out', decided: session.owed };
  if (session.base === undefined) return { do: 'take-base' };
  if (session.gate !== undefined) return { do: 'ask' };
  if (session.budgetReached !== undefined) return { do: 'finish', end: 'budget', detail: session.budgetReached.detail };
  const { line } = session;
  if (line.phase === undefined) return { do: 'finish', end: 'completed', detail: 'every phase is done' };
  if (!line.phaseStarted) return { do: 'start-phase', phase: line.phase, round: line.round };
  const conversation = openConversation(session);
  return conversation === undefined ? betweenConversations(session, line.phase) : inConversation(session, conversation);
}

/** A call that was recorded, has no answer, and waits for no other conversation: where nobody works at it, the process died in it. */
export function callWithoutAnswer(session: Session): { readonly conversation: Conversation; readonly call: ToolUse } | undefined {
  const conversation = openConversation(session);
  const call = conversation?.pending.find((one) => one.id === conversation.running);
  if (conversation === undefined || call === undefined || session.end !== undefined) return undefined;
  return Object.values(session.conversations).some((one) => one.parentCall === call.id) ? undefined : { conversation, call };
}

function inConversation(session: Session, conversation: Conversation): Step {
  const call = conversation.pending[0];
  if (call !== undefined) return conversation.running === call.id ? returnCall(session, conversation, call) : { do: 'call', conversation, call };
  const gate = gateWithin(session, conversation);
  if (conversation.results.length > 0) {
    if (session.line.exit?.conditions.every((condition) => condition.holds) === true && conversation.role === 'main') return close(conversation, 'the phase is over');
    return gate ?? { do: 'send-results', conversation };
  }
  if (gate !== undefined) return gate;
  return conversation.messages.at(-1)?.role === 'user' ? ask(conversation) : afterSilence(session, conversation);
}

/** The request, once more after an empty answer; then with a fresh turn that asks to go on; then not any more. */
function ask(conversation: Conversation): Step {
  if (conversation.empty >= maxEmpty) return { do: 'pause', reason: 'the answers of the model hold nothing that can be used' };
  return conversation.empty === maxEmpty - 1 && !isContinueTurn(conversation.messages.at(-1)) ? { do: 'nudge', conversation } : { do: 'turn', conversation };
}

function returnCall(session: Session, conversation: Conversation, call: ToolUse): Step {
  const child = Object.values(session.conversations).findLast((one) => one.parentCall === call.id);
  return { do: 'return-call', conversation, call, ...(child === undefined ? {} : { child }) };
}

/** The answer had no tool call: a helper is done; everybody else is reminded once. */
function afterSilence(session: Session, conversation: Conversation): Step {
  if (conversation.role === 'helper') return close(conversation, 'answered');
  if (conversation.lastStop === 'pause_turn') return { do: 'turn', conversation };
  if (conversation.idle < maxIdle) return { do: 'remind', conversation };
  if (conversation.role === 'main') return session.line.exit === undefined ? { do: 'evaluate' } : close(conversation, 'the model stopped calling tools');
  return close(conversation, 'the model stopped calling tools');
}

function gateWithin(session: Session, conversation: Conversation): Step | undefined {
  const { line, contract } = session;
  if (conversation.role === 'helper') return conversation.turns >= helperTurns ? close(conversation, 'the helper used its turns') : undefined;
  const asked = askedByModel(session);
  if (asked !== undefined) return asked;
  if (conversation.role === 'main' && line.phase === 'explore' && line.plan === undefined) {
    if (line.phaseTurns >= contract.budget.explore.turns) return gate('budget', `explore has used its ${contract.budget.explore.turns} turns and there is no plan. Go on?`, ['explore-turns']);
    if (session.active - line.phaseStartedAt >= contract.budget.explore.timeMs) return gate('budget', 'explore has used its time and there is no plan. Go on?', ['explore-time']);
  }
  if (line.repairs > contract.budget.repairs) {
    const open = openFlags(line).map((flag) => flag.id);
    return gate('repairs', `${line.phase} was not met after ${line.repairs} attempts to end it. Go on?${open.length === 0 ? '' : ` Flags that are open: ${open.length}.`}`, ['repairs', ...open]);
  }
  if (conversation.refusedTurns >= maxRefusedTurns) return gate('no-progress', `${conversation.refusedTurns} turns in a row held nothing but refused calls. Go on?`, ['refusals']);
  if (conversation.truncated > maxTruncated) return gate('no-progress', 'The answers of the model are cut by the token limit. Try again?', ['truncated-answers']);
  return undefined;
}

/** A blocker or an amendment waits for a person before anything else goes on. */
function askedByModel(session: Session): Step | undefined {
  if (session.blocker !== undefined) return gate('blocker', `The model is blocked: ${session.blocker.what}`, ['blocker']);
  const amendment = session.amendments.find((one) => one.decided === undefined);
  if (amendment !== undefined) return gate('amendment', `Shall the contract be amended? ${amendment.why}`, [amendment.id]);
  return undefined;
}

function betweenConversations(session: Session, phase: PhaseName): Step {
  const { line } = session;
  const asked = askedByModel(session);
  if (asked !== undefined) return asked;
  if (phase === 'review') {
    if (!line.reviewed) return reviewerStep(session);
    if (line.findings.some((finding) => finding.outcome === undefined)) return { do: 'settle-findings' };
    if (openFindings(line).length > 0) return answerFindings(session);
    if (line.exit === undefined && session.undelivered.length > 0) return { do: 'start-phase', phase: fixingPhase(session), round: line.round + 1 };
  }
  if (line.exit === undefined || isStale(session)) {
    const waiting = session.undelivered.length > 0 || line.phaseTurns === 0;
    return waiting && phase !== 'baseline' && phase !== 'review' ? { do: 'open-conversation', role: 'main' } : { do: 'evaluate' };
  }
  return afterEvaluation(session, phase);
}

/**
 * The conditions held for a tree that is not there any more: the work tree changed while they were measured. They are
 * measured again before anybody is asked and before a boundary is crossed.
 */
function isStale(session: Session): boolean {
  const holds = session.line.exit?.conditions.every((condition) => condition.holds) ?? false;
  return holds && !isPhaseMet(session);
}

function reviewerStep(session: Session): Step {
  if (session.line.phaseTurns > 0) return gate('no-progress', 'The reviewer ended without a report. Try again?', ['no-report']);
  return { do: 'open-conversation', role: 'reviewer' };
}

function answerFindings(session: Session): Step {
  const { line } = session;
  const open = openFindings(line);
  if (line.round < line.roundsAllowed) return { do: 'start-phase', phase: fixingPhase(session), round: line.round + 1 };
  return gate('findings', `${open.length === 1 ? '1 finding is' : `${open.length} findings are`} open after ${count(line.round, 'round')}. Accept ${open.length === 1 ? 'it' : 'them'}?`, open.map((finding) => finding.id));
}

/** The phase that a finding or a late note reopens. */
function fixingPhase(session: Session): PhaseName {
  return session.contract.phases.includes('production-shape') ? 'production-shape' : 'minimal-hook';
}

function afterEvaluation(session: Session, phase: PhaseName): Step {
  const { line, contract } = session;
  const failed = line.exit?.conditions.filter((condition) => !condition.holds) ?? [];
  if (failed.length > 0) {
    if (phase !== 'baseline' && phase !== 'review' && line.repairs <= contract.budget.repairs && !fellSilent(session)) return { do: 'open-conversation', role: 'main' };
    const open = failed.some((one) => one.id === noOpenFlag) ? openFlags(line) : [];
    const others = failed.filter((one) => one.id !== noOpenFlag);
    const names = [...others.map((one) => one.id), ...(open.length > 3 ? [`${open.length} open flags`] : open.map((flag) => flag.path))];
    return gate('no-progress', `${phase} is not met and no conversation goes on: ${someOf(names)}`, [...others.map((one) => one.waivable ?? one.id), ...open.map((flag) => flag.id)]);
  }
  if (contract.gates[phase] === 'auto' || phase === 'baseline' || line.gateApproved) return { do: 'cross' };
  return gate('phase', gateQuestions[phase], []);
}

/** The one question of each gate; the evidence beside it answers it. */
export const gateQuestions: Readonly<Record<PhaseName, string>> = {
  'explore': 'Does the plan understand the real path, and is the integration point the smallest?',
  'baseline': 'Is this the state that the work starts from?',
  'oracle-only': 'Would this oracle catch a subtly wrong result?',
  'minimal-hook': 'Is normal behaviour preserved?',
  'production-shape': 'Did the clean-up shrink the surface or widen it?',
  'review': 'Are the findings about correctness, and is each one answered?',
};

function gate(kind: GateKind, question: string, blocking: readonly string[]): Step {
  return { do: 'open-gate', kind, question, blocking };
}

function close(conversation: Conversation, why: string): Step {
  return { do: 'close-conversation', conversation, why };
}
