import { matVec } from './linear.js';

/** The feed-forward half of a block: widen, SiLU, narrow. */
export function mlp(x, weights, dtype) {
  const hidden = matVec(weights.up, weights.up.length / x.length, x, dtype);
  const active = hidden.map((value) => dtype.round(value / (1 + Math.exp(-value))));
  return matVec(weights.down, x.length, active, dtype);
}
