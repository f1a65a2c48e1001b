import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extractActivations } from '../../src/model/activations.js';
import { generate } from '../../src/model/generate.js';
import { Transformer } from '../../src/model/transformer.js';
import { generateWeights, tinyConfig } from '../../src/model/weights.js';
import { greedy } from '../../src/sampling/greedy.js';

const weights = generateWeights(tinyConfig, 11);
const cases = [
  { dtype: 'float32', batch: 1, length: 3 },
  { dtype: 'float16', batch: 1, length: 9 },
  { dtype: 'float32', batch: 4, length: 9 },
  { dtype: 'float16', batch: 4, length: 3 },
];

for (const { dtype, batch, length } of cases) {
  const model = new Transformer(tinyConfig, weights, dtype);
  const prompts = Array.from({ length: batch }, (_, row) => Array.from({ length }, (_, t) => (7 * row + 5 * t + 1) % 64));
  const options = { steps: 4, sample: greedy };
  const extract = (some) => extractActivations(model, some, { ...options, layers: [0, 2] });

  test(`${dtype}, batch ${batch}, length ${length}: the tokens are those of generate`, () => {
    assert.deepEqual(extract(prompts).tokens, generate(model, prompts, options));
  });

  test(`${dtype}, batch ${batch}, length ${length}: one vector per position, the first layer's is the embedding`, () => {
    const { tokens, activations } = extract(prompts);
    prompts.forEach((prompt, row) => {
      const seen = [...prompt, ...tokens[row].slice(0, -1)];
      assert.deepEqual([...activations[row].keys()], [0, 2]);
      assert.deepEqual(activations[row].get(0), seen.map((token, t) => embeddingOf(model, token, t)));
      assert.equal(activations[row].get(2).length, seen.length);
    });
  });

  test(`${dtype}, batch ${batch}, length ${length}: a row does not depend on its neighbours`, () => {
    const { activations } = extract(prompts);
    prompts.forEach((prompt, row) => assert.deepEqual(activations[row], extract([prompt]).activations[0]));
  });
}

test('a layer that the model does not have is refused', () => {
  const model = new Transformer(tinyConfig, weights, 'float32');
  assert.throws(() => extractActivations(model, [[1]], { steps: 1, sample: greedy, layers: [4] }), RangeError);
});

function embeddingOf(model, token, position) {
  const { width } = tinyConfig;
  const at = (table, index) => table.subarray(index * width, (index + 1) * width);
  const place = at(model.weights.position, position);
  return at(model.weights.embedding, token).map((value, i) => model.dtype.round(value + place[i]));
}
