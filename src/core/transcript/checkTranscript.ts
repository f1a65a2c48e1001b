import { isContinueTurn } from './append.ts';
import type { Message, ToolUse } from './message.ts';

/**
 * Throws where a request with these messages would break a rule of the API or our own stricter ones, naming rule and place.
 * Called before every request, so that a fault of ours is found here and not in a refused request hours later.
 */
export function checkTranscript(messages: readonly Message[]): void {
  checkRoles(messages);
  const ids = new Set<string>();
  messages.forEach((message, index) => {
    if (message.content.length === 0) broken(index, `the ${message.role} turn is empty`);
    checkText(message, index);
    if (message.role === 'user') checkUserTurn(message, callsOf(messages[index - 1]), index);
    else checkCalls(message, ids, index);
  });
}

function checkRoles(messages: readonly Message[]): void {
  if (messages[0]?.role !== 'user') broken(0, 'the first turn is the user\'s');
  messages.forEach((message, index) => {
    const before = messages[index - 1];
    if (message.role === before?.role && !(isContinueTurn(message) && !isContinueTurn(before))) broken(index, 'the roles alternate');
  });
  const last = messages.at(-1);
  if (last?.role === 'assistant' && !isPaused(last)) broken(messages.length - 1, 'the last turn is the user\'s');
}

/** A turn that the server paused in the middle of its own tools is sent back as it is; its blocks are of kinds that we do not use. */
function isPaused(message: Message & { readonly role: 'assistant' }): boolean {
  return callsOf(message).length === 0 && message.content.some((block) => !['text', 'thinking', 'redacted_thinking', 'tool_use'].includes(block.type));
}

function checkText(message: Message, index: number): void {
  message.content.forEach((block, at) => {
    if (block.type === 'text' && block.text.trim() === '') broken(index, `content.${at}: a text block has text`);
    if (block.type === 'tool_result' && block.content.trim() === '') broken(index, `content.${at}: a tool result has text`);
  });
}

/** Results answer the calls of the turn before, each once, and nothing else stands in a turn with results. */
function checkUserTurn(message: Message & { readonly role: 'user' }, calls: readonly ToolUse[], index: number): void {
  const open = new Set(calls.map((call) => call.id));
  const results = message.content.filter((block) => block.type === 'tool_result');
  for (const result of results) {
    if (!open.delete(result.tool_use_id)) broken(index, `the result for ${result.tool_use_id} answers exactly one call of the turn before`);
  }
  const [missing] = open;
  if (missing !== undefined) broken(index, `the call ${missing} has a result`);
  if (results.length > 0 && results.length < message.content.length) broken(index, 'a turn with tool results has no free text');
}

function checkCalls(message: Message, ids: Set<string>, index: number): void {
  for (const { id } of callsOf(message)) {
    if (ids.has(id)) broken(index, `the call id ${id} is used once`);
    ids.add(id);
  }
}

function callsOf(message: Message | undefined): readonly ToolUse[] {
  return message?.role === 'assistant' ? message.content.filter((block) => block.type === 'tool_use') : [];
}

function broken(index: number, rule: string): never {
  throw new Error(`messages.${index} breaks the rule: ${rule}`);
}
