/** Sizes of the model that tests and examples use. `width` is a multiple of `heads`. */
export const tinyConfig = { vocabulary: 64, width: 32, heads: 4, layers: 4, hidden: 64, positions: 160 };

/** Uniform numbers in [0, 1) from a 32-bit seed (mulberry32): the same on every machine. */
export function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** All weights of a model, drawn from the seed in a fixed order. */
export function generateWeights(config, seed) {
  const random = randomNumbers(seed);
  const { vocabulary, width, layers, hidden, positions } = config;
  const draw = (count, spread, centre = 0) =>
    Float32Array.from({ length: count }, () => centre + spread * (2 * random() - 1));
  const square = () => draw(width * width, 1 / Math.sqrt(width));
  const layer = () => ({
    attentionNorm: draw(width, 0.2, 1),
    query: square(),
    key: square(),
    value: square(),
    output: square(),
    mlpNorm: draw(width, 0.2, 1),
    up: draw(hidden * width, 1 / Math.sqrt(width)),
    down: draw(width * hidden, 1 / Math.sqrt(hidden)),
  });
  return {
    embedding: draw(vocabulary * width, 0.4),
    position: draw(positions * width, 0.1),
    layers: Array.from({ length: layers }, layer),
    finalNorm: draw(width, 0.2, 1),
    head: draw(vocabulary * width, 1 / Math.sqrt(width)),
  };
}

/** The same weights, each rounded to the format. */
export function castWeights(weights, dtype) {
  if (weights instanceof Float32Array) return weights.map((value) => dtype.round(value));
  if (Array.isArray(weights)) return weights.map((part) => castWeights(part, dtype));
  return Object.fromEntries(Object.entries(weights).map(([name, part]) => [name, castWeights(part, dtype)]));
}
