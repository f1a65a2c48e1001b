import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { exampleFolder } from './support/workspace.ts';

type Round = (value: number) => number;

/** Every non-negative finite float16, in order: 1024 subnormals, then 1024 for each of 30 exponents. */
function halves(): readonly number[] {
  return Array.from({ length: 0x7c00 }, (_, bits) => (bits < 1024 ? bits * 2 ** -24 : (1024 + (bits & 1023)) * 2 ** ((bits >> 10) - 25)));
}

describe('the example: rounding to float16', () => {
  let roundToHalf: Round;

  before(async () => {
    ({ roundToHalf } = (await import(pathToFileURL(path.join(exampleFolder, 'src', 'model', 'dtype.js')).href)) as { roundToHalf: Round });
  });

  it('keeps every float16, of both signs', () => {
    for (const half of halves()) {
      assert.ok(Object.is(roundToHalf(half), half), String(half));
      assert.ok(Object.is(roundToHalf(-half), -half), String(-half));
    }
  });

  it('rounds what lies between two neighbours to the nearer one, and the middle to the even one', () => {
    const all = halves();
    for (let bits = 0; bits + 1 < all.length; bits++) {
      const [low, high] = [all[bits] ?? NaN, all[bits + 1] ?? NaN];
      const middle = (low + high) / 2;
      const away = (high - low) * 2 ** -20;
      assert.equal(roundToHalf(middle), bits % 2 === 0 ? low : high, `tie above ${low}`);
      assert.equal(roundToHalf(middle - away), low, `below the tie above ${low}`);
      assert.equal(roundToHalf(middle + away), high, `beyond the tie above ${low}`);
      assert.equal(roundToHalf(-middle - away), -high, `beyond the tie below ${-low}`);
    }
  });

  it('gives the published values of well-known numbers', () => {
    const known: readonly (readonly [number, number])[] = [
      [1 / 3, 0.333251953125], [0.1, 0.0999755859375], [Math.PI, 3.140625], [65504, 65504], [65519.999, 65504], [65520, Infinity],
      [-1e9, -Infinity], [2 ** -24, 2 ** -24], [2 ** -25, 0], [2 ** -25 * 1.0000001, 2 ** -24], [6.103515625e-5, 6.103515625e-5],
      [5e-324, 0], [Infinity, Infinity], [-Infinity, -Infinity],
    ];
    for (const [value, half] of known) assert.equal(roundToHalf(value), half, String(value));
    assert.ok(Number.isNaN(roundToHalf(NaN)));
    assert.ok(Object.is(roundToHalf(-5e-324), -0));
  });
});
