import type { Check, Condition } from '../../contract/contract.ts';
import { conditionsFor } from '../../oracle/cells.ts';
import { measure, shareOf } from '../../oracle/conditions.ts';
import { cellName, figure } from '../../oracle/describe.ts';
import { isGreenCell } from '../../oracle/evidence.ts';
import type { CellResult } from '../../oracle/result.ts';
import type { CellView } from '../view.ts';

/** One measured value of a cell beside its condition as the contract has it now. */
export interface Measured {
  readonly name: string;
  /** `null` where there is no value. */
  readonly value: number | null;
  readonly condition: Condition;
  readonly wanted: string;
  readonly met: boolean;
  /** Value over threshold, at most 1 where it is met; infinite where there is no value. */
  readonly share: number;
}

/** What a check wants of a cell and what was measured, the value that is nearest to its threshold or furthest beyond it first. */
export function measuredIn(check: Check, cell: CellResult): readonly Measured[] {
  return Object.entries(conditionsFor(check, cell.cell)).map(([name, condition]) => {
    const value = cell.metrics.find((metric) => metric.name === name)?.value ?? null;
    const { wanted, met } = measure(name, value, condition);
    return { name, value, condition, wanted, met, share: value === null || Number.isNaN(value) ? Number.POSITIVE_INFINITY : shareOf(condition, value) };
  }).sort((a, b) => Number(a.met) - Number(b.met) || b.share - a.share);
}

/** How a cell stands: what passed under conditions that were tightened since does not pass. */
export function cellState(check: Check, cell: CellResult): Exclude<CellView['state'], 'not-run'> {
  if (isGreenCell(check, cell)) return 'pass';
  return cell.class === 'fail' || cell.class === 'pass' ? 'fail' : 'blocked';
}

/** A cell of the grid; `undefined` is one that the run does not have. `share` is cut at 1. */
export function cellView(check: Check, axes: CellResult['cell'], cell: CellResult | undefined): CellView {
  const name = cellName({ check: check.id, cell: axes });
  if (cell === undefined) return { state: 'not-run', text: '', share: 0, label: `${name}: not run` };
  const worst = measuredIn(check, cell)[0];
  const state = cellState(check, cell);
  return {
    state, text: textOf(worst, cell, state), share: shareDrawn(worst, state), label: [`${name}: ${words[state]}`, ...figuresOf(check, cell), ...(cell.reason === undefined ? [] : [cell.reason])].join(', '),
    ...(cell.log === undefined ? {} : { log: cell.log }),
  };
}

const words = { pass: 'pass', fail: 'fail', blocked: 'could not run' } as const;

function textOf(worst: Measured | undefined, cell: CellResult, state: CellView['state']): string {
  if (worst?.value !== undefined && worst.value !== null) return short(worst.value);
  if (cell.tests !== undefined) return `${cell.tests.passed}/${cell.tests.total}`;
  return state === 'pass' ? 'ok' : '–';
}

function shareDrawn(worst: Measured | undefined, state: CellView['state']): number {
  if (worst === undefined) return state === 'pass' ? 0 : 1;
  return Math.min(1, worst.share);
}

function figuresOf(check: Check, cell: CellResult): readonly string[] {
  const tests = cell.tests === undefined ? [] : [`${cell.tests.passed} of ${cell.tests.total} tests passed`];
  return [...measuredIn(check, cell).map((one) => `${one.name} ${one.value === null ? 'has no value' : figure(one.value)}, wanted ${one.wanted}`), ...tests];
}

/** One significant digit, for a small cell; the label has the figure. */
export function short(value: number): string {
  return figure(Number(value.toPrecision(Number.isInteger(value) && Math.abs(value) < 1000 ? 3 : 1)));
}
