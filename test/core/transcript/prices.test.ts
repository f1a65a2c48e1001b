import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Usage } from '../../../src/core/transcript/message.ts';
import { costOf, estimateTokens, listPrices, utf8Bytes, worstCase } from '../../../src/core/transcript/prices.ts';

const usage = (more: Partial<Usage>): Usage => ({ input: 0, output: 0, cacheRead: 0, cacheWrite: 0, ...more });
const million = 1_000_000;
const near = (actual: number | null, wanted: number): void => assert.ok(actual !== null && Math.abs(actual - wanted) < 1e-9, `${actual} is not ${wanted}`);

describe('costOf', () => {
  it('prices each kind of token', () => {
    near(costOf('claude-opus-5-5', usage({ input: million })), 4);
    near(costOf('claude-opus-5-5', usage({ output: million })), 20);
    near(costOf('claude-opus-5-5', usage({ cacheRead: million })), 0.2);
    near(costOf('claude-opus-5-5', usage({ cacheWrite: million })), 5);
    near(costOf('claude-opus-5-5', usage({ cacheWrite: million, cacheWriteHour: million })), 8);
    near(costOf('claude-opus-5-5', usage({ cacheWrite: million, cacheWriteHour: million / 2 })), 6.5);
  });

  it('charges a long prompt at its own rates, for every token', () => {
    near(costOf('claude-haiku-5-5', usage({ input: 100_000, output: 1_000 })), 0.0105);
    near(costOf('claude-haiku-5-5', usage({ input: 50_000, cacheRead: 50_001, output: 1_000 })), 0.025 + 0.00250005 + 0.0025);
  });

  it('answers null, never 0, for a model whose price is not known', () => {
    assert.equal(costOf('claude-opus-9', usage({ input: 1 })), null);
    assert.equal(costOf('toString', usage({ input: 1 })), null);
    assert.equal(worstCase('house-model', 1, 1), null);
  });

  it('takes the prices of the user', () => {
    const own = { 'house-model': { input: 1, output: 2, cacheRead: 3, cacheWrite: 4, cacheWriteHour: 5 } };
    near(costOf('house-model', usage({ output: million }), { ...listPrices, ...own }), 2);
  });
});

describe('worstCase', () => {
  it('is never less than what a request within its bounds costs', () => {
    const share = fc.integer({ min: 0, max: 60_000 });
    fc.assert(fc.property(fc.constantFrom(...Object.keys(listPrices)), share, share, share, share, share, (model, input, cacheRead, fiveMinutes, hour, output) => {
      const used = usage({ input, cacheRead, cacheWrite: fiveMinutes + hour, cacheWriteHour: hour, output });
      const worst = worstCase(model, input + cacheRead + fiveMinutes + hour, 60_000);
      assert.ok((worst ?? 0) >= (costOf(model, used) ?? Infinity));
    }));
  });
});

describe('utf8Bytes', () => {
  it('counts what goes over the wire', () => {
    const anyJson = fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text));
    fc.assert(fc.property(anyJson, (text) => assert.equal(utf8Bytes(text), Buffer.byteLength(text))));
    assert.equal(utf8Bytes('a\u00FC\u4F60\u{1F600}'), 10);
  });
});

describe('estimateTokens', () => {
  it('is on the high side of what source code has', () => {
    assert.equal(estimateTokens(1_000), 500);
    assert.equal(estimateTokens(3), 2);
  });

  it('estimates only what was added since the server counted', () => {
    assert.equal(estimateTokens(1_200, { bytes: 1_000, tokens: 310 }), 410);
    assert.equal(estimateTokens(800, { bytes: 1_000, tokens: 310 }), 400);
  });
});
