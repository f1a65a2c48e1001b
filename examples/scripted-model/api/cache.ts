import { createHash } from 'node:crypto';
import type { Block, MessagesRequest } from './request.ts';
import { isBlock } from './request.ts';
import { withoutMark } from './signing.ts';

/** Token counts of a request as the API reports them. */
export interface InputUsage {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly cache_creation: { readonly ephemeral_5m_input_tokens: number; readonly ephemeral_1h_input_tokens: number };
}

interface Place {
  /** Digest of everything up to and with this block. */
  readonly prefix: string;
  /** Tokens of the same. */
  readonly tokens: number;
  readonly ttl: '5m' | '1h' | undefined;
}

const lookBack = 20;
const smallest = 512;
const lifeMs = { '5m': 300_000, '1h': 3_600_000 };

/**
 * Counts tokens from the size of what was sent and keeps book of cached prefixes like the API: written only at marks, found up to 20
 * blocks before one, forgotten after their time.
 */
export class PrefixCache {
  readonly #until = new Map<string, number>();

  /** What a request costs; afterwards its marked prefixes are cached. `now` in milliseconds. */
  take(request: MessagesRequest, now: number): InputUsage {
    const places = placesOf(request);
    const marks = places.flatMap((place, index) => (place.ttl !== undefined && place.tokens >= smallest ? [index] : []));
    const read = Math.max(0, ...marks.map((mark) => this.#hit(places, mark, now)));
    const total = places.at(-1)?.tokens ?? 0;
    const marked = places[marks.at(-1) ?? -1]?.tokens ?? 0;
    const hour = Math.max(read, ...marks.filter((mark) => places[mark]?.ttl === '1h').map((mark) => places[mark]?.tokens ?? 0)) - read;
    for (const mark of marks) this.#keep(places[mark], now);
    const written = Math.max(0, marked - read);
    return {
      input_tokens: total - Math.max(read, marked), cache_creation_input_tokens: written, cache_read_input_tokens: read,
      cache_creation: { ephemeral_5m_input_tokens: written - hour, ephemeral_1h_input_tokens: hour },
    };
  }

  /** Tokens of the longest cached prefix that a mark finds. Reading keeps it alive. */
  #hit(places: readonly Place[], mark: number, now: number): number {
    const near = places.slice(Math.max(0, mark + 1 - lookBack), mark + 1);
    return near.findLast((place) => (this.#until.get(place.prefix) ?? 0) > now)?.tokens ?? 0;
  }

  #keep(place: Place | undefined, now: number): void {
    if (place?.ttl !== undefined) this.#until.set(place.prefix, now + lifeMs[place.ttl]);
  }
}

function placesOf(request: MessagesRequest): readonly Place[] {
  const blocks: readonly Block[] = [...request.tools, ...request.system, ...request.messages.flatMap((message) => message.content)];
  let prefix = request.model;
  let bytes = 0;
  return blocks.map((block) => {
    const text = withoutMark(block);
    prefix = createHash('sha256').update(prefix).update(text).digest('hex');
    bytes += Buffer.byteLength(text);
    return { prefix, tokens: tokensOf(bytes), ttl: ttlOf(block['cache_control']) };
  });
}

function ttlOf(mark: unknown): '5m' | '1h' | undefined {
  if (!isBlock(mark)) return undefined;
  return mark['ttl'] === '1h' ? '1h' : '5m';
}

/** An estimate: four bytes are about one token. */
export function tokensOf(bytes: number): number {
  return Math.ceil(bytes / 4);
}
