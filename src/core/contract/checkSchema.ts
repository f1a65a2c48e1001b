import * as z from 'zod/mini';
import { defaultBy, defaultExit, defaultTests } from './defaults.ts';
import { choice, command, expecting, filePath, finite, list, matching, named, optional, quantity, required, whole } from './leaves.ts';
import { expectedDuration, expectedPercent, parseDuration, parsePercent } from './quantities.ts';

const axisName = () => matching(/^[A-Za-z_][\w-]{0,63}$/, 'the name of an axis: letters, digits, `_` and `-`');
const metricName = () => matching(/^[^\s\p{C}](?:[^\p{C}]{0,78}[^\s\p{C}])?$/u, 'the name of a metric as it stands in the report');
const axisText = () => matching(/^\P{Cc}{0,500}$/u, 'one line of text');
const scalar = () => expecting(z.union([axisText(), z.number(), z.boolean()]), 'a text, a number, `true` or `false`');

const bands = expecting(z.strictObject({
  reproduces: required(quantity(parsePercent, expectedPercent), 'Largest deviation from the target that counts as the same result.'),
  partial: optional(quantity(parsePercent, expectedPercent), 'Largest deviation that counts as a partial result. Without it there is no partial band.'),
}), 'a map with `reproduces` and `partial`');

const conditionText = 'one of `{ at-most: 1 }`, `{ at-least: 1 }`, `{ equals: 1 }`, `{ target: 1, bands: { reproduces: 5% } }`';

const condition = expecting(z.strictObject({
  'at-most': optional(finite(), 'The metric is at most this.'),
  'at-least': optional(finite(), 'The metric is at least this.'),
  'equals': optional(finite(), 'The metric is exactly this.'),
  'target': optional(finite(), 'The metric is near this; `bands` says how near.'),
  'bands': optional(bands, 'How far from the target a metric may be, relative to the target.'),
}), conditionText);

export type ConditionShape = z.output<typeof condition>;

const metrics = () => named(metricName(), condition, 'a map of metrics to conditions');

const override = expecting(z.strictObject({
  when: required(named(axisName(), scalar(), 'a map of axes to one of their values'), 'The cells that this is about.'),
  metrics: required(metrics(), 'Conditions in force in these cells instead of the check\'s own.'),
}), 'a map with `when` and `metrics`');

const tests = expecting(z.strictObject({
  'at-least': optional(whole(1, 1_000_000), 'Fewest tests that must have passed.', String(defaultTests.atLeast)),
  'skipped': optional(whole(0, 1_000_000), 'Most tests that may be skipped.', String(defaultTests.skipped)),
}), 'a map with `at-least` and `skipped`');

/** The shape of one check of the oracle. */
export const checkShape = expecting(z.strictObject({
  id: required(matching(/^[A-Za-z0-9](?:[\w.-]{0,62}[\w-])?$/, 'a short name: letters, digits, `.`, `_` and `-`'), 'Name of the check in views, reports and claims. Unique in the contract.'),
  run: required(command(), 'Command line that measures. `${axis}` stands for the value of an axis of the matrix.'),
  matrix: optional(named(axisName(), list(scalar(), 'a list of values', 1), 'a map of axes to lists of values'), 'The check runs once for each combination of values; a combination that did not run never passes.'),
  timeout: optional(quantity(parseDuration, expectedDuration), 'Longest time of one run.', '10m'),
  exit: optional(whole(0, 255), 'Exit status that means that the command ran to its end. Any other is a failure.', String(defaultExit)),
  report: optional(filePath(), 'File that the command writes its report to. Without it the last JSON line of the standard output is the report.'),
  metrics: optional(metrics(), 'Numbers of the report and their conditions. A missing, infinite or non-numeric value never passes.'),
  override: optional(list(override, 'a list of overrides'), 'Other conditions for some cells of the matrix.', '[]'),
  tests: optional(tests, 'Counts tests, from JUnit XML, TAP or the runner\'s own report. Without it tests are not counted.'),
  before: optional(choice(['pass', 'fail']), 'What the check must be before any work. Without it, a check that passes at the baseline must go on passing, and any other must fail before the work begins.'),
  by: optional(choice(['minimal-hook', 'production-shape']), 'The boundary from which on the check must pass; `production-shape` suits lint, types and documentation.', defaultBy),
}), 'a check: a map with at least `id` and `run`');

export type CheckShape = z.output<typeof checkShape>;
