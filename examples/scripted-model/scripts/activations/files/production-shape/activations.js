import { generate } from './generate.js';

/**
 * Generates like generate(), and keeps the residual stream of every position as it enters each of `layers`. Returns the
 * new tokens per row and, per row, a Map from layer to one Float32Array per position: the prompt and all generated
 * tokens but the last, which the model never sees. Throws a RangeError for a layer that the model does not have.
 */
export function extractActivations(model, prompts, { steps, sample, layers }) {
  for (const layer of layers) {
    if (model.weights.layers[layer] === undefined) throw new RangeError(`the model has no layer ${layer}`);
  }
  const activations = prompts.map(() => new Map(layers.map((layer) => [layer, []])));
  const observe = (row, layer, stream) => activations[row].get(layer)?.push(Float32Array.from(stream));
  const tokens = generate(model, prompts, { steps, sample, observe });
  return { tokens, activations };
}
