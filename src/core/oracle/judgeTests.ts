import type { Check, TestCount } from '../contract/contract.ts';
import { blocked, type Fault, loadFault } from './ending.ts';
import { isXml } from './report.ts';
import type { RawRun, TestResult } from './result.ts';
import { readTests } from './tests.ts';

/** Judges the report of tests: complete, none failed, enough passed, no more skipped than agreed. */
export function judgeTests(check: Check, wanted: TestCount, raw: RawRun): { readonly fault?: Fault; readonly tests?: TestResult } {
  const source = sourceOf(check, raw);
  if ('fault' in source) return source;
  const reading = readTests(source.text);
  switch (reading.kind) {
    case 'absent': return { fault: blocked(['left no report of tests', `exit status ${raw.exit}`, loadFault(raw) ?? []].flat().join(': ')) };
    case 'not-loaded': return { fault: blocked(reading.why) };
    case 'incomplete': return { fault: invalid(reading.why) };
    case 'complete': {
      const fault = faultOf(wanted, reading.tests, reading.pending);
      return { tests: reading.tests, ...(fault === undefined ? {} : { fault }) };
    }
  }
}

/** The report file is about tests where it is XML, or where the check has no metrics; otherwise standard output is. */
function sourceOf(check: Check, raw: RawRun): { readonly text: string } | { readonly fault: Fault } {
  const testsOnly = Object.keys(check.metrics).length === 0 && check.override.length === 0;
  if (check.report === undefined || !(testsOnly || isXml(raw.report))) return { text: raw.stdout };
  if (raw.reportFault !== undefined) return { fault: invalid(`${check.report} ${raw.reportFault}`) };
  if (raw.report === undefined) return { fault: blocked(`left no report: ${check.report} was not written (exit status ${raw.exit})`) };
  return raw.reportStale === true ? { fault: invalid(`${check.report} is older than the run`) } : { text: raw.report };
}

function faultOf(wanted: TestCount, tests: TestResult, pending: number): Fault | undefined {
  const silent = (tests.silent ?? []).filter(looksLikeTests);
  if (silent.length > 0) return invalid(`reported no test of its own, or ended before its end: ${silent.join(', ')}`);
  if (tests.total === 0) return invalid('no test was run');
  if (tests.skipped === tests.total && pending === 0) return blocked('every test was skipped');
  if (tests.failed > 0) return missed(`${tests.failed} of ${tests.total} tests failed`);
  if (tests.skipped > wanted.skipped) return missed(`${tests.skipped} tests were skipped or are expected to fail, at most ${wanted.skipped} may be`);
  if (tests.passed < Math.max(wanted.atLeast, 1)) return missed(`${tests.passed} tests passed, wanted at least ${Math.max(wanted.atLeast, 1)}`);
  return undefined;
}

/** Runners also run the helpers that lie among tests; those have no test of their own and are named otherwise. */
function looksLikeTests(file: string): boolean {
  return /(?:^|[\\/])(?:test[.-][^\\/]*|[^\\/]*[._-](?:test|spec)\.[^\\/.]*)$/.test(file);
}

function invalid(reason: string): Fault {
  return { class: 'invalid-report', reason };
}

function missed(reason: string): Fault {
  return { class: 'fail', reason };
}
