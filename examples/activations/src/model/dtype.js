/**
 * The number formats that the model can compute in. Every value lives in a Float32Array; `round` brings a
 * value to the nearest number of the format. Float16 is rounded here because not every supported Node has it.
 */

const smallestNormal = 2 ** -14;
const subnormalStep = 2 ** -24;
/** Halfway between the largest float16, 65504, and the number that would follow it. */
const overflow = 65520;
const bits = new DataView(new ArrayBuffer(8));

/** Nearest float16 of a number, ties to even, with subnormals, infinities, NaN and the sign of zero. */
export function roundToHalf(value) {
  const size = Math.abs(value);
  if (!(size < overflow)) return Number.isNaN(value) ? NaN : Math.sign(value) * Infinity;
  const step = size < smallestNormal ? subnormalStep : 2 ** (exponentOf(size) - 10);
  const rounded = roundToEven(size / step) * step;
  return value < 0 || Object.is(value, -0) ? -rounded : rounded;
}

/** floor(log2(size)) of a normal positive number, read from its bits: Math.log2 may be off by one ulp. */
function exponentOf(size) {
  bits.setFloat64(0, size);
  return (bits.getUint16(0) >> 4) - 1023;
}

/** Nearest integer of a number in [0, 2048), ties to even: a sum near 2 ** 52 keeps no fraction. */
function roundToEven(value) {
  return value + 2 ** 52 - 2 ** 52;
}

export const dtypes = {
  float32: { name: 'float32', round: Math.fround },
  float16: { name: 'float16', round: roundToHalf },
};
