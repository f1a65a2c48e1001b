import assert from 'node:assert/strict';
import { catchesDecoy, redForTheRightReason, regressionChecks } from '../../../src/core/oracle/before.ts';
import type { CellResult, OracleRun } from '../../../src/core/oracle/result.ts';
import { check, judged, run } from './support.ts';

const error = check({ id: 'error', metrics: { max_abs_error: { kind: 'at-most', value: 1e-6 }, rows: { kind: 'at-least', value: 10 } } });
const tests = check({ id: 'tests', before: 'pass', tests: { atLeast: 1, skipped: 0 } });
const both = [error, tests];
const greenTests = judged(tests, 'ok 1 - a\n1..1');
const redTests = judged(tests, 'not ok 1 - a\n1..1', { exit: 1 });

const report = (max_abs_error: number | null, rows: number | null, fields = {}) => judged(error, JSON.stringify({ max_abs_error, rows, ...(max_abs_error === null ? { reason: 'not-implemented' } : {}) }), fields);
const red = (...cells: readonly CellResult[]) => run('red', cells);
const holding = (checks: typeof both, baseline: OracleRun | undefined, now: OracleRun) => Object.fromEntries(redForTheRightReason(checks, baseline, now).map(({ id, holds }) => [id, holds]));

describe('a regression check', () => {
  const undeclared = check({ ...tests, id: 'lint', before: undefined as never });
  const lint = (kind: CellResult['class']): CellResult => ({ ...greenTests, check: 'lint', class: kind });

  it('is declared so, or was green at the baseline', () => {
    const { before: _, ...free } = undeclared;
    assert.deepEqual(regressionChecks([...both, free], run('baseline', [lint('pass')])), ['tests', 'lint']);
    assert.deepEqual(regressionChecks([...both, free], run('baseline', [lint('fail')])), ['tests']);
    assert.deepEqual(regressionChecks([...both, free], undefined), ['tests']);
    assert.deepEqual(regressionChecks([{ ...free, before: 'fail' }], run('baseline', [lint('pass')])), []);
  });
});

describe('before the work', () => {
  it('the oracle is red by a value outside its condition, or not implemented', () => {
    for (const cell of [report(0.5, 10), report(0.5, 10, { exit: 1 }), report(0, 3), report(null, 10), report(null, null)]) {
      assert.deepEqual(holding(both, undefined, red(cell, greenTests)), { 'red:error': true, 'regression:tests': true, 'some-check-red': true });
    }
  });

  it('a check that could not run, timed out or gave no valid report is not red', () => {
    for (const cell of [judged(error, '', { exit: 1 }), judged(error, '', { timedOut: true }), judged(error, '{"max_abs_error":NaN}'), judged(error, '{"max_abs_error":1}')]) {
      assert.deepEqual(holding(both, undefined, red(cell, greenTests)), { 'red:error': false, 'regression:tests': true, 'some-check-red': false });
    }
  });

  it('a check whose figures are all met is not red, whatever its exit status', () => {
    for (const cell of [report(0, 10), report(0, 10, { exit: 1 })]) assert.equal(holding(both, undefined, red(cell, greenTests))['red:error'], false);
  });

  it('null that nobody called not implemented is no reason', () => {
    const { notImplemented: _, ...cell } = report(null, 10);
    assert.equal(holding(both, undefined, red(cell, greenTests))['red:error'], false);
  });

  it('a regression check must be green', () => {
    assert.equal(holding(both, undefined, red(report(1, 1), redTests))['regression:tests'], false);
    assert.equal(holding(both, undefined, red(report(1, 1)))['regression:tests'], false);
  });

  it('at least one check must be red', () => {
    assert.deepEqual(holding([tests], undefined, red(greenTests)), { 'regression:tests': true, 'some-check-red': false });
  });

  it('one cell that could not run keeps the whole check from counting as red', () => {
    const matrix = check({ ...error, matrix: { batch: [1, 4] } });
    const cells = (second: Partial<CellResult>) => red({ ...report(1, 10), cell: { batch: 1 } }, { ...report(0, 10), cell: { batch: 4 }, ...second });
    assert.equal(holding([matrix], undefined, cells({}))['red:error'], true);
    assert.equal(holding([matrix], undefined, cells({ class: 'could-not-run' }))['red:error'], false);
    assert.equal(holding([matrix], undefined, red({ ...report(1, 10), cell: { batch: 1 } }))['red:error'], false);
  });

  it('nothing holds where the set-up failed', () => {
    for (const cells of [[], [report(1, 1), greenTests]]) {
      const conditions = holding(both, undefined, run('red', cells, { setupFailed: 'npm ci: status 1' }));
      assert.deepEqual(Object.values(conditions).filter(Boolean), []);
      assert.equal(conditions['setup'], false);
    }
  });

  it('a failed test is a reason to be red, a test file that does not load is none', () => {
    const fresh = check({ ...tests, before: 'fail' });
    assert.equal(holding([fresh], undefined, red(redTests))['red:tests'], true);
    const broken = judged(fresh, 'not ok 1 - a.test.js\n1..1', { exit: 1 });
    assert.equal(holding([fresh], undefined, red(broken))['red:tests'], false);
  });

  it('a check with nothing but its exit status is red by that status', () => {
    const bare = check({ id: 'bare' });
    assert.equal(holding([bare], undefined, red(judged(bare, '', { exit: 1 })))['red:bare'], true);
    assert.equal(holding([bare], undefined, red(judged(bare, '', { exit: 1, stderr: 'SyntaxError: x' })))['red:bare'], false);
  });
});

