import { isGreen } from '../core/oracle/describe.ts';
import { verdictOf } from '../core/oracle/verdict.ts';
import { baselineRun, decisiveRuns, runsOn } from '../core/session/line.ts';
import type { Session, SessionEnd } from '../core/session/session.ts';
import { baseTree, measureChange } from './diffUse.ts';
import { look } from './look.ts';
import { measure } from './measure.ts';
import type { WholeCapture } from './ports.ts';
import { writeReports } from './reports.ts';
import type { Run } from './run.ts';

/**
 * Ends the session with a verdict on the work tree as it is now. `measure`: what is not measured and confirmed on this very
 * tree is measured first; `as-is`: a person stopped, and only what was measured before counts.
 */
export async function finish(run: Run, end: SessionEnd, detail: string, how: 'measure' | 'as-is'): Promise<void> {
  const capture = await look(run);
  if (how === 'measure') await measureTheRest(run, capture.tree);
  await reachVerdict(run, capture);
  await run.recorder.record({ type: 'session/ended', end, detail });
  await writeReports(run);
}

/** Records the verdict on what a look found, by what has been measured of it. */
export async function reachVerdict(run: Run, capture: WholeCapture): Promise<void> {
  const { tree } = capture;
  const contractNow = await run.ports.workspace.hashOf(run.recorder.session.contractFile);
  const { verdict, because } = verdictNow(run.recorder.session, capture, contractNow);
  const change = await measureChange(run, baseTree(run.recorder.session), tree);
  await run.recorder.record({ type: 'verdict/reached', verdict, tree, change, because });
}

/** A verdict wants two complete runs of the same tree; a red one is not repeated. */
async function measureTheRest(run: Run, tree: string): Promise<void> {
  const { checks } = run.recorder.session.contract.oracle;
  const complete = decisiveRuns(run.recorder.session.line, tree).filter((one) => checks.every((check) => one.cells.some((cell) => cell.check === check.id)));
  if (complete.some((one) => !isGreen(one))) return;
  for (let runs = complete.length; runs < 2; runs++) {
    const result = await measure(run, runs === 0 ? 'final' : 'confirm', checks);
    if (!isGreen(result)) return;
  }
}

/** The verdict that the journal supports for what a look found; pure apart from the facts that it is given. */
export function verdictNow(session: Session, { tree, outdated = [] }: Pick<WholeCapture, 'tree' | 'outdated'>, contractHash: string | undefined) {
  const runs = runsOn(session, tree);
  const baseline = baselineRun(session.line);
  const red = session.line.runs.findLast((one) => one.purpose === 'red');
  const changed = (baseline?.environment ?? []).filter((record) => runs.some((one) => one.environment.find((now) => now.command === record.command)?.output !== record.output));
  return verdictOf({
    checks: session.contract.oracle.checks, runs, tree, outdated, ...(baseline === undefined ? {} : { baseline }), ...(red === undefined ? {} : { red }),
    contractTampered: session.locked && contractHash !== session.contractHash, frozenTampered: [...new Set(runs.flatMap((one) => one.tampered))],
    environmentChanged: changed.map((one) => one.command),
  });
}
