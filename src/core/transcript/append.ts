import type { AssistantBlock, Message, ToolUse, UserBlock } from './message.ts';
import { wellFormed } from './wellFormed.ts';

/*
 * Everything is made fit for the API once, when it is appended, and never touched again: the next request begins with the bytes of
 * this one, and a thinking block is only valid behind the bytes that it was written behind.
 */

/** What a tool said, as the model is told it. */
export interface CallResult {
  readonly call: string;
  readonly text: string;
  readonly error: boolean;
}

/** The text of a tool result. Empty output is named as such: on an empty result models tend to end their turn without a word. */
export function normaliseToolResult(tool: string, text: string): string {
  return text.trim() === '' ? `(${tool} completed with no output)` : wellFormed(text);
}

/** A user turn of one text block per text; blank texts are left out. Throws if nothing is left. */
export function userTurn(...texts: readonly string[]): Message {
  const content = texts.filter((text) => text.trim() !== '').map((text): UserBlock => ({ type: 'text', text: wellFormed(text) }));
  if (content.length === 0) throw new Error('a user turn needs text');
  return { role: 'user', content };
}

const goOn = 'Please continue.';

/** A turn of its own after answers without content, also behind a user turn: the API joins the two. */
export function continueTurn(): Message {
  return userTurn(goOn);
}

export function isContinueTurn(message: Message | undefined): boolean {
  const [block, ...more] = message?.role === 'user' ? message.content : [];
  return block?.type === 'text' && block.text === goOn && more.length === 0;
}

/**
 * The user turn that answers `calls`, all of them, in their order, whatever the order of `results`. A `note` is added to the text of
 * the last result, because free text after results makes models end their turn. Throws unless each call has exactly one result.
 */
export function resultsTurn(calls: readonly ToolUse[], results: readonly CallResult[], note?: string): Message {
  if (calls.length === 0) throw new Error('there is no call to answer');
  const stray = results.find((result) => !calls.some((call) => call.id === result.call));
  if (stray !== undefined) throw new Error(`a result answers the call ${stray.call}, which is not in this turn`);
  const last = calls.length - 1;
  return { role: 'user', content: calls.map((call, index) => resultBlock(call, results, index === last ? note : undefined)) };
}

function resultBlock(call: ToolUse, results: readonly CallResult[], note: string | undefined): UserBlock {
  const [result, second] = results.filter((one) => one.call === call.id);
  if (result === undefined || second !== undefined) throw new Error(`the call ${call.id} needs exactly one result`);
  const text = normaliseToolResult(call.name, result.text);
  const content = note === undefined || note.trim() === '' ? text : `${text}\n\n${wellFormed(note)}`;
  return { type: 'tool_result', tool_use_id: call.id, content, ...(result.error ? { is_error: true } : {}) };
}

/** An answer as it may be stored: without blank text blocks, which the API sends but does not take back. Signed blocks stay as they are. */
export function cleanContent(content: readonly AssistantBlock[]): readonly AssistantBlock[] {
  return content
    .filter((block) => block.type !== 'text' || block.text.trim() !== '')
    .map((block) => (block.type === 'text' ? { type: 'text', text: wellFormed(block.text) } : block));
}
