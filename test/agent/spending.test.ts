import assert from 'node:assert/strict';
import type { Ports } from '../../src/agent/ports.ts';
import type { Run } from '../../src/agent/run.ts';
import { reserve } from '../../src/agent/spending.ts';
import { bash } from '../../src/agent/tools/bash.ts';
import { assumedCost, costOf, listPrices } from '../../src/core/transcript/prices.ts';
import type { Usage } from '../../src/core/transcript/message.ts';
import { base, phase, run } from '../core/session/support/events.ts';
import { contractOf, Story } from '../core/session/support/journal.ts';

const usage: Usage = { input: 0, output: 10_000, cacheRead: 0, cacheWrite: 50_000, cacheWriteHour: 50_000 };

function reserving(costUsd: number, spent: number) {
  const contract = contractOf();
  const { session } = new Story({ ...contract, budget: { ...contract.budget, costUsd } }).tell(base);
  const spending = { recorder: { session: { ...session, spent: { ...session.spent, assumedUsd: spent } }, active: 0 }, ports: { clock: { now: () => 0 } } };
  return reserve(spending as unknown as Run, 'a-model-of-nobody', 10_000, 0);
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

describe('the time of a command', () => {
  const hour = 3_600_000;

  /** Milliseconds that a command gets which asks for `wanted` of them, `active` of seven hours after the beginning. */
  async function timeOf(wanted: number, active: number, longestRun?: number): Promise<number> {
    const measured = longestRun === undefined ? [] : [{ type: 'oracle/ran', run: { ...run('r1', 'progress', 't0'), ms: longestRun } } as const];
    const { session } = new Story().tell(base, phase('minimal-hook'), ...measured);
    let given = NaN;
    const shell: Pick<Ports['shell'], 'run'> = {
      run: async ({ timeoutMs }) => {
        given = timeoutMs;
        return { exit: 0, signal: null, timedOut: false, output: '', bytes: 0, ms: 1 };
      },
    };
    const context = { run: { recorder: { session, active }, ports: { shell, artifacts: {} } } } as unknown as Parameters<typeof bash.propose>[1];
    const proposed = await bash.propose({ command: 'make', timeout_ms: wanted }, context);
    assert.ok('carryOut' in proposed);
    await proposed.carryOut();
    return given;
  }

  it('is what it asks for, within the active time that is left', async () => {
    assert.equal(await timeOf(60_000, 0), 60_000);
    assert.equal(await timeOf(2 * hour, 6 * hour), hour);
  });

  it('leaves what two runs of the oracle may take, so that the result is still measured', async () => {
    assert.equal(await timeOf(2 * hour, 6 * hour, hour / 4), hour / 2);
    assert.equal(await timeOf(2 * hour, 6 * hour, hour), 1000, 'a second, where nothing is left');
  });
});
