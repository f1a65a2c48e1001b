import { continueTurn, resultsTurn, userTurn } from '../core/transcript/append.ts';
import type { Conversation, Role } from '../core/session/session.ts';
import { openingTurn } from './prompts/opening.ts';
import { decoysTurn } from './prompts/decoys.ts';
import { reviewTurn } from './prompts/review.ts';
import type { Run } from './run.ts';

const reminder = 'You ended your turn without a tool call. If the work of this phase is done, call complete_phase (in explore: submit_plan; in a review: report_findings). If you cannot go on, call report_blocker. Otherwise continue.';

/** Opens a conversation with its first user turn. A phase is one conversation; helpers, decoys and reviews have their own. */
export async function openConversation(run: Run, role: Role, firstTurn: string, parentCall?: string): Promise<string> {
  const conversation = run.ports.clock.id();
  const { model } = run.recorder.session.contract;
  const name = role === 'reviewer' ? model.reviewer : role === 'helper' ? model.fast : model.main;
  await run.recorder.record({ type: 'conversation/opened', conversation, role, model: name, ...(parentCall === undefined ? {} : { parentCall }) });
  await run.recorder.record({ type: 'message/appended', conversation, message: userTurn(firstTurn) });
  return conversation;
}

/** Opens the conversation that the running phase needs next. */
export async function openPhaseConversation(run: Run, role: Role): Promise<void> {
  const text = role === 'reviewer' ? await reviewTurn(run) : role === 'decoys' ? await decoysTurn(run) : await openingTurn(run);
  await openConversation(run, role, text);
}

/** The answers to all calls of the last turn, in the order of the calls; what the user wrote meanwhile stands in the last one. */
export async function sendResults(run: Run, conversation: Conversation): Promise<void> {
  const { session } = run.recorder;
  const news = conversation.role === 'main' ? session.undelivered : [];
  const calls = conversation.messages.at(-1)?.content.filter((block) => block.type === 'tool_use') ?? [];
  const message = resultsTurn(calls, conversation.results, news.join('\n'));
  await run.recorder.record({ type: 'message/appended', conversation: conversation.id, message });
}

/** The text that a helper's conversation ended with. */
export function finalText(conversation: Conversation): string {
  const last = conversation.messages.findLast((message) => message.role === 'assistant');
  return last?.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n').trim() ?? '';
}

/** Asks a model that answers without content to go on. */
export async function nudge(run: Run, conversation: Conversation): Promise<void> {
  await run.recorder.record({ type: 'message/appended', conversation: conversation.id, message: continueTurn() });
}

/** Tells a model that stopped calling tools what ends the phase, and what the user wrote meanwhile. */
export async function remind(run: Run, conversation: Conversation): Promise<void> {
  const news = conversation.role === 'main' ? run.recorder.session.undelivered : [];
  await run.recorder.record({ type: 'message/appended', conversation: conversation.id, message: userTurn([reminder, ...news].join('\n')) });
}
