import type { CellResult, MetricResult, OracleRun } from './result.ts';

/** Whether a run is complete and every cell of it passes. */
export function isGreen(run: OracleRun): boolean {
  return run.setupFailed === undefined && run.cells.length > 0 && run.cells.every((cell) => cell.class === 'pass');
}

/** A cell's name: `check` or `check[axis=value,…]`. */
export function cellName(cell: Pick<CellResult, 'check' | 'cell'>): string {
  const axes = Object.entries(cell.cell).map(([axis, value]) => `${axis}=${value}`);
  return axes.length === 0 ? cell.check : `${cell.check}[${axes.join(',')}]`;
}

/** A measured number as people read it: four significant digits, no rounding to a threshold that it misses. */
export function figure(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return String(value);
  const short = Number(value.toPrecision(4));
  const size = Math.abs(short);
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? short.toExponential().replace('e+', 'e') : String(short);
}

/** Every figure of a run beside its threshold, a line per cell; the first line ends in `green`, `red` or `could not run`. */
export function describeRun(run: OracleRun): string {
  const state = run.setupFailed !== undefined ? 'could not run' : isGreen(run) ? 'green' : run.cells.every((cell) => cell.class === 'pass' || cell.class === 'fail') ? 'red' : 'could not run';
  const head = `oracle run ${run.id}: ${state}`;
  if (run.setupFailed !== undefined) return `${head}\nsetup failed: ${run.setupFailed}\n`;
  const tampered = run.tampered.length === 0 ? '' : `frozen files that differ in the work tree (the frozen ones were used): ${run.tampered.join(', ')}\n`;
  return `${head}\n${run.cells.map(describeCell).join('\n')}\n${tampered}`;
}

export function describeCell(cell: CellResult): string {
  const tests = cell.tests === undefined ? [] : [`${cell.tests.passed} of ${cell.tests.total} tests passed, ${cell.tests.failed} failed, ${cell.tests.skipped} skipped`];
  const parts = [...cell.metrics.map(describeMetric), ...tests];
  const why = cell.class === 'pass' || cell.reason === undefined ? '' : ` (${cell.reason})`;
  return `${cellName(cell)}: ${cell.class}${parts.length > 0 ? ` ${parts.join(', ')}` : ''}${why}`;
}

function describeMetric(metric: MetricResult): string {
  return `${metric.name} ${metric.value === null ? 'null' : figure(metric.value)} (${metric.wanted})`;
}
