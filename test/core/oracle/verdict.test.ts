import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CellClass, CellResult, OracleRun, RunPurpose } from '../../../src/core/oracle/result.ts';
import { type Evidence, verdictOf } from '../../../src/core/oracle/verdict.ts';
import { check, run } from './support.ts';

const checks = [
  check({ id: 'error', matrix: { batch: [1, 4] }, metrics: { error: { kind: 'at-most', value: 1e-6 } } }),
  check({ id: 'tests', before: 'pass', tests: { atLeast: 2, skipped: 0 } }),
];

function errorCell(batch: number, kind: CellClass = 'pass'): CellResult {
  const value = kind === 'pass' ? 1e-7 : 0.5;
  const metrics = kind === 'pass' || kind === 'fail' ? [{ name: 'error', value, wanted: '<= 1e-6', limit: 1e-6, met: kind === 'pass' }] : [];
  return { check: 'error', cell: { batch }, class: kind, metrics, exit: kind === 'pass' ? 0 : 1, ms: 1, ...(kind === 'pass' ? {} : { reason: 'r' }) };
}

function testsCell(kind: CellClass = 'pass', passed = 2): CellResult {
  const tests = { total: passed, passed, failed: kind === 'fail' ? 1 : 0, skipped: 0, ids: ['a', 'b'].slice(0, passed) };
  return { check: 'tests', cell: {}, class: kind, metrics: [], tests, exit: kind === 'pass' ? 0 : 1, ms: 1, ...(kind === 'pass' ? {} : { reason: 'r' }) };
}

function measured(purpose: RunPurpose, kinds: readonly [CellClass, CellClass, CellClass] = ['pass', 'pass', 'pass'], fields: Partial<OracleRun> = {}): OracleRun {
  return run(purpose, [errorCell(1, kinds[0]), errorCell(4, kinds[1]), testsCell(kinds[2])], fields);
}

function evidence(runs: readonly OracleRun[], fields: Partial<Evidence> = {}): Evidence {
  return { checks, runs, tree: 't1', contractTampered: false, frozenTampered: [], environmentChanged: [], ...fields };
}

const greenTwice = [measured('boundary'), measured('confirm')];
const verdict = (runs: readonly OracleRun[], fields: Partial<Evidence> = {}) => verdictOf(evidence(runs, fields)).verdict;

