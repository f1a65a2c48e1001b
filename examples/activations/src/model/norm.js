import { dot } from './linear.js';

const epsilon = 1e-5;

/** Divides a vector by its root mean square and multiplies by the learned gain. */
export function rmsNorm(x, gain, dtype) {
  const meanSquare = Math.fround(dot(x, 0, x, 0, x.length) / x.length);
  const scale = Math.fround(1 / Math.sqrt(meanSquare + epsilon));
  return x.map((value, i) => dtype.round(Math.fround(value * scale) * gain[i]));
}
