import { openFindings } from '../../core/session/line.ts';
import type { Finding } from '../../core/session/session.ts';
import { look } from '../look.ts';
import { request } from '../measure.ts';
import type { Run } from '../run.ts';
import { throwIfAborted } from '../run.ts';
import { flagsSettled } from './conditions.ts';
import type { Exit } from './exit.ts';

/** review ends when every finding is answered: fixed, refuted by a command, or accepted by a person. */
export const reviewExit: Exit = async (run) => {
  const { line } = run.recorder.session;
  const open = openFindings(line);
  return [
    { id: 'reviewed', holds: line.reviewed, wanted: 'a report of the reviewer', measured: line.reviewed ? `${line.findings.length} findings` : 'none' },
    { id: 'findings-answered', holds: open.length === 0, wanted: 'every finding fixed, refuted or accepted', measured: open.length === 0 ? 'all answered' : open.map((one) => one.id).join(', ') },
    flagsSettled(run),
  ];
};

/**
 * Settles what a review reported: Bounded runs each finding's command itself in a clean checkout. Exit status 0 refutes a
 * new finding and fixes an old one; without a command an old finding is fixed when a fresh review no longer reports it.
 */
export async function settleFindings(run: Run): Promise<void> {
  const { tree } = await look(run);
  const { line } = run.recorder.session;
  for (const finding of line.findings.filter((one) => one.outcome === undefined)) {
    await (finding.round < line.round ? settleOld(run, finding, tree) : settleNew(run, finding, tree));
  }
}

async function settleNew(run: Run, finding: Finding, tree: string): Promise<void> {
  if (finding.command === undefined) return settle(run, finding, 'open', 'it names no command; it needs a fix or a person');
  const result = await runCommand(run, finding.command, tree);
  if (result.kind === 'could-not-run') return settle(run, finding, 'open', `its command could not run: ${result.why}`);
  if (result.exit === 0) return settle(run, finding, 'refuted', 'its command exits with status 0');
  return settle(run, finding, 'confirmed', `its command exits with status ${result.exit}`);
}

async function settleOld(run: Run, finding: Finding, tree: string): Promise<void> {
  if (finding.command !== undefined) {
    const result = await runCommand(run, finding.command, tree);
    const fixed = result.kind === 'exit' && result.exit === 0;
    return fixed ? settle(run, finding, 'fixed', 'its command exits with status 0 now') : settle(run, finding, 'confirmed', 'its command still fails');
  }
  const { findings, round } = run.recorder.session.line;
  const again = findings.some((one) => one.round === round && one.kind === finding.kind && one.file === finding.file && one.outcome !== 'invalid');
  return again ? settle(run, finding, 'open', 'a fresh review reports it again') : settle(run, finding, 'fixed', 'a fresh review does not report it any more');
}

async function runCommand(run: Run, command: string, tree: string) {
  const result = await run.ports.oracle.runCommand(request(run, 'progress', [], tree), command, run.signal);
  throwIfAborted(run);
  return result;
}

async function settle(run: Run, finding: Finding, outcome: NonNullable<Finding['outcome']>, detail: string): Promise<void> {
  await run.recorder.record({ type: 'finding/settled', finding: finding.id, outcome, detail });
}
