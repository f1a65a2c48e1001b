import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cellKey, cellsOf, commandFor, conditionsFor, describeConditions } from '../../../src/core/oracle/cells.ts';
import { check } from './support.ts';

describe('cells of a check', () => {
  const matrix = check({
    run: 'node compare.mjs --dtype ${dtype} --batch ${batch}', matrix: { dtype: ['float32', 'float16'], batch: [1, 4] },
    metrics: { error: { kind: 'at-most', value: 1e-6 }, size: { kind: 'at-least', value: 3 } },
    override: [{ when: { dtype: 'float16' }, metrics: { error: { kind: 'at-most', value: 2e-3 } } }, { when: { dtype: 'float16', batch: 4 }, metrics: { error: { kind: 'at-most', value: 5e-3 } } }],
    tests: { atLeast: 12, skipped: 0 },
  });

  it('are all combinations in declared order, the last axis fastest', () => {
    assert.deepEqual(cellsOf(matrix), [{ dtype: 'float32', batch: 1 }, { dtype: 'float32', batch: 4 }, { dtype: 'float16', batch: 1 }, { dtype: 'float16', batch: 4 }]);
  });

  it('are one without a matrix and none with an empty axis', () => {
    assert.deepEqual(cellsOf(check()), [{}]);
    assert.deepEqual(cellsOf(check({ matrix: { a: [1, 2], b: [] } })), []);
  });

  it('have a key that tells values and types apart and ignores the order of the axes', () => {
    assert.equal(cellKey('c', { a: 1, b: 2 }), cellKey('c', { b: 2, a: 1 }));
    assert.notEqual(cellKey('c', { a: 1 }), cellKey('c', { a: '1' }));
  });

  it('take the last override that matches, and only those', () => {
    assert.deepEqual(conditionsFor(matrix, { dtype: 'float32', batch: 4 })['error'], { kind: 'at-most', value: 1e-6 });
    assert.deepEqual(conditionsFor(matrix, { dtype: 'float16', batch: 1 })['error'], { kind: 'at-most', value: 2e-3 });
    assert.deepEqual(conditionsFor(matrix, { dtype: 'float16', batch: 4 }), { error: { kind: 'at-most', value: 5e-3 }, size: { kind: 'at-least', value: 3 } });
  });

  it('do not match an override on a value of another type', () => {
    const typed = check({ matrix: { n: [1] }, override: [{ when: { n: '1' }, metrics: { e: { kind: 'equals', value: 0 } } }] });
    assert.deepEqual(conditionsFor(typed, { n: 1 }), {});
  });

  it('are described with every threshold exact', () => {
    assert.equal(describeConditions(matrix), 'error <= 1e-6, size >= 3; where dtype=float16: error <= 0.002; where dtype=float16 and batch=4: error <= 0.005; at least 12 tests passed, none failed, at most 0 skipped; exit status 0');
  });
});

describe('the command of a cell', () => {
  const command = (run: string, value: string) => commandFor(check({ run, matrix: { v: [value] } }), { v: value });

  it('has the plain value where it is harmless', () => {
    assert.equal(commandFor(check({ run: 'x --n ${n} --t=${t}' }), { n: 1e-3, t: true }), 'x --n 0.001 --t=true');
  });

  it('leaves variables of the shell and escaped dollars alone', () => {
    assert.equal(command('echo ${HOME} \\${v} $v ${v:-d}', 'x'), 'echo ${HOME} \\${v} $v ${v:-d}');
  });

  it('quotes a value for the place where it stands', () => {
    assert.equal(command('a ${v}', "it's; rm *"), `a 'it'\\''s; rm *'`);
    assert.equal(command('a "x ${v} y"', '$(id)'), `a "x "'$(id)'" y"`);
    assert.equal(command("a 'x ${v} y'", "b'c"), `a 'x ''b'\\''c'' y'`);
    assert.equal(command('a "$(b ${v})" ${v}', 'p q'), `a "$(b 'p q')" 'p q'`);
  });

  it('never lets an inherited name pass as an axis', () => {
    assert.equal(commandFor(check({ run: 'a ${constructor}' }), {}), 'a ${constructor}');
  });

  it('keeps every value that is free of special characters', () => {
    fc.assert(fc.property(fc.stringMatching(/^[\w./:=,@%+-]+$/), (value) => command('a ${v}', value) === `a ${value}`));
  });
});
