import type { ApiBlock } from './body.ts';
import type { InputUsage } from './cacheAccount.ts';
import type { Turn } from './replies.ts';

/** One server-sent event. `raw` replaces the JSON of its data. */
export interface SseEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly raw?: string;
}

/** The events of an answer. `blocks` are its blocks as a client has to store them, `input` what the request is charged. */
export function eventsOf(turn: Turn, blocks: readonly ApiBlock[], model: string, id: string, input: InputUsage): readonly SseEvent[] {
  const output = Math.ceil(JSON.stringify(blocks).length / 4);
  return [
    event('message_start', {
      message: {
        id, type: 'message', role: 'assistant', model: turn.model ?? model, content: [], stop_reason: null, stop_sequence: null, usage: { ...input, output_tokens: 1 },
      },
    }),
    event('ping', {}),
    ...blocks.flatMap((block, index) => blockEvents(turn, block, index)),
    event('message_delta', {
      delta: { stop_reason: turn.stop, stop_sequence: null, ...(turn.stopDetails === undefined ? {} : { stop_details: turn.stopDetails }) },
      usage: { ...input, output_tokens: output },
    }),
    event('message_stop', {}),
  ];
}

function blockEvents(turn: Turn, block: ApiBlock, index: number): readonly SseEvent[] {
  const { start, deltas } = shapeOf(turn, block, index);
  return [
    event('content_block_start', { index, content_block: start }),
    ...deltas.map((delta) => event('content_block_delta', { index, delta })),
    event('content_block_stop', { index }),
  ];
}

interface Shape {
  readonly start: Readonly<Record<string, unknown>>;
  readonly deltas: readonly Readonly<Record<string, unknown>>[];
}

function shapeOf(turn: Turn, block: ApiBlock, index: number): Shape {
  switch (block.type) {
    case 'text':
      return { start: { type: 'text', text: '' }, deltas: pieces(block.text ?? '', turn.pieceLength).map((text) => ({ type: 'text_delta', text })) };
    case 'thinking': {
      const deltas = pieces(block.thinking ?? '', turn.pieceLength).map((thinking) => ({ type: 'thinking_delta', thinking }));
      return { start: { type: 'thinking', thinking: '', signature: '' }, deltas: [...deltas, { type: 'signature_delta', signature: block.signature }] };
    }
    case 'tool_use': {
      const source = turn.blocks[index];
      const json = (source?.kind === 'call' ? source.json : undefined) ?? JSON.stringify(block.input);
      const deltas = ['', ...pieces(json, turn.pieceLength)].map((partial_json) => ({ type: 'input_json_delta', partial_json }));
      return { start: { type: 'tool_use', id: block.id, name: block.name, input: {} }, deltas };
    }
    default: return { start: { ...block }, deltas: [] };
  }
}

function pieces(whole: string, length: number): readonly string[] {
  return whole.match(new RegExp(`[^]{1,${length}}`, 'gu')) ?? [];
}

function event(name: string, data: Readonly<Record<string, unknown>>): SseEvent {
  return { event: name, data: { type: name, ...data } };
}
