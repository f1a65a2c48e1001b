import { randomBytes } from 'node:crypto';
import type { InputUsage } from './cache.ts';
import { tokensOf } from './cache.ts';
import type { ReplyBlock } from './request.ts';

/** One event of the stream, as it is written to the wire. */
export interface StreamEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Characters of one delta: prose appears as if it were written, the input of a tool faster. */
const pieceLength = { thinking: 60, text: 24, input: 160 };

/** The events of an answer in the order of the API, from `message_start` to `message_stop`. */
export function* eventsOf(model: string, content: readonly ReplyBlock[], usage: InputUsage): Generator<StreamEvent> {
  const output_tokens = tokensOf(Buffer.byteLength(JSON.stringify(content)));
  const message = { id: `msg_${randomBytes(12).toString('hex')}`, type: 'message', role: 'assistant', model, content: [], stop_reason: null, stop_sequence: null };
  yield { type: 'message_start', message: { ...message, usage: { ...usage, output_tokens: 1, service_tier: 'standard' } } };
  yield { type: 'ping' };
  for (const [index, block] of content.entries()) yield* blockEvents(index, block);
  const stop_reason = content.some((block) => block.type === 'tool_use') ? 'tool_use' : 'end_turn';
  yield { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: { ...usage, output_tokens } };
  yield { type: 'message_stop' };
}

function* blockEvents(index: number, block: ReplyBlock): Generator<StreamEvent> {
  yield { type: 'content_block_start', index, content_block: emptied(block) };
  for (const delta of deltasOf(block)) yield { type: 'content_block_delta', index, delta };
  yield { type: 'content_block_stop', index };
}

function emptied(block: ReplyBlock): ReplyBlock {
  switch (block.type) {
    case 'thinking': return { ...block, thinking: '', signature: '' };
    case 'text': return { ...block, text: '' };
    case 'tool_use': return { ...block, input: {} };
  }
}

function deltasOf(block: ReplyBlock): readonly object[] {
  switch (block.type) {
    case 'thinking': return [...pieces(block.thinking, pieceLength.thinking).map((thinking) => ({ type: 'thinking_delta', thinking })), { type: 'signature_delta', signature: block.signature }];
    case 'text': return pieces(block.text, pieceLength.text).map((text) => ({ type: 'text_delta', text }));
    case 'tool_use': return pieces(JSON.stringify(block.input), pieceLength.input).map((partial_json) => ({ type: 'input_json_delta', partial_json }));
  }
}

/** Pieces of at most `length` characters; a character of two code units stays whole. */
function pieces(text: string, length: number): readonly string[] {
  const characters = Array.from(text);
  return Array.from({ length: Math.ceil(characters.length / length) }, (_, index) => characters.slice(index * length, (index + 1) * length).join(''));
}
