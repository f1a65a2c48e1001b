// Compares the activation vectors of src/model/activations.js with the reference, for one cell of the grid:
//   node oracle/compare.mjs --dtype float16 --batch 4 --length 128
// The last line of stdout is the report. max_rel_error is the largest error of a vector over the vector's largest entry.
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { config, drawWeights, randomNumbers, residualStreams } from './reference.mjs';

const steps = 4;
const layers = [1, 3];
/** Stands for a missing vector or a value that is no number: finite, so that the report stays complete, and never within a limit. */
const hopeless = Number.MAX_VALUE;

const { values } = parseArgs({ options: { dtype: { type: 'string' }, batch: { type: 'string' }, length: { type: 'string' } } });
const cell = { dtype: values.dtype, batch: Number(values.batch), length: Number(values.length) };
const nonce = process.env.BOUNDED_NONCE;
const home = new URL('../src/model/activations.js', import.meta.url);

const report = existsSync(home)
  ? await measure((await import(home.href)).extractActivations)
  : { max_abs_error: null, max_rel_error: null, reason: 'not-implemented' };
console.log(JSON.stringify({ ...cell, ...report, nonce }));

async function measure(extractActivations) {
  const { Transformer } = await import('../src/model/transformer.js');
  const { generate } = await import('../src/model/generate.js');
  const { greedy } = await import('../src/sampling/greedy.js');
  const random = randomNumbers(1 + cell.batch * 1000 + cell.length);
  const weights = drawWeights(random);
  const prompts = Array.from({ length: cell.batch }, () =>
    Array.from({ length: cell.length }, () => Math.floor(random() * config.vocabulary)));
  const model = new Transformer(config, weights, cell.dtype);
  const plain = generate(model, prompts, { steps, sample: greedy });
  const { tokens, activations } = extractActivations(model, prompts, { steps, sample: greedy, layers });
  const same = JSON.stringify(tokens) === JSON.stringify(plain);
  const worst = worstOf(prompts.map((prompt, row) => {
    const expected = residualStreams(weights, [...prompt, ...plain[row].slice(0, -1)], cell.dtype);
    return worstOf(layers.map((layer) => worstOf(expected[layer].map((vector, t) => errors(activations[row]?.get(layer)?.[t], vector)))));
  }));
  return { max_abs_error: same ? worst.abs : hopeless, max_rel_error: same ? worst.rel : hopeless, tokens_unchanged: same };
}

function errors(actual, expected) {
  if (actual?.length !== expected.length) return { abs: hopeless, rel: hopeless };
  const abs = Math.max(...expected.map((value, i) => Math.abs(actual[i] - value)));
  if (!Number.isFinite(abs)) return { abs: hopeless, rel: hopeless };
  return { abs, rel: abs / Math.max(...expected.map(Math.abs)) };
}

function worstOf(all) {
  return { abs: Math.max(...all.map((one) => one.abs)), rel: Math.max(...all.map((one) => one.rel)) };
}
