import type { Check } from '../contract/contract.ts';
import { type Cell, cellKey, cellsOf, conditionsFor } from './cells.ts';
import { measure } from './conditions.ts';
import type { CellResult, MetricResult, OracleRun } from './result.ts';

/**
 * Whether a recorded cell is evidence of success for a check as it stands now: judged as passed, and every condition of
 * the check is met again by the recorded figures.
 */
export function isGreenCell(check: Check, result: CellResult): boolean {
  if (result.class !== 'pass' || result.exit !== check.exit) return false;
  const metrics = Object.entries(conditionsFor(check, result.cell)).every(([name, condition]) => {
    const value = result.metrics.find((metric) => metric.name === name)?.value ?? null;
    return measure(name, value, condition).met;
  });
  if (!metrics || check.tests === undefined) return metrics;
  const { tests } = result;
  return tests !== undefined && tests.failed === 0 && tests.passed >= Math.max(check.tests.atLeast, 1) && tests.skipped <= check.tests.skipped;
}

/** The result of one cell in a run; undefined where it did not run, or where the run has it more than once. */
export function cellIn(run: OracleRun, check: Check, cell: Cell): CellResult | undefined {
  const key = cellKey(check.id, cell);
  const found = run.cells.filter((result) => cellKey(result.check, result.cell) === key);
  return found.length === 1 ? found[0] : undefined;
}

/** Whether a run has every cell of a check, all of them green. A check without cells is never green. */
export function isGreenCheck(check: Check, run: OracleRun): boolean {
  const cells = cellsOf(check);
  return run.setupFailed === undefined && cells.length > 0 && cells.every((cell) => {
    const result = cellIn(run, check, cell);
    return result !== undefined && isGreenCell(check, result);
  });
}

/** The metrics of a cell that miss their condition now, each with a value or an agreed `null`. */
export function missedMetrics(check: Check, result: CellResult): readonly MetricResult[] {
  const conditions = conditionsFor(check, result.cell);
  return Object.entries(conditions).flatMap(([name, condition]) => {
    const reported = result.metrics.find((metric) => metric.name === name);
    const measured = reported === undefined ? undefined : measure(name, reported.value, condition);
    return measured === undefined || measured.met ? [] : [measured];
  });
}
