import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Recent } from '../../../src/node/workspace/common/recent.ts';

describe('a cache of what was used lately', () => {
  it('keeps what is used again and again, and forgets what was used long ago', () => {
    const recent = new Recent<string>(8, () => 1);
    for (const key of 'abcd') recent.set(key, key);
    for (const key of 'efghijklmnop') {
      recent.set(key, key);
      assert.deepEqual([recent.get('a'), recent.get(key)], ['a', key]);
    }
    assert.deepEqual(Array.from('bcdefg', (key) => recent.get(key)), Array.from('bcdefg', () => undefined));
  });

  it('keeps the latest, up to half of its limit, never more than all of it, and nothing that is heavier than the half', () => fc.assert(fc.property(
    fc.integer({ min: 2, max: 24 }), fc.array(fc.record({ key: fc.constantFrom(...'abcdefghijkl'), uses: fc.boolean() }), { size: 'max', maxLength: 80 }), fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 12, maxLength: 12 }), (limit, steps, weights) => {
      const weightOf = (key: string): number => weights[key.charCodeAt(0) - 97] ?? 1;
      const recent = new Recent<string>(limit, weightOf);
      const order: string[] = [];
      for (const { key, uses } of steps) {
        const held = uses ? recent.get(key) : undefined;
        assert.ok(held === undefined || held === key);
        if (!uses) recent.set(key, key);
        if (held !== undefined || (!uses && weightOf(key) <= limit / 2)) order.splice(0, order.length, key, ...order.filter((one) => one !== key));
      }
      let weight = 0;
      const latest = order.filter((key) => (weight += weightOf(key)) <= limit / 2);
      assert.deepEqual(latest.filter((key) => recent.get(key) !== key), []);
      const held = Array.from('abcdefghijkl').filter((key) => recent.get(key) === key);
      assert.ok(held.reduce((sum, key) => sum + weightOf(key), 0) <= limit, 'never more than all of it');
      for (const key of held) assert.ok(weightOf(key) <= limit / 2);
    })));
});
