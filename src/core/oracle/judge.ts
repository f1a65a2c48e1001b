import type { Check } from '../contract/contract.ts';
import { type Cell, conditionsFor } from './cells.ts';
import { measure } from './conditions.ts';
import { blocked, type Fault, judgeExit, loadFault, unfitEnding, wrongStatus } from './ending.ts';
import { judgeTests } from './judgeTests.ts';
import { reportOf } from './report.ts';
import type { CellResult, MetricResult, RawRun, TestResult } from './result.ts';

/** What one part of the evidence says; no fault means that this part is met. */
interface Part {
  readonly fault?: Fault;
  readonly metrics?: readonly MetricResult[];
  readonly tests?: TestResult;
  readonly notImplemented?: true;
}

/**
 * Judges one process. Only positive evidence passes: it ended by itself with the wanted status, its report is complete
 * and of this run, every metric is a finite number that meets its condition, and every test that it wants passed.
 */
export function judgeCell(check: Check, cell: Cell, raw: RawRun): CellResult {
  const ending = unfitEnding(check, raw);
  const parts = ending === undefined ? partsOf(check, cell, raw) : [{ fault: ending }];
  const fault = worst(parts.flatMap((part) => part.fault ?? [])) ?? contradiction(check, raw);
  const { tests } = parts.find((part) => part.tests !== undefined) ?? {};
  return {
    check: check.id, cell, class: fault?.class ?? 'pass', ...(fault === undefined ? {} : { reason: fault.reason }),
    ...(fault?.class === 'fail' && parts.some((part) => part.notImplemented) ? { notImplemented: true } : {}),
    metrics: parts.flatMap((part) => part.metrics ?? []), ...(tests === undefined ? {} : { tests }),
    exit: raw.exit, ms: raw.ms, ...(raw.log === undefined ? {} : { log: raw.log }),
  };
}

function partsOf(check: Check, cell: Cell, raw: RawRun): Part[] {
  const conditions = Object.keys(conditionsFor(check, cell)).length;
  const metrics = conditions === 0 ? [] : [metricsPart(check, cell, raw)];
  const tests = check.tests === undefined ? [] : [judgeTests(check, check.tests, raw)];
  if (metrics.length + tests.length > 0) return [...metrics, ...tests];
  const fault = judgeExit(check, raw);
  return fault === undefined ? [] : [{ fault }];
}

/** An incomplete report outweighs a missed value: what is not complete is not evidence, not even of failure. */
function worst(faults: readonly Fault[]): Fault | undefined {
  for (const kind of ['could-not-run', 'invalid-report', 'fail'] as const) {
    const found = faults.filter((fault) => fault.class === kind);
    if (found.length > 0) return { class: kind, reason: found.map((fault) => fault.reason).join('; ') };
  }
  return faults[0];
}

/** Every value is met, and yet the process says that it failed: never a pass. */
function contradiction(check: Check, raw: RawRun): Fault | undefined {
  return raw.exit === check.exit ? undefined : { class: 'fail', reason: `${wrongStatus(check, raw)}, although every value is met` };
}

function metricsPart(check: Check, cell: Cell, raw: RawRun): Part {
  const report = reportOf(check, raw);
  if (report.kind === 'missing') return { fault: blocked(['left no report', report.why, ...(raw.exit === check.exit ? [] : [`exit status ${raw.exit}`]), loadFault(raw) ?? []].flat().join(': ')) };
  if (report.kind === 'invalid') return { fault: { class: 'invalid-report', reason: report.why } };
  const wanted = Object.entries(conditionsFor(check, cell));
  const faults = wanted.flatMap(([name]) => valueFault(name, report.values));
  if (faults.length > 0) return { fault: { class: 'invalid-report', reason: faults.join('; ') } };
  const metrics = wanted.map(([name, condition]) => measure(name, report.values[name] as number | null, condition));
  return { metrics, ...missed(metrics, report.values) };
}

/** Why the value of a metric is none: only a finite number, or `null` that says it is not implemented yet. */
function valueFault(name: string, values: Readonly<Record<string, unknown>>): string[] {
  if (!Object.hasOwn(values, name)) return [`the report does not name ${name}`];
  const value = values[name];
  if (value === null) return values['reason'] === 'not-implemented' ? [] : [`${name} is null without "reason":"not-implemented"`];
  if (typeof value !== 'number') return [`${name} is not a number`];
  return Number.isFinite(value) ? [] : [`${name} is not finite`];
}

function missed(metrics: readonly MetricResult[], values: Readonly<Record<string, unknown>>): Part {
  const off = metrics.filter((metric) => !metric.met);
  if (off.length > 0) {
    const reason = off.map((metric) => (metric.value === null ? `${metric.name} is not implemented` : `${metric.name} is ${metric.value}, wanted ${metric.wanted}`)).join('; ');
    return { fault: { class: 'fail', reason }, ...(off.some((metric) => metric.value === null) ? { notImplemented: true } : {}) };
  }
  // The report's own opinion can spoil a pass; it can never make one.
  return values['pass'] === false ? { fault: { class: 'fail', reason: 'the report itself says "pass":false, although every value is met' } } : {};
}
