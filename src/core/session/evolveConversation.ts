import type { AssistantBlock, Message, StopReason, ToolUse } from '../transcript/message.ts';
import { cleanContent, isContinueTurn } from '../transcript/append.ts';
import { stripSignatures } from '../transcript/stripSignatures.ts';
import type { SessionEvent } from './events.ts';
import type { CallRecord, Conversation, Session } from './session.ts';

type Of<T extends SessionEvent['type']> = Extract<SessionEvent, { type: T }>;

/** What an event does to conversations and to the list of calls. */
export function evolveConversation(session: Session, event: SessionEvent): Session {
  switch (event.type) {
    case 'session/paused': return { ...session, conversations: Object.fromEntries(Object.entries(session.conversations).map(([id, one]) => [id, one.empty === 0 ? one : { ...one, empty: 0 }])) };
    case 'conversation/opened': return put(session, opened(session, event));
    case 'conversation/closed': return change(session, event.conversation, (conversation) => ({ ...conversation, closed: true }));
    case 'message/appended': return change(delivered(session, event), event.conversation, (conversation) => appendUser(conversation, event.message));
    case 'turn/answered': return change(session, event.conversation, (conversation) => answered(conversation, event));
    case 'signatures/stripped': return change(session, event.conversation, (conversation) => ({ ...conversation, messages: stripSignatures(conversation.messages) ?? conversation.messages }));
    case 'tool/called': return called(session, event);
    case 'tool/answered': return toolAnswered(session, event);
    default: return session;
  }
}

/**
 * An answer becomes part of the transcript only if it is whole: it has content, it was not cut, and its calls may run.
 * Calls run only after `tool_use`; a message that holds calls and stopped for another reason is dropped.
 */
export function isAppended(content: readonly AssistantBlock[], stop: StopReason): boolean {
  const calls = content.some((block) => block.type === 'tool_use');
  const says = content.some((block) => block.type === 'text' && block.text.trim() !== '');
  if (stop === 'tool_use') return calls;
  if (stop === 'pause_turn') return content.length > 0 && !calls;
  return (stop === 'end_turn' || stop === 'stop_sequence') && says && !calls;
}

function opened(session: Session, event: Of<'conversation/opened'>): Conversation {
  const { phase, attempt } = session.line;
  if (phase === undefined) throw new Error('a conversation was opened outside of a phase');
  return {
    id: event.conversation, role: event.role, model: event.model, phase, attempt, messages: [], pending: [], badCalls: [], results: [], turns: 0,
    idle: 0, empty: 0, truncated: 0, refusedTurns: 0, closed: false, interrupted: false, ...(event.parentCall === undefined ? {} : { parentCall: event.parentCall }),
  };
}

function answered(conversation: Conversation, event: Of<'turn/answered'>): Conversation {
  const counted = { ...conversation, turns: conversation.turns + 1, lastStop: event.stop };
  if (event.stop === 'max_tokens' || event.stop === 'model_context_window_exceeded') return { ...counted, truncated: counted.truncated + 1 };
  if (!isAppended(event.content, event.stop)) return { ...counted, empty: counted.empty + 1 };
  const pending = event.content.filter((block): block is ToolUse => block.type === 'tool_use');
  return {
    ...counted, messages: [...counted.messages, { role: 'assistant', content: cleanContent(event.content) }], pending, badCalls: event.badCalls,
    empty: 0, truncated: 0, idle: pending.length > 0 ? 0 : counted.idle + 1,
  };
}

function appendUser(conversation: Conversation, message: Message): Conversation {
  const refused = conversation.results.length > 0 && conversation.results.every((result) => result.refused);
  return {
    ...conversation, messages: [...conversation.messages, message], results: [],
    refusedTurns: refused ? conversation.refusedTurns + 1 : conversation.results.length > 0 ? 0 : conversation.refusedTurns,
  };
}

/** Notes travel in the next user turn of the main conversation. */
function delivered(session: Session, event: Of<'message/appended'>): Session {
  return session.conversations[event.conversation]?.role === 'main' && !isContinueTurn(event.message) ? { ...session, undelivered: [] } : session;
}

function called(session: Session, event: Of<'tool/called'>): Session {
  const conversation = session.conversations[event.conversation];
  const record: CallRecord = {
    call: event.call, tool: event.tool, title: event.title, turn: session.spent.turns, phase: session.line.phase, role: conversation?.role ?? 'main',
  };
  return change({ ...session, calls: [...session.calls, record] }, event.conversation, (one) => ({ ...one, running: event.call }));
}

function toolAnswered(session: Session, event: Of<'tool/answered'>): Session {
  const outcome = {
    outcome: event.outcome, ms: event.ms, ...(event.reason === undefined ? {} : { reason: event.reason }),
    ...(event.summary === undefined ? {} : { summary: event.summary }),
  };
  const calls = session.calls.map((record) => (record.call === event.call ? { ...record, ...outcome } : record));
  return change({ ...session, calls }, event.conversation, (conversation) => {
    const { running: _, ...rest } = conversation;
    return {
      ...rest, interrupted: conversation.interrupted || event.outcome === 'interrupted', pending: conversation.pending.filter((call) => call.id !== event.call),
      results: [...conversation.results, { call: event.call, text: event.text, error: event.outcome !== 'done', refused: event.outcome === 'refused' }],
    };
  });
}

function put(session: Session, conversation: Conversation): Session {
  return { ...session, conversations: { ...session.conversations, [conversation.id]: conversation } };
}

function change(session: Session, id: string, how: (conversation: Conversation) => Conversation): Session {
  const conversation = session.conversations[id];
  if (conversation === undefined) throw new Error(`the journal names a conversation that was never opened: ${id}`);
  return put(session, how(conversation));
}
