import type { SseEvent } from './events.ts';

/** What the server answers to one request. */
export type Reply = Turn | HttpReply | { readonly kind: 'reset' } | { readonly kind: 'silence' };

/** An answer of the model, streamed. */
export interface Turn {
  readonly kind: 'turn';
  readonly blocks: readonly ReplyBlock[];
  readonly stop: string;
  readonly stopDetails?: Readonly<Record<string, unknown>>;
  /** Name that the answer gives as its model; the requested one by default. */
  readonly model?: string;
  /** Characters per delta. */
  readonly pieceLength: number;
  readonly edit?: (events: readonly SseEvent[]) => readonly SseEvent[];
  readonly delivery: Delivery;
}

/** How the bytes of a stream go out. */
export interface Delivery {
  /** Splits the stream into chunks of so many bytes, also within characters. */
  readonly chunkBytes?: number;
  readonly lineEnd?: '\n' | '\r\n';
  /** `null`: no such header. */
  readonly contentType?: string | null;
  /** What happens after so many events instead of the rest. */
  readonly cut?: { readonly after: number; readonly how: 'end' | 'reset' | 'stall' | 'pings' };
}

export interface HttpReply {
  readonly kind: 'http';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type ReplyBlock =
  | { readonly kind: 'text'; readonly text: string }
  /** Signed by the server when it is sent. */
  | { readonly kind: 'thinking'; readonly text: string }
  | { readonly kind: 'redacted' }
  /** `json` replaces the input's own JSON in the stream; `id` the one that the server would give. */
  | { readonly kind: 'call'; readonly name: string; readonly input: unknown; readonly id?: string; readonly json?: string };

export function text(value: string): ReplyBlock {
  return { kind: 'text', text: value };
}

export function thinking(value: string): ReplyBlock {
  return { kind: 'thinking', text: value };
}

export function redacted(): ReplyBlock {
  return { kind: 'redacted' };
}

export function tool(name: string, input: unknown, more: { readonly id?: string; readonly json?: string } = {}): ReplyBlock {
  return { kind: 'call', name, input, ...more };
}

/** An answer of these blocks; it stops for its calls if it has any, else by itself. */
export function turn(blocks: readonly ReplyBlock[], more: Partial<Omit<Turn, 'kind' | 'blocks'>> = {}): Turn {
  const stop = blocks.some((block) => block.kind === 'call') ? 'tool_use' : 'end_turn';
  return { kind: 'turn', blocks, stop, pieceLength: 16, delivery: {}, ...more };
}

export function say(value: string): Turn {
  return turn([text(value)]);
}

export function call(name: string, input: unknown): Turn {
  return turn([tool(name, input)]);
}

/** An error as the API words it. Further headers such as `retry-after` go beside it. */
export function httpError(status: number, type: string, message: string, headers: Readonly<Record<string, string>> = {}): HttpReply {
  return page(status, 'application/json', JSON.stringify({ type: 'error', error: { type, message } }), headers);
}

/** Any other answer, such as the page of a proxy. */
export function page(status: number, contentType: string, body: string, headers: Readonly<Record<string, string>> = {}): HttpReply {
  return { kind: 'http', status, headers: { 'content-type': contentType, ...headers }, body };
}

/** The connection is reset before any answer. */
export function reset(): Reply {
  return { kind: 'reset' };
}

/** The request is taken and never answered. */
export function silence(): Reply {
  return { kind: 'silence' };
}

/** The same answer with other events. */
export function edited(reply: Turn, edit: (events: readonly SseEvent[]) => readonly SseEvent[]): Turn {
  return { ...reply, edit };
}

export function delivered(reply: Turn, delivery: Delivery): Turn {
  return { ...reply, delivery: { ...reply.delivery, ...delivery } };
}

/** The answer is cut after so many events. */
export function cut(reply: Turn, after: number, how: 'end' | 'reset' | 'stall' | 'pings'): Turn {
  return delivered(reply, { cut: { after, how } });
}

/** After so many events the server reports an error in the stream and ends it. */
export function failing(reply: Turn, after: number, type: string, message: string): Turn {
  return edited(reply, (events) => [...events.slice(0, after), { event: 'error', data: { type: 'error', error: { type, message } } }]);
}
