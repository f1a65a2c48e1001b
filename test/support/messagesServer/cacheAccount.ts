import type { ApiBody } from './body.ts';
import type { Link } from './chain.ts';

/** Input tokens of one request as the API reports them. */
export interface InputUsage {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly cache_creation: { readonly ephemeral_5m_input_tokens: number; readonly ephemeral_1h_input_tokens: number };
}

/** Parts that a read looks at before a mark, the marked one included. */
const lookBack = 20;

/** Keeps prefixes as the API does: written only at marks, found by the exact prefix at most 20 parts before a mark. Nothing expires. */
export class CacheAccount {
  readonly #minTokens: number;
  readonly #kept = new Set<string>();

  /** A prefix shorter than `minTokens` is never kept. */
  constructor(minTokens: number) {
    this.#minTokens = minTokens;
  }

  charge(body: ApiBody, links: readonly Link[]): InputUsage {
    const upTo = cumulative(links);
    const total = upTo.at(-1) ?? 0;
    const marks = links.flatMap((link, index) => (link.mark !== undefined && (upTo[index] ?? 0) >= this.#minTokens ? [index] : []));
    const hit = Math.max(-1, ...marks.map((mark) => this.#find(body, links, mark)));
    const read = upTo[hit] ?? 0;
    const written = { '5m': 0, '1h': 0 };
    let from = read;
    for (const mark of marks.filter((index) => index > hit)) {
      written[links[mark]?.mark?.ttl ?? '5m'] += (upTo[mark] ?? 0) - from;
      from = upTo[mark] ?? 0;
    }
    for (const mark of marks) this.#kept.add(keyOf(body, links[mark]));
    return {
      input_tokens: total - from,
      cache_creation_input_tokens: from - read,
      cache_read_input_tokens: read,
      cache_creation: { ephemeral_5m_input_tokens: written['5m'], ephemeral_1h_input_tokens: written['1h'] },
    };
  }

  #find(body: ApiBody, links: readonly Link[], mark: number): number {
    for (let index = mark; index > mark - lookBack && index >= 0; index -= 1) {
      if (this.#kept.has(keyOf(body, links[index]))) return index;
    }
    return -1;
  }
}

function cumulative(links: readonly Link[]): readonly number[] {
  let sum = 0;
  return links.map((link) => (sum += Math.ceil(link.bytes / 4)));
}

/** Some parameters decide about messages only, so that tools and system survive their change. */
function keyOf(body: ApiBody, link: Link | undefined): string {
  const parameters = link?.level === 'messages' ? JSON.stringify([body.thinking, body.output_config, body.tool_choice]) : '';
  return `${String(body.model)} ${parameters} ${link?.digest}`;
}
