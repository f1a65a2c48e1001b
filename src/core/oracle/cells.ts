import type { Check, Condition, Scalar } from '../contract/contract.ts';
import { describeCondition } from './conditions.ts';
import { substitute } from './shellWords.ts';

/** One combination of a check's axes; a check without a matrix has one cell without axes. */
export type Cell = Readonly<Record<string, Scalar>>;

/** Every cell of a check, in declared order, the last axis changing fastest. An axis without values leaves no cell. */
export function cellsOf(check: Check): readonly Cell[] {
  return Object.entries(check.matrix).reduce<readonly Cell[]>(
    (cells, [axis, values]) => cells.flatMap((cell) => values.map((value) => ({ ...cell, [axis]: value }))), [{}]);
}

/** Names a cell of a check, the same for the same values whatever the order of the axes. */
export function cellKey(check: string, cell: Cell): string {
  return JSON.stringify([check, ...Object.keys(cell).sort().map((axis) => [axis, cell[axis]])]);
}

/** The command line of one cell for a POSIX shell. */
export function commandFor(check: Check, cell: Cell): string {
  return substitute(check.run, new Map(Object.entries(cell).map(([axis, value]) => [axis, String(value)])));
}

/** What the metrics of a cell must meet: the check's conditions with every override that matches, later ones winning. */
export function conditionsFor(check: Check, cell: Cell): Readonly<Record<string, Condition>> {
  const matching = check.override.filter(({ when }) => Object.entries(when).every(([axis, value]) => Object.hasOwn(cell, axis) && cell[axis] === value));
  return Object.assign({}, check.metrics, ...matching.map((override) => override.metrics)) as Record<string, Condition>;
}

/** Everything that a cell of a check must meet, in one line for people and models. */
export function describeConditions(check: Check): string {
  const overrides = check.override.map(({ when, metrics }) => `where ${Object.entries(when).map(([axis, value]) => `${axis}=${value}`).join(' and ')}: ${metricsText(metrics)}`);
  const tests = check.tests === undefined ? [] : [`at least ${check.tests.atLeast} tests passed, none failed, at most ${check.tests.skipped} skipped`];
  return [metricsText(check.metrics), ...overrides, ...tests, `exit status ${check.exit}`].filter((part) => part !== '').join('; ');
}

function metricsText(metrics: Readonly<Record<string, Condition>>): string {
  return Object.entries(metrics).map(([name, condition]) => `${name} ${describeCondition(condition)}`).join(', ');
}
