// The reference: plain loops in float64 over the whole sequence, without a cache and without a line of src/model.
// It draws its own weights, so that nothing under src can make both sides wrong in the same way.

export const config = { vocabulary: 48, width: 32, heads: 4, layers: 4, hidden: 64, positions: 160 };

/** Uniform numbers in [0, 1): Lehmer's generator, unlike the one of src/model/weights.js. */
export function randomNumbers(seed) {
  let state = seed % 2147483647 || 1;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

/** Weights of the shapes that Transformer takes, before any rounding to a format. */
export function drawWeights(random) {
  const { vocabulary, width, layers, hidden, positions } = config;
  const draw = (count, spread, centre = 0) => Float32Array.from({ length: count }, () => centre + spread * (2 * random() - 1));
  const layer = () => ({
    attentionNorm: draw(width, 0.2, 1), query: draw(width * width, 0.18), key: draw(width * width, 0.18),
    value: draw(width * width, 0.18), output: draw(width * width, 0.09),
    mlpNorm: draw(width, 0.2, 1), up: draw(hidden * width, 0.18), down: draw(width * hidden, 0.06),
  });
  return {
    embedding: draw(vocabulary * width, 0.3), position: draw(positions * width, 0.05),
    layers: Array.from({ length: layers }, layer), finalNorm: draw(width, 0.2, 1), head: draw(vocabulary * width, 0.18),
  };
}

/** Nearest number of the format, written apart from src/model/dtype.js: pick the even one of two equally near steps. */
export function nearest(value, dtype) {
  if (dtype === 'float32') return Math.fround(value);
  const step = 2 ** (Math.max(-14, Math.floor(Math.log2(Math.abs(value)))) - 10);
  const low = Math.floor(value / step);
  const part = value / step - low;
  return (part > 0.5 || (part === 0.5 && low % 2 !== 0) ? low + 1 : low) * step || 0;
}

/** Residual stream of each position as it enters each layer: [layer][position][i], in float64. */
export function residualStreams(weights, tokens, dtype) {
  const cast = (table) => Array.from(table, (value) => nearest(value, dtype));
  const { width } = config;
  const embedding = cast(weights.embedding);
  const position = cast(weights.position);
  let stream = tokens.map((token, t) => Array.from({ length: width }, (_, i) => embedding[token * width + i] + position[t * width + i]));
  const entering = [];
  for (const raw of weights.layers) {
    entering.push(stream);
    const layer = Object.fromEntries(Object.entries(raw).map(([name, table]) => [name, cast(table)]));
    stream = afterMlp(layer, afterAttention(layer, stream));
  }
  return entering;
}

function afterAttention(layer, stream) {
  const normed = stream.map((x) => norm(x, layer.attentionNorm));
  const [queries, keys, values] = [layer.query, layer.key, layer.value].map((matrix) => normed.map((x) => product(matrix, x)));
  const size = config.width / config.heads;
  return stream.map((x, t) => {
    const mixed = Array.from(stream[t], () => 0);
    for (let head = 0; head < config.heads; head += 1) {
      const part = Array.from({ length: size }, (_, i) => head * size + i);
      const powers = keys.slice(0, t + 1).map((key) => Math.exp(part.reduce((sum, i) => sum + queries[t][i] * key[i], 0) / Math.sqrt(size)));
      const total = powers.reduce((sum, power) => sum + power, 0);
      for (const i of part) mixed[i] = powers.reduce((sum, power, s) => sum + power * values[s][i], 0) / total;
    }
    const added = product(layer.output, mixed);
    return x.map((value, i) => value + added[i]);
  });
}

function afterMlp(layer, stream) {
  return stream.map((x) => {
    const added = product(layer.down, product(layer.up, norm(x, layer.mlpNorm)).map((value) => value / (1 + Math.exp(-value))));
    return x.map((value, i) => value + added[i]);
  });
}

function norm(x, gain) {
  const scale = 1 / Math.sqrt(x.reduce((sum, value) => sum + value * value, 0) / x.length + 1e-5);
  return x.map((value, i) => value * scale * gain[i]);
}

function product(matrix, x) {
  return Array.from({ length: matrix.length / x.length }, (_, row) => x.reduce((sum, value, i) => sum + matrix[row * x.length + i] * value, 0));
}
