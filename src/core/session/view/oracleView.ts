import type { Check } from '../../contract/contract.ts';
import { type Cell, cellsOf } from '../../oracle/cells.ts';
import { describeCondition } from '../../oracle/conditions.ts';
import { figure } from '../../oracle/describe.ts';
import { cellIn, isGreenCheck } from '../../oracle/evidence.ts';
import type { CellResult, OracleRun } from '../../oracle/result.ts';
import type { Session } from '../session.ts';
import type { CheckView, Grid, OracleView } from '../view.ts';
import { cellState, cellView, measuredIn } from './cells.ts';
import { count } from './figures.ts';
import { scaleOf } from './scale.ts';

/** The oracle as a picture: the last run that is not one of a decoy; before any run, what it wants. */
export function oracleView(session: Session): OracleView {
  const index = session.line.runs.findLastIndex((one) => one.purpose !== 'decoy');
  const run = session.line.runs[index];
  return { run: index + 1, checks: session.contract.oracle.checks.map((check) => checkView(session, check, run)) };
}

function checkView(session: Session, check: Check, run: OracleRun | undefined): CheckView {
  const cells = run === undefined ? [] : cellsOf(check).flatMap((cell) => cellIn(run, check, cell) ?? []);
  const state = stateOf(check, run, cells);
  if (run === undefined || state === 'not-run') return { id: check.id, state, summary: run === undefined ? wanted(check) : `not in this run · ${wanted(check)}` };
  const matrix = Object.keys(check.matrix).length > 0;
  const log = matrix ? undefined : cells[0]?.log;
  const scale = scaleOf(session, check, cells);
  return {
    id: check.id, state, summary: summaryOf(check, run, cells), ...(matrix && cells.length > 0 ? { grid: gridOf(check, run) } : {}),
    ...(scale === undefined ? {} : { scale }), ...(log === undefined ? {} : { log }),
  };
}

function stateOf(check: Check, run: OracleRun | undefined, cells: readonly CellResult[]): CheckView['state'] {
  if (run === undefined) return 'not-run';
  if (run.setupFailed !== undefined) return 'blocked';
  if (cells.length === 0) return 'not-run';
  if (isGreenCheck(check, run)) return 'pass';
  return cells.some((cell) => cellState(check, cell) === 'fail') ? 'fail' : 'blocked';
}

/** What a check wants, in few words: how many cells, the thresholds, the tests. */
function wanted(check: Check): string {
  const cells = cellsOf(check).length;
  const metrics = Object.entries(check.metrics).map(([name, condition]) => `${name} ${describeCondition(condition)}`);
  const tests = check.tests === undefined ? [] : [`>= ${check.tests.atLeast} tests, ${check.tests.skipped} skipped`];
  const all = [...(cells === 1 ? [] : [count(cells, 'cell')]), ...metrics, ...tests];
  return all.length === 0 ? `exit status ${check.exit}` : all.join(' · ');
}

function summaryOf(check: Check, run: OracleRun, cells: readonly CellResult[]): string {
  if (run.setupFailed !== undefined) return `the set-up failed: ${run.setupFailed}`;
  const [only] = cells;
  const tests = cells.length === 1 ? only?.tests : undefined;
  if (tests !== undefined) return `${tests.passed} of ${tests.total}${tests.skipped > 0 ? `, ${tests.skipped} skipped` : ''}`;
  if (cells.length === 1 && only?.metrics.length === 0) return only.reason ?? only.class;
  const green = cells.filter((cell) => cellState(check, cell) === 'pass').length;
  const worst = cells.flatMap((cell) => measuredIn(check, cell)).filter((one) => one.value !== null).toSorted((a, b) => Number(a.met) - Number(b.met) || b.share - a.share)[0];
  const parts = [...(cellsOf(check).length === 1 ? [] : [`${green} of ${cellsOf(check).length} cells`]), ...(worst?.value === undefined || worst.value === null ? [] : [`worst ${figure(worst.value)}, wanted ${worst.wanted}`])];
  return parts.join(' · ') || (only?.reason ?? 'no value');
}

/** The first axis names the rows, the others together the columns; every cell of the contract has its place, whether it ran or not. */
function gridOf(check: Check, run: OracleRun): Grid {
  const [rowAxis = '', ...columnAxes] = Object.keys(check.matrix);
  const columnOf = (cell: Cell): string => columnAxes.map((axis) => String(cell[axis])).join(' · ');
  const cells = cellsOf(check);
  const rows = [...new Set(cells.map((cell) => cell[rowAxis]))];
  const columns = [...new Set(cells.map(columnOf))];
  return {
    rowAxis, columnAxis: columnAxes.length === 0 ? 'value' : columnAxes.join(' · '), columns,
    rows: rows.map((row) => ({ label: String(row), cells: cells.filter((cell) => cell[rowAxis] === row).map((cell) => cellView(check, cell, cellIn(run, check, cell))) })),
  };
}
