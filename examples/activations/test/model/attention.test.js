import assert from 'node:assert/strict';
import { test } from 'node:test';
import { softmax } from '../../src/model/attention.js';
import { dtypes } from '../../src/model/dtype.js';

test('attention shares add up to one, however large the scores', () => {
  const shares = softmax([900, 899, 898], dtypes.float32);
  assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-6);
  assert.ok(shares[0] > shares[1] && shares[1] > shares[2]);
});
