import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Condition } from '../../../src/core/contract/contract.ts';
import { describeCondition, measure, shareOf } from '../../../src/core/oracle/conditions.ts';

const target: Condition = { kind: 'target', value: 1405191, reproduces: 0.05, partial: 0.1 };

describe('a condition', () => {
  it('is met at its edge and missed beyond it', () => {
    const rows: readonly (readonly [Condition, number, boolean])[] = [
      [{ kind: 'at-most', value: 1e-6 }, 1e-6, true], [{ kind: 'at-most', value: 1e-6 }, 1.0000001e-6, false],
      [{ kind: 'at-least', value: 3 }, 3, true], [{ kind: 'at-least', value: 3 }, 2.999, false],
      [{ kind: 'equals', value: 0 }, 0, true], [{ kind: 'equals', value: 0 }, -0, true], [{ kind: 'equals', value: 1 }, 1 + Number.EPSILON, false],
      [target, 1405191 * 1.05, true], [target, 1405191 * 1.0999, true], [target, 1405191 * 1.11, false], [target, 1405191 * 0.89, false],
      [{ kind: 'target', value: -10, reproduces: 0.1, partial: 0.2 }, -9, true], [{ kind: 'target', value: 0, reproduces: 0.1, partial: 0.2 }, 1e-300, false],
    ];
    for (const [condition, value, met] of rows) assert.equal(measure('m', value, condition).met, met, `${describeCondition(condition)} ${value}`);
  });

  it('tells the band of a target', () => {
    assert.equal(measure('m', 1405191, target).band, 'reproduces');
    assert.equal(measure('m', 1302540, target).band, 'partial');
    assert.equal(measure('m', 1, target).band, undefined);
  });

  it('has the partial edge on the side of the value as the limit of a target', () => {
    const even: Condition = { kind: 'target', value: 100, reproduces: 0.05, partial: 0.1 };
    assert.equal(measure('m', 101, even).limit, 110);
    assert.equal(measure('m', 99, even).limit, 90);
  });

  it('is never met by null, NaN or infinity', () => {
    const conditions: readonly Condition[] = [{ kind: 'at-most', value: 1 }, { kind: 'at-least', value: -1 }, { kind: 'equals', value: 0 }, target];
    for (const condition of conditions) {
      for (const value of [null, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) assert.equal(measure('m', value, condition).met, false);
    }
  });

  it('is described exactly', () => {
    assert.equal(describeCondition({ kind: 'at-most', value: 1e-6 }), '<= 1e-6');
    assert.equal(describeCondition({ kind: 'at-least', value: 12 }), '>= 12');
    assert.equal(describeCondition({ kind: 'equals', value: 0.1 }), '= 0.1');
    assert.equal(describeCondition(target), '1405191 ± 5 % (partial ± 10 %)');
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => Number(describeCondition({ kind: 'equals', value }).slice(2)) === value));
  });
});

describe('the share of a condition that a value uses', () => {
  it('is at most 1 exactly where the condition is met', () => {
    const positive = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
    const kinds = fc.constantFrom('at-most' as const, 'at-least' as const, 'equals' as const);
    fc.assert(fc.property(kinds, positive, positive, (kind, value, threshold) => {
      const condition: Condition = { kind, value: threshold };
      assert.equal(shareOf(condition, value) <= 1, measure('m', value, condition).met);
    }));
  });

  it('is how many times over the threshold a value is', () => {
    assert.equal(shareOf({ kind: 'at-most', value: 2 }, 6), 3);
    assert.equal(shareOf({ kind: 'at-least', value: 6 }, 2), 3);
    assert.equal(shareOf({ kind: 'target', value: 100, reproduces: 0.05, partial: 0.1 }, 120), 2);
    assert.equal(shareOf({ kind: 'at-most', value: 0 }, 1e-9), Number.POSITIVE_INFINITY);
    assert.equal(shareOf({ kind: 'at-most', value: 0 }, 0), 0);
  });
});
