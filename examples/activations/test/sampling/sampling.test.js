import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomNumbers } from '../../src/model/weights.js';
import { greedy } from '../../src/sampling/greedy.js';
import { topK } from '../../src/sampling/topK.js';

test('greedy takes the first of the highest', () => {
  assert.equal(greedy([1, 5, 2, 5]), 1);
});

test('top-k never leaves the k highest', () => {
  const sample = topK(2, 1, randomNumbers(3));
  const drawn = new Set(Array.from({ length: 200 }, () => sample([0, 3, 1, 2.5])));
  assert.deepEqual([...drawn].sort(), [1, 3]);
});
