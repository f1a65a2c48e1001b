import { attend } from './attention.js';
import { add } from './linear.js';
import { mlp } from './mlp.js';
import { rmsNorm } from './norm.js';

/**
 * One layer. `x` is the residual stream of one position as it enters the layer; the returned vector is the stream as it
 * leaves. Both halves read a normalised copy and add what they compute to the stream.
 */
export function forwardBlock(x, weights, cache, layer, heads, dtype) {
  const normed = rmsNorm(x, weights.attentionNorm, dtype);
  const afterAttention = add(x, attend(normed, weights, cache, layer, heads, dtype), dtype);
  return add(afterAttention, mlp(rmsNorm(afterAttention, weights.mlpNorm, dtype), weights, dtype), dtype);
}
