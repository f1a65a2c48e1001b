import { randomBytes } from 'node:crypto';
import type { Artifacts, Signal } from '../../agent/ports.ts';
import type { Check } from '../../core/contract/contract.ts';
import { type Cell, commandFor } from '../../core/oracle/cells.ts';
import type { RawRun } from '../../core/oracle/result.ts';
import type { Redact } from '../journal/redaction.ts';
import { KeptOutput } from '../process/keptOutput.ts';
import { plainText } from '../process/plainText.ts';
import type { ReportFile, Workbench } from './workbench.ts';

const mebibyte = 1024 * 1024;

/** Where the output of a cell goes. */
export interface Logs {
  readonly artifacts: Artifacts;
  readonly redact: Redact;
}

/** Runs the process of one cell and tells what it saw; `undefined` where the run was stopped from outside. */
export async function runCell(bench: Workbench, check: Check, cell: Cell, logs: Logs, signal: Signal): Promise<RawRun | undefined> {
  const nonce = randomBytes(16).toString('hex');
  const [stdout, stderr, log] = [new KeptOutput(0, 4 * mebibyte), new KeptOutput(0, mebibyte / 16), new KeptOutput(2 * mebibyte, 2 * mebibyte)];
  if (check.report !== undefined) await bench.clearReport(check.report);
  const since = Date.now();
  const end = await bench.run({
    command: commandFor(check, cell), timeoutMs: check.timeoutMs, merged: false, variables: { BOUNDED_NONCE: nonce },
    onOutput: (chunk, stream) => {
      log.add(chunk);
      (stream === 'stdout' ? stdout : stderr).add(chunk);
    },
  }, signal);
  if (end.aborted) return undefined;
  const report = check.report === undefined ? undefined : await bench.readReport(check.report, since);
  // The checkout is at another place every time; names of tests and files must be the same every time.
  const text = (kept: KeptOutput) => bench.placeless(kept.text((omitted) => `\n… ${omitted} bytes left out …\n`));
  return {
    exit: end.exit, signal: end.signal, timedOut: end.timedOut, ...(end.spawnError === undefined ? {} : { spawnError: end.spawnError }),
    stdout: text(stdout), stderr: text(stderr), ...reportFields(report, bench), nonce, ms: Math.round(end.ms),
    ...(log.bytes === 0 ? {} : { log: await logs.artifacts.put(logs.redact(plainText(text(log)))) }),
  };
}

function reportFields(report: ReportFile | undefined, bench: Workbench): Partial<RawRun> {
  if (report === undefined || report.kind === 'missing') return {};
  return report.kind === 'unfit' ? { reportFault: report.why } : { report: bench.placeless(report.text), ...(report.stale ? { reportStale: true } : {}) };
}
