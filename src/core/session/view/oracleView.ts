import { cellName, figure } from '../../oracle/describe.ts';
import type { CellResult, MetricResult } from '../../oracle/result.ts';
import type { Session } from '../session.ts';
import type { CellView, CheckView, Grid, OracleView, Scale } from '../view.ts';

/** The oracle as a picture: the last run that is not one of a decoy. */
export function oracleView(session: Session): OracleView | undefined {
  const { runs } = session.line;
  const run = runs.findLast((one) => one.purpose !== 'decoy');
  if (run === undefined) return undefined;
  return { run: runs.length, checks: session.contract.oracle.checks.map((check) => checkView(session, check.id, run.cells.filter((cell) => cell.check === check.id))) };
}

function checkView(session: Session, id: string, cells: readonly CellResult[]): CheckView {
  const state = stateOf(cells);
  const matrix = cells.some((cell) => Object.keys(cell.cell).length > 0);
  const log = matrix ? undefined : cells[0]?.log;
  const scale = matrix ? scaleOf(session, id, cells) : undefined;
  return {
    id, state, summary: summaryOf(cells), ...(matrix ? { grid: gridOf(cells) } : {}), ...(scale === undefined ? {} : { scale }), ...(log === undefined ? {} : { log }),
  };
}

function stateOf(cells: readonly CellResult[]): CheckView['state'] {
  if (cells.length === 0) return 'not-run';
  if (cells.every((cell) => cell.class === 'pass')) return 'pass';
  return cells.some((cell) => cell.class === 'fail') ? 'fail' : 'blocked';
}

function summaryOf(cells: readonly CellResult[]): string {
  if (cells.length === 0) return 'not run';
  const tests = cells.length === 1 ? cells[0]?.tests : undefined;
  if (tests !== undefined) return `${tests.passed} of ${tests.total}`;
  const worst = worstMetric(cells);
  if (worst?.value !== undefined && worst.value !== null) return `worst ${figure(worst.value)}`;
  return cells.length === 1 ? (cells[0]?.reason ?? cells[0]?.class ?? '') : `${cells.filter((cell) => cell.class === 'pass').length} of ${cells.length} cells`;
}

function worstMetric(cells: readonly CellResult[]): MetricResult | undefined {
  return cells.flatMap((cell) => cell.metrics).filter((metric) => metric.value !== null).toSorted((a, b) => shareOf(b) - shareOf(a))[0];
}

/** How much of its threshold a value uses; beyond 1 it misses. */
function shareOf(metric: MetricResult): number {
  if (metric.value === null) return 0;
  if (metric.limit === 0) return metric.met ? 0 : 2;
  return Math.abs(metric.value / metric.limit);
}

/** The first axis names the rows, the others together the columns. */
function gridOf(cells: readonly CellResult[]): Grid {
  const [rowAxis = '', ...columnAxes] = Object.keys(cells[0]?.cell ?? {});
  const columnOf = (cell: CellResult): string => columnAxes.map((axis) => String(cell.cell[axis])).join(' · ');
  const columns = [...new Set(cells.map(columnOf))];
  const labels = [...new Set(cells.map((cell) => String(cell.cell[rowAxis])))];
  const cellAt = (row: string, column: string): CellView => cellView(cells.find((cell) => String(cell.cell[rowAxis]) === row && columnOf(cell) === column));
  return { rowAxis, columnAxis: columnAxes.join(' · '), columns, rows: labels.map((label) => ({ label, cells: columns.map((column) => cellAt(label, column)) })) };
}

function cellView(cell: CellResult | undefined): CellView {
  if (cell === undefined) return { state: 'not-run', text: '', share: 0, label: 'not run' };
  const worst = worstMetric([cell]);
  const state = cell.class === 'pass' ? 'pass' : cell.class === 'fail' ? 'fail' : 'blocked';
  const value = worst?.value;
  return {
    state, text: typeof value === 'number' ? short(value) : cell.class === 'pass' ? 'ok' : '–', share: worst === undefined ? 0 : Math.min(1, shareOf(worst)),
    label: `${cellName(cell)}: ${cell.class}${worst === undefined ? '' : `, ${worst.name} ${figure(worst.value ?? 0)}, wanted ${worst.wanted}`}${cell.reason === undefined ? '' : `, ${cell.reason}`}`,
    ...(cell.log === undefined ? {} : { log: cell.log }),
  };
}

function short(value: number): string {
  return figure(Number(value.toPrecision(1)));
}

/** Noise floor, threshold and nearest wrong implementation of the metric that is nearest to its threshold, on a logarithmic axis. */
function scaleOf(session: Session, check: string, cells: readonly CellResult[]): Scale | undefined {
  const metric = worstMetric(cells) ?? cells[0]?.metrics[0];
  if (metric === undefined || metric.limit <= 0) return undefined;
  const green = session.line.runs.flatMap((run) => run.cells).filter((cell) => cell.check === check && cell.class === 'pass');
  const values = green.flatMap((cell) => cell.metrics).filter((one) => one.name === metric.name && one.value !== null && one.value > 0).map((one) => one.value ?? 0);
  const nearest = Math.min(...session.line.decoys.flatMap((decoy) => (decoy.nearest === undefined ? [] : [decoy.nearest * metric.limit])));
  const points = [
    ...(values.length > 0 ? [{ kind: 'noise' as const, value: Math.min(...values), text: `noise ${short(Math.min(...values))}` }] : []),
    { kind: 'limit' as const, value: metric.limit, text: metric.wanted },
    ...(Number.isFinite(nearest) ? [{ kind: 'decoy' as const, value: nearest, text: `decoy ${short(nearest)}` }] : []),
  ];
  const logs = points.map((point) => Math.log10(point.value));
  const [low, high] = [Math.min(...logs) - 0.7, Math.max(...logs) + 0.7];
  return {
    label: points.map((point) => point.text).join(', '),
    marks: points.map((point, index) => ({ kind: point.kind, at: Math.round((100 * ((logs[index] ?? 0) - low)) / (high - low)), text: point.text })),
  };
}
