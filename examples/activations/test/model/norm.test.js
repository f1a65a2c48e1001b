import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dtypes } from '../../src/model/dtype.js';
import { rmsNorm } from '../../src/model/norm.js';

test('a normed vector has a root mean square of one', () => {
  const normed = rmsNorm(Float32Array.of(3, -4, 12, 0), Float32Array.of(1, 1, 1, 1), dtypes.float32);
  assert.ok(Math.abs(Math.hypot(...normed) / 2 - 1) < 1e-5);
});