describe('a wrong implementation', () => {
  /** Two runs without it, in which the task's own check measured this. */
  const redTwice = (...cells: readonly CellResult[]) => [red(...cells), red(...cells)];
  const missing = redTwice(report(null, null), greenTests);
  const outcome = (...cells: readonly CellResult[]) => catchesDecoy(both, ['tests'], run('decoy', cells), missing);

  it('is caught by a complete report that misses, and says how near it came', () => {
    const { result, nearest } = outcome(report(3e-6, 10), greenTests);
    assert.equal(result, 'caught');
    assert.ok(Math.abs((nearest ?? 0) - 3) < 1e-9);
    assert.equal(outcome(report(1, 5), greenTests).nearest, 2);
  });

  it('survives where everything is green', () => {
    assert.equal(outcome(report(0, 10), greenTests).result, 'survived');
  });

  it('is caught by a regression check where the task\'s own checks are green', () => {
    assert.deepEqual(outcome(report(0, 10), redTests).result, 'caught');
    assert.equal(outcome(report(0, 10), redTests).nearest, undefined);
  });

  it('does not count where a report of the task\'s checks is not complete, or implements nothing', () => {
    for (const cell of [judged(error, '', { exit: 1 }), judged(error, '{"max_abs_error":1}'), report(null, 10), report(null, null)]) {
      assert.equal(outcome(cell, greenTests).result, 'void');
      assert.equal(outcome(cell, redTests).result, 'void');
    }
    assert.equal(outcome(greenTests).result, 'void');
    assert.equal(outcome(report(0, 10), judged(tests, '', { exit: 1 })).result, 'void');
    assert.equal(catchesDecoy(both, ['tests'], run('decoy', [], { setupFailed: 'x' }), missing).result, 'void');
    assert.equal(catchesDecoy(both, ['tests'], run('decoy', [report(1, 10), greenTests], { setupFailed: 'x' }), missing).result, 'void');
  });

  const against = (reds: readonly OracleRun[], ...cells: readonly CellResult[]) => catchesDecoy(both, ['tests'], run('decoy', cells), reds);
  const nothing = { result: 'void', detail: 'measures the same as without it' };

  it('does not count where the task\'s checks measure the same as without it', () => {
    assert.deepEqual(against(redTwice(report(1, 10), greenTests), report(1, 10), greenTests), nothing);
    assert.deepEqual(against(redTwice(report(1, 10), greenTests), report(1, 10), redTests), nothing);
    assert.deepEqual(against(redTwice(report(1, 10), greenTests), report(1, 12), greenTests), nothing);
    assert.deepEqual(against([], report(1, 10), greenTests), nothing);
    for (const cell of [report(0.5, 10), report(1, 5), report(0, 5), report(1, 10, { exit: 1 })]) assert.equal(against(redTwice(report(1, 10), greenTests), cell, greenTests).result, 'caught');
    assert.equal(against(redTwice(report(1, 10), greenTests), report(0, 10), greenTests).result, 'survived');
  });

  it('does not count by what differs from one run without it to the next', () => {
    const noisy = [report(1, 10), report(1.1, 10)].map((cell) => red(cell, greenTests));
    assert.deepEqual(against(noisy, report(1.7, 10), greenTests), nothing);
    assert.equal(against(noisy, report(1.7, 5), greenTests).result, 'caught');
    assert.deepEqual(against([red(report(1, 10), greenTests), run('red', [], { setupFailed: 'x' })], report(2, 10), greenTests), nothing);
  });

  it('counts by the tests that it makes pass or fail', () => {
    const fresh = check({ ...tests, before: 'fail' });
    const cell = (first: 'ok' | 'not ok') => judged(fresh, `${first} 1 - a\nnot ok 2 - b\n1..2`, { exit: 1 });
    const result = (first: 'ok' | 'not ok') => catchesDecoy([fresh], [], run('decoy', [cell(first)]), redTwice(cell('not ok'))).result;
    assert.deepEqual([result('ok'), result('not ok')], ['caught', 'void']);
  });
});
