import assert from 'node:assert/strict';
import { test } from 'node:test';
import { roundToHalf } from '../../src/model/dtype.js';

test('float16 keeps what it can represent', () => {
  for (const value of [0, 1, -1.5, 0.0999755859375, 65504, 2 ** -14, 2 ** -24]) assert.equal(roundToHalf(value), value);
});

test('float16 rounds ties to even', () => {
  assert.equal(roundToHalf(1 + 2 ** -11), 1);
  assert.equal(roundToHalf(1 + 3 * 2 ** -11), 1 + 2 ** -9);
  assert.equal(roundToHalf(2049), 2048);
});

test('float16 rounds subnormals on their own step', () => {
  assert.equal(roundToHalf(2 ** -25), 0);
  assert.equal(roundToHalf(1.5 * 2 ** -24), 2 ** -23);
  assert.equal(roundToHalf(2 ** -14 - 2 ** -26), 2 ** -14);
});

test('float16 overflows to infinity and keeps NaN', () => {
  assert.equal(roundToHalf(65519.99), 65504);
  assert.equal(roundToHalf(-65520), -Infinity);
  assert.ok(Number.isNaN(roundToHalf(NaN)));
});
