import { belowBaseline } from '../../core/oracle/tests.ts';
import { cellName, describeCell, isGreen } from '../../core/oracle/describe.ts';
import type { OracleRun } from '../../core/oracle/result.ts';
import { compileGlobs } from '../../core/guard/globs.ts';
import type { Path } from '../../core/session/changes.ts';
import { baselineRun, phaseBase } from '../../core/session/line.ts';
import { count, surfaceText } from '../../core/session/view/figures.ts';
import type { CallRecord, ConditionResult, PlanStep } from '../../core/session/session.ts';
import { standingPaths } from '../../core/session/standing.ts';
import { baseTree } from '../diffUse.ts';
import { differences } from '../look.ts';
import { dueChecks, measure } from '../measure.ts';
import type { Capture } from '../ports.ts';
import type { Run } from '../run.ts';
import { surfaceDelta } from '../surface.ts';
import { contractUnchanged, flagsSettled, withinBudget } from './conditions.ts';
import type { Exit } from './exit.ts';

/** minimal-hook and production-shape end when every check that is due is green and confirmed, and the change is as agreed. */
export const workExit: Exit = async (run, capture) => {
  const basics = [await contractUnchanged(run), flagsSettled(run), await withinBudget(run, capture), await somethingChanged(run, capture)];
  if (basics.some((condition) => !condition.holds)) return basics;
  const checks = dueChecks(run.recorder.session);
  const first = await measure(run, 'boundary', checks);
  const measured = [...cellConditions(first), ...floorConditions(run, first), environmentUnchanged(run, first), untampered(first)];
  if (measured.some((condition) => !condition.holds)) return [...basics, ...measured];
  const second = await measure(run, 'confirm', checks);
  const steps = run.recorder.session.line.phase === 'production-shape' ? [await surfaceCondition(run, capture), ...(await stepConditions(run, capture, second))] : [];
  return [...basics, ...measured, confirmed(second), ...steps];
};

/**
 * A phase that may change files, and in which nothing of the session's changed, has not done its work, unless an earlier one did. What the user alone changes
 * is no work of the session. A file that both wrote at once, as where a formatter runs when it is saved, counts as the user's everywhere else; here it is enough
 * that a file tool was at work there.
 */
async function somethingChanged(run: Run, capture: Capture): Promise<ConditionResult> {
  const { session } = run.recorder;
  const { phase, writes } = session.line;
  const inPhase = phase === 'minimal-hook';
  const own = standingPaths(writes);
  const tried = await namedFiles(run, session.calls.filter((call) => fileTools.has(call.tool) && call.outcome !== 'refused' && (!inPhase || call.phase === phase)));
  const changed = (await differences(run, inPhase ? phaseBase(session) : baseTree(session), capture.tree)).filter(({ path }) => own.has(path) || tried.has(path));
  return { id: 'work-done', holds: changed.length > 0, wanted: 'a change by the session', measured: `${count(changed.length, 'file')} changed` };
}

/** Tools that write the one file that they name. */
const fileTools: ReadonlySet<string> = new Set(['edit', 'write']);

/** The files that calls of file tools name, each by its path in the workspace. */
async function namedFiles({ ports }: Run, calls: readonly CallRecord[]): Promise<ReadonlySet<Path>> {
  const named = await Promise.all([...new Set(calls.map(({ title }) => title))].map((name) => ports.workspace.resolve(name)));
  return new Set(named.flatMap((one) => ('path' in one ? [one.path] : [])));
}

function cellConditions(result: OracleRun): ConditionResult[] {
  const setup = result.setupFailed === undefined ? [] : [{ id: 'setup', holds: false, wanted: 'the set-up of the oracle works', measured: result.setupFailed }];
  return [...setup, ...result.cells.map((cell) => ({ id: cellName(cell), holds: cell.class === 'pass', wanted: cell.metrics.map((metric) => `${metric.name} ${metric.wanted}`).join(', ') || 'pass', measured: describeCell(cell) }))];
}

/** No count of tests may fall below the baseline's. */
function floorConditions(run: Run, result: OracleRun): ConditionResult[] {
  const baseline = baselineRun(run.recorder.session.line);
  const fallen = belowBaseline(result, baseline);
  return [{ id: 'tests-not-fewer', holds: fallen.length === 0, wanted: 'every test of the baseline', measured: fallen.length === 0 ? 'no test is missing' : fallen.join('; ') }];
}

function environmentUnchanged(run: Run, result: OracleRun): ConditionResult {
  const before = baselineRun(run.recorder.session.line)?.environment ?? [];
  const changed = before.filter((record) => result.environment.find((one) => one.command === record.command)?.output !== record.output);
  return { id: 'environment-unchanged', holds: changed.length === 0, wanted: 'the environment of the baseline', measured: changed.length === 0 ? 'unchanged' : `changed: ${changed.map((one) => one.command).join(', ')}` };
}

function untampered(result: OracleRun): ConditionResult {
  return { id: 'oracle-frozen', holds: result.tampered.length === 0, wanted: 'the oracle\'s files as approved', measured: result.tampered.length === 0 ? 'unchanged' : `changed: ${result.tampered.join(', ')}` };
}

function confirmed(second: OracleRun): ConditionResult {
  return { id: 'confirmed', holds: isGreen(second), wanted: 'green in a second clean run of the same tree', measured: isGreen(second) ? 'green' : `flaky: ${second.cells.filter((cell) => cell.class !== 'pass').map(describeCell).join('; ')}` };
}

/** Never fails: what the clean-up did to the visible surface, for the person at the gate. */
async function surfaceCondition(run: Run, capture: Capture): Promise<ConditionResult> {
  const delta = await surfaceDelta(run, phaseBase(run.recorder.session), capture.tree);
  return { id: 'surface', holds: true, wanted: 'shown to a person', measured: surfaceText(delta) };
}

/** A step is done when its check is green, or when its files exist and changed. */
async function stepConditions(run: Run, capture: Capture, result: OracleRun): Promise<ConditionResult[]> {
  const { session } = run.recorder;
  const changed = (await differences(run, baseTree(session), capture.tree)).filter((diff) => diff.after !== undefined).map((diff) => diff.path);
  return (session.line.plan?.steps ?? []).map((step) => stepCondition(step, changed, result));
}

function stepCondition(step: PlanStep, changed: readonly string[], result: OracleRun): ConditionResult {
  const id = `step:${step.id}`;
  if (step.check !== undefined) {
    const cells = result.cells.filter((cell) => cell.check === step.check);
    const green = cells.length > 0 && cells.every((cell) => cell.class === 'pass');
    return { id, holds: green, wanted: `${step.check} green`, measured: green ? 'green' : 'not green', waivable: id };
  }
  const missing = step.files.filter((glob) => !changed.some((path) => path === glob || compileGlobs([glob])(path) !== undefined));
  return { id, holds: missing.length === 0, wanted: `changed: ${step.files.join(', ')}`, measured: missing.length === 0 ? 'changed' : `not changed: ${missing.join(', ')}`, waivable: id };
}
