import assert from 'node:assert/strict';
import { inStretches } from '../../src/agent/inStretches.ts';
import type { Clock } from '../../src/agent/ports.ts';

describe('work on many items', () => {
  it('asks before each whether others have their turn, and answers in the order of the items', async () => {
    const told: string[] = [];
    const clock = { rest: async () => { told.push('rest'); } } as unknown as Clock;
    const answers = await inStretches(clock, ['a', 'b'], (item) => {
      told.push(item);
      return item.toUpperCase();
    });
    assert.deepEqual([answers, told], [['A', 'B'], ['rest', 'a', 'rest', 'b']]);
  });
});