describe('the verdict on a tree', () => {
  it('is pass by two complete green runs of it', () => {
    assert.deepEqual(verdictOf(evidence(greenTwice)), { verdict: 'pass', because: ['3 cells green in 2 complete runs of this tree'] });
  });

  it('is unverified without them', () => {
    assert.equal(verdict([]), 'unverified');
    assert.equal(verdict([measured('boundary')]), 'unverified');
    assert.equal(verdict([measured('progress'), measured('progress')]), 'unverified');
    assert.equal(verdict([measured('red'), measured('baseline')]), 'unverified');
    assert.equal(verdict([measured('boundary'), measured('confirm', undefined, { tree: 't0' })]), 'unverified');
    assert.equal(verdict(greenTwice, { candidateTree: 't2' }), 'unverified');
    assert.equal(verdict(greenTwice, { outdated: ['data.bin'] }), 'unverified');
    assert.equal(verdict(greenTwice, { checks: [] }), 'unverified');
    const empty = verdictOf(evidence(greenTwice, { checks: [...checks, check({ id: 'empty', matrix: { a: [] } })] }));
    assert.deepEqual([empty.verdict, empty.because[0]], ['unverified', 'empty has no cell to run']);
  });

  it('is unverified where any matrix cell did not run', () => {
    for (let gone = 0; gone < 3; gone++) {
      const cells = measured('confirm').cells.filter((_, index) => index !== gone);
      assert.equal(verdict([measured('boundary'), run('confirm', cells)]), 'unverified');
    }
    const twice = measured('confirm').cells;
    assert.equal(verdict([measured('boundary'), run('confirm', [...twice, errorCell(1)])]), 'unverified');
  });

  it('is fail where a cell ran, missed and was never green', () => {
    assert.equal(verdict([measured('boundary', ['pass', 'fail', 'pass'])]), 'fail');
    assert.equal(verdict([measured('boundary', ['pass', 'fail', 'could-not-run'])]), 'fail');
    assert.equal(verdict([measured('boundary', ['pass', 'pass', 'fail']), measured('confirm', ['pass', 'pass', 'timed-out'])]), 'fail');
    assert.match(verdictOf(evidence([measured('boundary', ['pass', 'fail', 'pass'])])).because[0] ?? '', /^error\[batch=4\]: fail error 0\.5 \(<= 1e-6\)/);
  });

  it('is fail where fewer tests run than at the baseline, or than were written since', () => {
    const baseline = run('baseline', [testsCell('pass', 2)], { tree: 't0' });
    const fewer = greenTwice.map((one) => ({ ...one, cells: one.cells.map((cell) => (cell.check === 'tests' ? { ...testsCell(), tests: { total: 2, passed: 2, failed: 0, skipped: 0, ids: ['a', 'c'] } } : cell)) }));
    assert.equal(verdict(greenTwice, { baseline }), 'pass');
    assert.equal(verdict(fewer, { baseline }), 'fail');
    const red = run('red', [{ ...testsCell('fail'), tests: { total: 3, passed: 2, failed: 1, skipped: 0, ids: ['a', 'b'] } }], { tree: 't0' });
    assert.equal(verdict(greenTwice, { red }), 'fail');
  });

  it('is flaky where two runs of one tree differ, whatever each of them says', () => {
    for (const other of ['fail', 'could-not-run', 'timed-out', 'invalid-report'] as const) {
      assert.equal(verdict([...greenTwice, measured('final', ['pass', other, 'pass'])]), 'flaky', other);
      assert.equal(verdict([measured('progress', ['pass', other, 'pass']), ...greenTwice]), 'flaky', other);
    }
  });

  it('is fail where one cell misses every time, although another one is flaky', () => {
    assert.equal(verdict([measured('boundary', ['pass', 'fail', 'pass']), measured('confirm', ['fail', 'fail', 'pass'])]), 'fail');
  });

  it('does not count a wrong implementation that was measured on top of the tree', () => {
    assert.equal(verdict([measured('decoy', ['fail', 'fail', 'pass']), ...greenTwice]), 'pass');
  });

  it('is blocked where a cell could not be judged, or the set-up failed', () => {
    for (const kind of ['could-not-run', 'timed-out', 'invalid-report'] as const) {
      assert.equal(verdict([measured('boundary', ['pass', 'pass', kind])]), 'blocked', kind);
    }
    assert.equal(verdict([run('boundary', [], { setupFailed: 'npm ci ended with status 1' })]), 'blocked');
    assert.equal(verdict([...greenTwice, run('final', [], { setupFailed: 'disk full' })]), 'blocked');
    assert.equal(verdict([run('boundary', [], { setupFailed: 'disk full' }), ...greenTwice]), 'pass');
    assert.equal(verdict([measured('boundary', undefined, { setupFailed: 'disk full' }), measured('confirm')]), 'unverified');
  });

  it('is tampered before anything else', () => {
    for (const fields of [{ contractTampered: true }, { frozenTampered: ['oracle/a.mjs'] }, { environmentChanged: ['node --version'] }]) {
      assert.equal(verdict(greenTwice, fields), 'tampered');
      assert.equal(verdict([measured('boundary', ['fail', 'fail', 'fail'])], fields), 'tampered');
    }
    assert.equal(verdict([measured('boundary', undefined, { tampered: ['oracle/a.mjs'] }), measured('confirm')]), 'tampered');
  });

  it('judges recorded figures by the thresholds in force', () => {
    const stricter = [{ ...checks[0]!, metrics: { error: { kind: 'at-most' as const, value: 1e-9 } } }, checks[1]!];
    assert.equal(verdict(greenTwice, { checks: stricter }), 'fail');
    const spoiled = greenTwice.map((one) => ({ ...one, cells: one.cells.map((cell) => (cell.tests === undefined ? cell : { ...cell, tests: { ...cell.tests, failed: 1 } })) }));
    assert.equal(verdict(spoiled), 'fail');
    const more = [checks[0]!, { ...checks[1]!, tests: { atLeast: 3, skipped: 0 } }];
    assert.equal(verdict(greenTwice, { checks: more }), 'fail');
  });

  it('is partial where a target is met only in its partial band', () => {
    const target = check({ id: 'p75', metrics: { p75: { kind: 'target', value: 100, reproduces: 0.05, partial: 0.1 } } });
    const cell = (value: number): CellResult => ({ check: 'p75', cell: {}, class: 'pass', exit: 0, ms: 1, metrics: [{ name: 'p75', value, wanted: '', limit: 110, met: true, band: value > 105 ? 'partial' : 'reproduces' }] });
    const of = (...values: readonly number[]) => verdict([run('boundary', [cell(values[0]!)]), run('confirm', [cell(values[1]!)])], { checks: [target] });
    assert.equal(of(101, 102), 'pass');
    assert.equal(of(107, 107), 'partial');
    assert.equal(of(101, 107), 'partial');
    assert.equal(of(101, 120), 'flaky');
  });
});

