import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generate } from '../../src/model/generate.js';
import { Transformer } from '../../src/model/transformer.js';
import { generateWeights, tinyConfig } from '../../src/model/weights.js';
import { greedy } from '../../src/sampling/greedy.js';

const weights = generateWeights(tinyConfig, 11);
const prompts = [[1, 2, 3], [40, 5], [9, 9, 9, 9]];

test('float32 generation gives the recorded tokens', () => {
  const model = new Transformer(tinyConfig, weights, 'float32');
  assert.deepEqual(generate(model, prompts, { steps: 8, sample: greedy }), [
    [44, 44, 55, 24, 19, 55, 24, 55],
    [32, 32, 32, 32, 32, 32, 32, 48],
    [31, 0, 11, 56, 11, 56, 31, 29],
  ]);
});

test('float16 generation gives the recorded tokens', () => {
  const model = new Transformer(tinyConfig, weights, 'float16');
  assert.deepEqual(generate(model, prompts, { steps: 8, sample: greedy }), [
    [44, 44, 55, 24, 19, 55, 24, 55],
    [32, 32, 32, 32, 48, 32, 32, 32],
    [31, 0, 11, 56, 11, 56, 31, 29],
  ]);
});

test('a row does not depend on its neighbours', () => {
  const model = new Transformer(tinyConfig, weights, 'float32');
  const [alone] = generate(model, [prompts[1]], { steps: 8, sample: greedy });
  assert.deepEqual(generate(model, prompts, { steps: 8, sample: greedy })[1], alone);
});
