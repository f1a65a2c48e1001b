import { generate } from './generate.js';

/** generate(), and the vectors that the chosen layers start from, by row and layer, one per position. */
export function extractActivations(model, prompts, { steps, sample, layers }) {
  const activations = prompts.map(() => new Map(layers.map((layer) => [layer, []])));
  const capture = (row, layer, vector) => activations[row].get(layer)?.push(Float32Array.from(vector));
  const tokens = generate(model, prompts, { steps, sample, capture });
  return { tokens, activations };
}
