import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KvCache } from '../../src/cache/kvCache.js';

test('the cache counts a position once all layers have seen it', () => {
  const cache = new KvCache(2);
  cache.append(0, [1], [2]);
  assert.equal(cache.length, 0);
  cache.append(1, [3], [4]);
  assert.equal(cache.length, 1);
  assert.deepEqual([cache.keys(0), cache.values(1)], [[[1]], [[4]]]);
});
