import assert from 'node:assert/strict';
import type { Run } from '../../src/agent/run.ts';
import { reserve } from '../../src/agent/spending.ts';
import { assumedCost, costOf, listPrices } from '../../src/core/transcript/prices.ts';
import type { Usage } from '../../src/core/transcript/message.ts';
import { base } from '../core/session/support/events.ts';
import { contractOf, Story } from '../core/session/support/journal.ts';

const usage: Usage = { input: 0, output: 10_000, cacheRead: 0, cacheWrite: 50_000, cacheWriteHour: 50_000 };

function reserving(costUsd: number, spent: number) {
  const contract = contractOf();
  const { session } = new Story({ ...contract, budget: { ...contract.budget, costUsd } }).tell(base);
  const run = { recorder: { session: { ...session, spent: { ...session.spent, assumedUsd: spent } }, active: 0 }, ports: { clock: { now: () => 0 } } };
  return reserve(run as unknown as Run, 'a-model-of-nobody', 10_000, 0);
}

describe('the money of a model whose price is not known', () => {
  it('counts as that of the dearest known one', () => {
    for (const model of Object.keys(listPrices)) assert.ok(assumedCost(usage) >= (costOf(model, usage) ?? Infinity), model);
  });

  it('is reserved before a request, and ends the session', () => {
    assert.equal(reserving(20, 0).ok, true);
    const none = reserving(0.01, 0);
    assert.equal(none.ok ? '' : none.budget, 'cost');
    assert.equal(reserving(20, 19.99).ok, false, 'what it counted as before is spent');
  });
});
