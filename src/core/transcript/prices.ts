import { entryOf } from './families.ts';
import type { Usage } from './message.ts';

/** US dollars per million tokens. */
export interface Rates {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  /** Written for five minutes. */
  readonly cacheWrite: number;
  /** Written for one hour. */
  readonly cacheWriteHour: number;
}

/** A request whose whole input has more than `longPrompt.above` tokens pays the long rates for every token. */
export interface Price extends Rates {
  readonly longPrompt?: Rates & { readonly above: number };
}

/** By model name without its release date. A user's own prices go over the list: `{ ...listPrices, ...own }`. */
export type PriceTable = Readonly<Record<string, Price>>;

/** Cache writes cost 1.25 and 2 times the input on every listed model. */
function rates(input: number, output: number, cacheRead: number): Rates {
  return { input, output, cacheRead, cacheWrite: input * 1.25, cacheWriteHour: input * 2 };
}

/** The vendor's list prices, compared with its price page on 2026-11-21. */
export const listPrices: PriceTable = {
  'claude-fable-5-2': rates(8, 40, 0.2),
  'claude-fable-5-1': rates(10, 50, 0.25),
  'claude-fable-5': rates(10, 50, 1),
  'claude-mythos-5-1': rates(10, 50, 0.25),
  'claude-mythos-5': rates(10, 50, 1),
  'claude-opus-5-5': rates(4, 20, 0.2),
  'claude-opus-5': rates(5, 25, 0.5),
  'claude-opus-4-8': rates(5, 25, 0.5),
  'claude-opus-4-7': rates(5, 25, 0.5),
  'claude-opus-4-6': rates(5, 25, 0.5),
  'claude-opus-4-5': rates(5, 25, 0.5),
  'claude-sonnet-5-5': rates(2, 10, 0.1),
  'claude-sonnet-5': rates(2, 10, 0.2),
  'claude-sonnet-4-6': rates(3, 15, 0.3),
  'claude-sonnet-4-5': rates(3, 15, 0.3),
  'claude-haiku-5-5': { ...rates(0.1, 0.5, 0.01), longPrompt: { above: 100_000, ...rates(0.5, 2.5, 0.05) } },
  'claude-haiku-4-5': rates(1, 5, 0.1),
};

/** Dollars that `usage` costs, or `null` where the price of the model is not known (never 0). */
export function costOf(model: string, usage: Usage, prices: PriceTable = listPrices): number | null {
  const price = entryOf(prices, model);
  if (price === undefined) return null;
  const whole = usage.input + usage.cacheRead + usage.cacheWrite;
  const rate = price.longPrompt !== undefined && whole > price.longPrompt.above ? price.longPrompt : price;
  const hour = usage.cacheWriteHour ?? 0;
  const millionths = usage.input * rate.input + usage.output * rate.output + usage.cacheRead * rate.cacheRead
    + (usage.cacheWrite - hour) * rate.cacheWrite + hour * rate.cacheWriteHour;
  return millionths / 1_000_000;
}

/** The dearest usage that a request can have: nothing of its input is in the cache, and the answer is as long as allowed. */
export function boundUsage(inputTokens: number, maxTokens: number): Usage {
  return { input: 0, output: maxTokens, cacheRead: 0, cacheWrite: inputTokens, cacheWriteHour: inputTokens, estimated: true };
}

/**
 * Dollars that count against the budget for `usage` of a model whose price is not known: what the dearest listed model would
 * have cost. A budget that such a model could not reach would be none.
 */
export function assumedCost(usage: Usage, prices: PriceTable = listPrices): number {
  return Math.max(0, ...Object.keys(prices).map((model) => costOf(model, usage, prices) ?? 0));
}

/** Dollars to reserve before a request, or `null` where the price is not known. `inputTokens` is an upper estimate. */
export function worstCase(model: string, inputTokens: number, maxTokens: number, prices: PriceTable = listPrices): number | null {
  return costOf(model, boundUsage(inputTokens, maxTokens), prices);
}

/** Bytes of `text` in UTF-8. A character beyond the basic plane has two halves here and four bytes there. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

/** Source code has 2.5 to 3.5 bytes per token with the tokenizers of 2026; identifiers and hashes have fewer. */
const bytesPerToken = 2;

/**
 * Tokens of a request body of `bytes` bytes, on the high side. With the size and the true input of the last answered request of
 * the same conversation, only what was added since is estimated.
 */
export function estimateTokens(bytes: number, last?: { readonly bytes: number; readonly tokens: number }): number {
  if (last === undefined || last.bytes > bytes) return Math.ceil(bytes / bytesPerToken);
  return last.tokens + Math.ceil((bytes - last.bytes) / bytesPerToken);
}
