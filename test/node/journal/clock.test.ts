import assert from 'node:assert/strict';
import type { Signal } from '../../../src/agent/ports.ts';
import { createClock } from '../../../src/node/journal/clock.ts';

describe('the clock', () => {
  const clock = createClock();

  it('lets others have their turn where work has lasted longer than a stretch', async () => {
    let turned = false;
    setImmediate(() => { turned = true; });
    // The stretch begins where it is first asked for.
    await clock.rest();
    for (const began = performance.now(); performance.now() - began < 10;);
    await clock.rest();
    assert.equal(turned, true);
  });

  it('sleeps until the time is over', async () => {
    const before = clock.monotonic();
    await clock.sleep(20, new AbortController().signal);
    // A timer may fire a fraction of a millisecond early.
    assert.ok(clock.monotonic() - before >= 19);
  });

  it('wakes when it is told to, also from a sleep longer than a timer can hold', async () => {
    for (const ms of [60_000, 2 ** 40, Infinity]) {
      let wake = (): void => assert.fail('nobody listens');
      let timers = 0;
      const signal: Signal & { aborted: boolean } = {
        aborted: false,
        addEventListener: (_type, listener) => {
          timers += 1;
          wake = listener;
        },
        removeEventListener: () => undefined,
      };
      const slept = clock.sleep(ms, signal);
      await clock.sleep(30, new AbortController().signal);
      assert.equal(timers, 1, `${ms} ms are one timer long after 30`);
      signal.aborted = true;
      wake();
      await slept;
    }
  });

  it('does not fall asleep when it was told before', async () => {
    await clock.sleep(60_000, AbortSignal.abort());
  });

  it('leaves no listener behind', async () => {
    let listening = 0;
    const signal = { aborted: false, addEventListener: () => void (listening += 1), removeEventListener: () => void (listening -= 1) };
    await clock.sleep(1, signal);
    assert.equal(listening, 0);
  });

  it('gives ids that differ and are safe in names', () => {
    const ids = Array.from({ length: 200 }, () => clock.id());
    assert.equal(new Set(ids).size, 200);
    for (const id of ids) assert.match(id, /^[0-9a-z]+$/);
  });

  it('hashes text as UTF-8', () => {
    assert.equal(clock.sha256('é'), '4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c');
  });
});
