import { someOf } from '../session/someOf.ts';
import { cellKey } from './cells.ts';
import { readJunit } from './junitReport.ts';
import { readMocha } from './mochaReport.ts';
import { readNodeSpec } from './nodeSpecReport.ts';
import { readPytest } from './pytestReport.ts';
import type { CellResult, OracleRun, TestResult } from './result.ts';
import { readTap } from './tapReport.ts';
import type { TestReading } from './testReport.ts';

/** Of tests that are missing. */
const namesShown = 5;

const lineReaders = [readTap, readNodeSpec, readMocha, readPytest];

/**
 * What an output says about tests: TAP, the spec reporter of `node --test`, mocha's spec reporter, pytest's terminal
 * report, or JUnit XML. Two complete reports in one output are none: nothing says which of them is the runner's.
 */
export function readTests(output: string): TestReading {
  const text = output.replace(ansi, '').replaceAll('\r\n', '\n');
  if (/^\s*(?:<\?xml|<testsuites?\b)/.test(text)) return readJunit(text);
  const readings = lineReaders.map((read) => read(text.split('\n')));
  const complete = readings.filter(({ kind }) => kind === 'complete');
  if (complete.length > 1) return { kind: 'incomplete', why: 'there are several reports of tests in one output' };
  return readings.find(({ kind }) => kind === 'not-loaded') ?? complete[0] ?? readings.find(({ kind }) => kind === 'incomplete') ?? { kind: 'absent' };
}

/** Colours and other terminal sequences. */
const ansi = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*[A-Za-z]`, 'g');

/** Where a run shows less than the baseline did: sentences, none where nothing fell. Cells without tests on either side are not compared. */
export function belowBaseline(run: OracleRun, baseline: OracleRun | undefined): string[] {
  const before = new Map((baseline?.cells ?? []).map((cell) => [cellKey(cell.check, cell.cell), cell]));
  return run.cells.flatMap((cell) => fallen(cell, before.get(cellKey(cell.check, cell.cell))));
}

function fallen(now: CellResult, before: CellResult | undefined): string[] {
  if (before?.tests === undefined || now.tests === undefined) return [];
  return testsBelow(now.tests, before.tests).map((what) => `${now.check}: ${what}`);
}

/** Where one result of tests falls below an earlier one: fewer tests, fewer passed, names that passed and no longer do, files gone silent. */
export function testsBelow(now: TestResult, before: TestResult): string[] {
  const passing = new Set(now.ids);
  const gone = before.ids.filter((id) => !passing.has(id));
  const silent = (now.silent ?? []).filter((file) => before.silent?.includes(file) !== true);
  return [
    ...(now.total < before.total ? [`${now.total} tests, ${before.total} at the baseline`] : []),
    ...(now.passed < before.passed ? [`${now.passed} tests passed, ${before.passed} at the baseline`] : []),
    ...(gone.length > 0 ? [`passed at the baseline and not now: ${someOf(gone, namesShown)}`] : []),
    ...(silent.length > 0 ? [`reported no test of their own: ${someOf(silent, namesShown)}`] : []),
  ];
}
