import fs from 'node:fs';
import path from 'node:path';
import type { Check } from '../../../src/core/contract/contract.ts';
import { cellsOf } from '../../../src/core/oracle/cells.ts';
import { judgeCell } from '../../../src/core/oracle/judge.ts';
import type { CellResult, OracleRun, RawRun, RunPurpose } from '../../../src/core/oracle/result.ts';

/** Output of a real runner, as it was written to a pipe. */
export function recorded(name: string): string {
  return fs.readFileSync(path.join('test/core/oracle/recorded', name), 'utf8');
}

export function check(fields: Partial<Check> = {}): Check {
  return { id: 'c', run: 'node check.mjs', matrix: {}, timeoutMs: 60_000, exit: 0, metrics: {}, override: [], by: 'minimal-hook', ...fields };
}

export const errorCheck = check({ id: 'error', metrics: { max_abs_error: { kind: 'at-most', value: 1e-6 } } });
export const testsCheck = check({ id: 'tests', run: 'npm test', tests: { atLeast: 1, skipped: 0 } });

export function raw(fields: Partial<RawRun> = {}): RawRun {
  return { exit: 0, signal: null, timedOut: false, stdout: '', nonce: 'n-1', ms: 5, ...fields };
}

/** Judges what a process printed. */
export function judged(of: Check, stdout: string, fields: Partial<RawRun> = {}): CellResult {
  return judgeCell(of, cellsOf(of)[0] ?? {}, raw({ stdout, ...fields }));
}

export function run(purpose: RunPurpose, cells: readonly CellResult[], fields: Partial<OracleRun> = {}): OracleRun {
  return { id: `r-${purpose}`, purpose, tree: 't1', cells, environment: [], tampered: [], sandboxed: true, ms: 10, ...fields };
}
