import { dot, matVec } from './linear.js';

/**
 * Causal attention of one new position over itself and everything in the cache. Appends the position's key and value
 * to `cache` and returns the attention's output, a vector as wide as `x`.
 */
export function attend(x, weights, cache, layer, heads, dtype) {
  const width = x.length;
  const query = matVec(weights.query, width, x, dtype);
  cache.append(layer, matVec(weights.key, width, x, dtype), matVec(weights.value, width, x, dtype));
  const mixed = new Float32Array(width);
  for (let head = 0; head < heads; head += 1) mixHead(mixed, query, cache, layer, head, width / heads, dtype);
  return matVec(weights.output, width, mixed, dtype);
}

/** Writes one head's weighted mean of the cached values into its slice of `mixed`. */
function mixHead(mixed, query, cache, layer, head, size, dtype) {
  const start = head * size;
  const keys = cache.keys(layer);
  const shares = softmax(keys.map((key) => dtype.round(dot(query, start, key, start, size) / Math.sqrt(size))), dtype);
  const values = cache.values(layer);
  for (let i = start; i < start + size; i += 1) {
    let sum = 0;
    for (let t = 0; t < values.length; t += 1) sum = Math.fround(sum + Math.fround(shares[t] * values[t][i]));
    mixed[i] = dtype.round(sum);
  }
}

/** Positive shares that add up to one, up to rounding. */
export function softmax(scores, dtype) {
  const highest = Math.max(...scores);
  const powers = scores.map((score) => Math.fround(Math.exp(score - highest)));
  const total = powers.reduce((sum, power) => Math.fround(sum + power), 0);
  return powers.map((power) => dtype.round(power / total));
}
