import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Transformer } from '../../src/model/transformer.js';
import { generateWeights, tinyConfig } from '../../src/model/weights.js';
import { greedy } from '../../src/sampling/greedy.js';
import { RequestQueue } from '../../src/scheduler/queue.js';
import { serve } from '../../src/scheduler/serve.js';

test('the queue groups requests of one length, the oldest first', () => {
  const queue = new RequestQueue(2);
  for (const [id, steps] of [['a', 1], ['b', 2], ['c', 1], ['d', 1]]) queue.add({ id, steps });
  const batches = Array.from({ length: 3 }, () => queue.next().map((request) => request.id));
  assert.deepEqual(batches, [['a', 'c'], ['b'], ['d']]);
  assert.throws(() => new RequestQueue(0), RangeError);
});

test('grouping does not change the answers', () => {
  const model = new Transformer(tinyConfig, generateWeights(tinyConfig, 7), 'float32');
  const requests = [1, 2, 3, 4].map((id) => ({ id, prompt: [id, id + 1], steps: 1 + (id % 2) }));
  const alone = serve(model, requests, { sample: greedy, limit: 1 });
  assert.deepEqual(serve(model, requests, { sample: greedy, limit: 4 }), alone);
  assert.equal(alone.size, 4);
});
