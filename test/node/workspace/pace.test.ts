import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Pace, paced } from '../../../src/node/workspace/common/pace.ts';

/** Works for longer than one stretch. */
function workLong(): void {
  const until = performance.now() + 9;
  while (performance.now() < until);
}

describe('the pace of long work', () => {
  it('counts what others did before in the same turn of the event loop', async () => {
    await nextTurn();
    const first = new Pace();
    workLong();
    assert.deepEqual([first.due, new Pace().due], [true, true]);
  });

  it('begins anew in the next turn, and nobody else counts for who has rested', async () => {
    const [one, other] = [new Pace(), new Pace()];
    workLong();
    const resting = [one, other].map(async (pace) => {
      await pace.rest();
      const due = pace.due;
      workLong();
      return due;
    });
    assert.deepEqual(await Promise.all(resting), [false, false]);
    await nextTurn();
    assert.equal(new Pace().due, false);
  });

  it('cuts what stops between its steps', async () => {
    const told: string[] = [];
    function* work(): Generator<void, string> {
      for (const step of ['one', 'two']) {
        workLong();
        told.push(step);
        yield;
      }
      return 'answer';
    }
    setImmediate(() => told.push('another'));
    assert.deepEqual([await paced(work()), told], ['answer', ['one', 'another', 'two']]);
  });
});