const kindArb = fc.constantFrom<CellClass>('pass', 'pass', 'pass', 'fail', 'could-not-run', 'timed-out', 'invalid-report');
const runArb = fc.record({
  purpose: fc.constantFrom<RunPurpose>('boundary', 'confirm', 'final', 'verify', 'progress', 'red', 'decoy'),
  kinds: fc.tuple(kindArb, kindArb, kindArb), tree: fc.constantFrom('t1', 't1', 't0'), broken: fc.boolean(), kept: fc.constantFrom(7, 7, 7, 3, 5),
});
const evidenceArb = fc.record({
  runs: fc.array(runArb, { maxLength: 5 }), contractTampered: fc.constantFrom(false, false, false, true), candidateTree: fc.constantFrom('t1', 't1', 't1', 't2'),
}).map(({ runs, contractTampered, candidateTree }) => evidence(runs.map(({ purpose, kinds, tree, broken, kept }, index) => {
  const one = measured(purpose, kinds, { tree, id: `r${index}` });
  const cells = one.cells.filter((_, cell) => (kept & (1 << cell)) !== 0);
  return broken && index % 3 === 2 ? { ...one, cells: [], setupFailed: 'x' } : { ...one, cells };
}), { contractTampered, candidateTree }));

describe('any evidence', () => {
  it('passes only with two complete runs of the tree that are green in every cell, and nothing against them', () => {
    fc.assert(fc.property(evidenceArb, (given) => {
      if (verdictOf(given).verdict !== 'pass') return;
      const own = given.runs.filter((one) => one.tree === 't1' && one.purpose !== 'decoy');
      const complete = own.filter((one) => one.setupFailed === undefined && one.cells.length === 3 && one.cells.every((cell) => cell.class === 'pass') && ['boundary', 'confirm', 'final', 'verify'].includes(one.purpose));
      assert.ok(complete.length >= 2 && own.every((one) => one.cells.every((cell) => cell.class === 'pass')));
      assert.ok(!given.contractTampered && given.candidateTree === 't1');
    }), { numRuns: 1000 });
  });

  /** Everything that makes evidence poorer: taking a green run or cell away, spoiling one, losing its figures. */
  const poorer = (given: Evidence, at: number, how: number): Evidence => {
    const runs = given.runs.map((one, index) => (index !== at % Math.max(given.runs.length, 1) ? one : spoiled(one, how)));
    return { ...given, runs: how === 0 ? given.runs.filter((one, index) => index !== at || one.cells.some((cell) => cell.class !== 'pass') || one.setupFailed !== undefined) : runs };
  };
  const spoiled = (one: OracleRun, how: number): OracleRun => {
    const green = one.cells.findIndex((cell) => cell.class === 'pass');
    if (how === 1) return { ...one, cells: one.cells.filter((_, index) => index !== green) };
    if (how === 2) return { ...one, tree: one.cells.every((cell) => cell.class === 'pass') ? 't9' : one.tree };
    if (how === 3) return { ...one, tampered: ['oracle/x'] };
    return { ...one, cells: one.cells.map((cell, index) => (index === green ? worse(cell, how) : cell)) };
  };
  const worse = (cell: CellResult, how: number): CellResult => {
    if (how === 4) return { ...cell, class: 'fail' };
    if (how === 5) return { ...cell, metrics: [], tests: { total: 0, passed: 0, failed: 0, skipped: 0, ids: [] } };
    if (how === 6) return { ...cell, exit: null };
    if (how === 7) return { ...cell, check: 'other' };
    return { ...cell, metrics: cell.metrics.map((metric) => ({ ...metric, value: Number.NaN })), tests: { total: 2, passed: 1, failed: 1, skipped: 0, ids: [] } };
  };

  it('that is made poorer never turns into a pass', () => {
    fc.assert(fc.property(evidenceArb, fc.nat(4), fc.nat(8), (given, at, how) => {
      if (verdictOf(given).verdict !== 'pass') assert.notEqual(verdictOf(poorer(given, at, how)).verdict, 'pass');
    }), { numRuns: 2000 });
  });

  it('that passes, spoiled in the cell of a confirming pair, no longer passes', () => {
    for (let how = 1; how <= 8; how++) assert.notEqual(verdictOf(poorer(evidence(greenTwice), 1, how)).verdict, 'pass', `spoiled by ${how}`);
    assert.notEqual(verdictOf(poorer(evidence(greenTwice), 0, 0)).verdict, 'pass');
  });

  it('gets the same verdict whatever the order of its cells', () => {
    fc.assert(fc.property(evidenceArb, (given) => {
      const turned = { ...given, runs: given.runs.map((one) => ({ ...one, cells: one.cells.toReversed() })) };
      assert.equal(verdictOf(turned).verdict, verdictOf(given).verdict);
    }));
  });
});
