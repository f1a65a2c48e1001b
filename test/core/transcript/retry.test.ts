import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Fault, FaultClass } from '../../../src/core/transcript/message.ts';
import { retryLimits, retryPolicy } from '../../../src/core/transcript/retry.ts';

const fault = (name: FaultClass, more: Partial<Fault> = {}): Fault => ({ class: name, message: 'what the server said', ...more });
const action = (one: Fault, attempt = 1, elapsedMs = 0): string => retryPolicy(one, attempt, elapsedMs, 0.5).action;

describe('retryPolicy', () => {
  it('blocks on what only a person can change', () => {
    for (const name of ['invalid-request', 'billing', 'auth', 'not-found'] as const) assert.equal(action(fault(name)), 'block', name);
  });

  it('pauses on a conversation that is too large, and on a stop', () => {
    assert.equal(action(fault('too-large')), 'pause');
    assert.equal(action(fault('aborted')), 'pause');
  });

  it('asks for signed blocks to be stripped once, and blocks when that did not help', () => {
    assert.equal(action(fault('signature'), 1), 'strip-signatures');
    assert.equal(action(fault('signature'), 2), 'block');
  });

  it('retries a conflict once', () => {
    assert.equal(action(fault('conflict'), 1), 'retry');
    assert.equal(action(fault('conflict'), 2), 'pause');
  });

  it('waits as long as a rate limit says', () => {
    assert.deepEqual(retryPolicy(fault('rate-limit', { retryAfterMs: 20_000 }), 1, 0, 0.9), { action: 'retry', waitMs: 20_000 });
  });

  it('takes a rate limit that names no time for the monthly cap', () => {
    const decision = retryPolicy(fault('rate-limit'), 1, 0, 0.5);
    assert.deepEqual(decision, { action: 'block', why: "The account's spending cap is reached: what the server said" });
  });

  it('pauses rather than wait longer than a quarter of an hour', () => {
    assert.equal(action(fault('rate-limit', { retryAfterMs: retryLimits.totalMs + 1 })), 'pause');
    assert.equal(action(fault('rate-limit', { retryAfterMs: 60_000 }), 2, retryLimits.totalMs - 59_000), 'pause');
  });

  for (const name of ['server', 'overloaded', 'network', 'incomplete', 'idle', 'bad-response'] as const) {
    it(`tries a fault of class ${name} eight times, then pauses`, () => {
      const actions = Array.from({ length: 9 }, (_, index) => action(fault(name), index + 1));
      assert.deepEqual(actions, [...Array<string>(7).fill('retry'), 'pause', 'pause']);
    });
  }

  it('waits exponentially with full jitter, a minute at most', () => {
    const wait = (attempt: number, random: number): number | undefined => {
      const decision = retryPolicy(fault('overloaded'), attempt, 0, random);
      return decision.action === 'retry' ? decision.waitMs : undefined;
    };
    assert.deepEqual([1, 2, 3, 7].map((attempt) => wait(attempt, 0.999999)), [1_000, 2_000, 4_000, 60_000]);
    assert.deepEqual([1, 7].map((attempt) => wait(attempt, 0)), [0, 0]);
    assert.equal(wait(3, 0.5), 2_000);
  });

  it('comes to an end, whatever the faults', () => {
    const names = fc.constantFrom<FaultClass>('rate-limit', 'server', 'overloaded', 'network', 'incomplete', 'idle', 'bad-response', 'conflict');
    fc.assert(fc.property(fc.array(fc.tuple(names, fc.nat(100_000), fc.float({ min: 0, max: Math.fround(0.99), noNaN: true })), { minLength: 8, maxLength: 8 }), (faults) => {
      let elapsed = 0;
      const actions = faults.map(([name, retryAfterMs, random], index) => {
        const decision = retryPolicy(fault(name, { retryAfterMs }), index + 1, elapsed, random);
        if (decision.action === 'retry') elapsed += decision.waitMs;
        return decision.action;
      });
      assert.ok(elapsed <= retryLimits.totalMs);
      assert.notEqual(actions.at(-1), 'retry');
    }));
  });
});
