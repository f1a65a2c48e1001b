import type { Check } from '../contract/contract.ts';
import type { ConditionResult } from '../session/session.ts';
import { cellsOf, conditionsFor } from './cells.ts';
import { exact, shareOf } from './conditions.ts';
import { cellName, describeCell } from './describe.ts';
import { cellIn, isGreenCell, isGreenCheck, missedMetrics } from './evidence.ts';
import type { CellResult, OracleRun } from './result.ts';

/** Ids of the checks that guard what works already: declared so, or green at the baseline without a declaration. */
export function regressionChecks(checks: readonly Check[], baseline: OracleRun | undefined): readonly string[] {
  const guards = checks.filter((check) => check.before === 'pass' || (check.before === undefined && baseline !== undefined && isGreenCheck(check, baseline)));
  return guards.map((check) => check.id);
}

/**
 * The oracle before any work: every regression check is green, every other one is red because it measured something
 * that is missing, and at least one is red. A check that could not run proves nothing.
 */
export function redForTheRightReason(checks: readonly Check[], baseline: OracleRun | undefined, run: OracleRun): ConditionResult[] {
  const regressions = new Set(regressionChecks(checks, baseline));
  const each = checks.map((check) => (regressions.has(check.id) ? staysGreen(check, run) : isRed(check, run)));
  const red = each.filter(({ id, holds }) => id.startsWith('red:') && holds).length;
  const setup = run.setupFailed === undefined ? [] : [{ id: 'setup', holds: false, wanted: 'the set-up of the oracle works', measured: run.setupFailed }];
  return [...setup, ...each, { id: 'some-check-red', holds: red > 0, wanted: 'at least one check that is red before the work', measured: `${red} red` }];
}

function staysGreen(check: Check, run: OracleRun): ConditionResult {
  return { id: `regression:${check.id}`, holds: isGreenCheck(check, run), wanted: 'green, as at the baseline', measured: measuredOf(check, run, (cell) => !isGreenCell(check, cell)) || 'green' };
}

function isRed(check: Check, run: OracleRun): ConditionResult {
  const cells = cellsOf(check).map((cell) => cellIn(run, check, cell));
  const sound = cells.every((cell) => cell !== undefined && (isGreenCell(check, cell) || isRightlyRed(check, cell)));
  const red = cells.some((cell) => cell !== undefined && isRightlyRed(check, cell));
  const measured = measuredOf(check, run, (cell) => !isGreenCell(check, cell)) || 'green: it would not notice that the work is missing';
  return { id: `red:${check.id}`, holds: run.setupFailed === undefined && sound && red, wanted: 'red before the work, with a complete report', measured };
}

/** The cells that matter in words; a cell without a result is named. Empty where there is nothing to say. */
function measuredOf(check: Check, run: OracleRun, matters: (cell: CellResult) => boolean): string {
  if (run.setupFailed !== undefined) return 'the set-up failed';
  const cells = cellsOf(check);
  if (cells.length === 0) return 'it has no cell to run';
  return cells.flatMap((cell) => {
    const result = cellIn(run, check, cell);
    if (result === undefined) return [`${cellName({ check: check.id, cell })}: did not run`];
    return matters(result) ? [describeCell(result)] : [];
  }).join('; ');
}

/**
 * Red because of what it measured: a value outside its condition, an agreed `null`, a failed or missing test, or, for a
 * check that has nothing but its exit status, that status.
 */
export function isRightlyRed(check: Check, result: CellResult): boolean {
  if (result.class !== 'fail') return false;
  const metrics = Object.keys(conditionsFor(check, result.cell));
  if (metrics.length === 0 && check.tests === undefined) return result.exit !== null && result.exit !== check.exit;
  if (!metrics.every((name) => result.metrics.some((metric) => metric.name === name))) return false;
  if (check.tests !== undefined && result.tests === undefined) return false;
  return missedMetrics(check, result).some(({ value }) => value !== null || result.notImplemented === true) || missesTests(check, result);
}

function missesTests({ tests: wanted }: Check, { tests }: CellResult): boolean {
  if (wanted === undefined || tests === undefined) return false;
  return tests.failed > 0 || tests.passed < wanted.atLeast || tests.skipped > wanted.skipped;
}

export interface DecoyOutcome {
  readonly result: 'caught' | 'survived' | 'void';
  readonly detail: string;
  /** Smallest measured value over its threshold that caught it; absent where nothing finite did. */
  readonly nearest?: number;
}

/**
 * Whether the oracle noticed a wrong implementation. A decoy counts only where every check that decides about the task
 * reported completely; one that leaves values not implemented, or that those checks cannot tell from `reds`, the runs of
 * the same tree without it, has implemented nothing.
 */
export function catchesDecoy(checks: readonly Check[], regressions: readonly string[], run: OracleRun, reds: readonly OracleRun[]): DecoyOutcome {
  const decisive = checks.filter((check) => !regressions.includes(check.id));
  const deciding = resultsOf(decisive, run);
  const unfit = deciding.filter(({ check, result }) => result === undefined || !(isGreenCell(check, result) || isRightlyRed(check, result)) || result.notImplemented === true);
  if (run.setupFailed !== undefined || unfit.length > 0) {
    return { result: 'void', detail: run.setupFailed ?? unfit.map(({ name, result }) => (result === undefined ? `${name}: did not run` : describeCell(result))).join('; ') };
  }
  if (!differs(decisive, run, reds)) return { result: 'void', detail: 'measures the same as without it' };
  const guards = resultsOf(checks.filter((check) => regressions.includes(check.id)), run);
  const red = [...deciding, ...guards].flatMap(({ check, result }) => (result !== undefined && isRightlyRed(check, result) ? [{ check, result }] : []));
  if (red.length > 0) return { result: 'caught', ...caughtBy(red) };
  const broken = guards.flatMap(({ check, result }) => (result === undefined || isGreenCell(check, result) ? [] : [describeCell(result)]));
  return broken.length > 0 ? { result: 'void', detail: broken.join('; ') } : { result: 'survived', detail: 'every check is green' };
}

/**
 * Whether a run measured something that every one of `reds` measured otherwise, and all of them alike: what differs from one
 * red run to the next differs by chance.
 */
function differs(checks: readonly Check[], run: OracleRun, reds: readonly OracleRun[]): boolean {
  const [first, ...others] = reds.map((red) => factsOf(checks, red));
  if (first === undefined) return false;
  const facts = factsOf(checks, run);
  return [...new Set([...facts.keys(), ...first.keys()])].some((name) => facts.get(name) !== first.get(name) && others.every((other) => other.get(name) === first.get(name)));
}

/** What a run measured, by name. A figure that meets its condition is no reason to be red: of such a one only that it does. */
function factsOf(checks: readonly Check[], run: OracleRun): ReadonlyMap<string, string> {
  return new Map(resultsOf(checks, run).flatMap(({ check, name, result }) => {
    if (result === undefined) return [];
    const missed = new Map(missedMetrics(check, result).map((metric) => [metric.name, metric.value]));
    const metrics = result.metrics.map((metric): [string, string] => [`${name} metric ${metric.name}`, missed.has(metric.name) ? String(missed.get(metric.name)) : 'met']);
    const { tests } = result;
    const counts = tests === undefined ? [] : [tests.total, tests.passed, tests.failed, tests.skipped, ...[...tests.ids].sort()];
    return [[`${name} class`, result.class], [`${name} exit`, String(result.exit)], ...metrics, [`${name} tests`, JSON.stringify(counts)]] as [string, string][];
  }));
}

interface Judged {
  readonly check: Check;
  readonly name: string;
  readonly result: CellResult | undefined;
}

function resultsOf(checks: readonly Check[], run: OracleRun): readonly Judged[] {
  return checks.flatMap((check) => cellsOf(check).map((cell) => ({ check, name: cellName({ check: check.id, cell }), result: cellIn(run, check, cell) })));
}

function caughtBy(red: readonly { readonly check: Check; readonly result: CellResult }[]): Pick<DecoyOutcome, 'detail' | 'nearest'> {
  const shares = red.flatMap(({ check, result }) => {
    const conditions = conditionsFor(check, result.cell);
    return missedMetrics(check, result).flatMap(({ name, value }) => {
      const condition = conditions[name];
      const share = condition === undefined || value === null ? Number.POSITIVE_INFINITY : shareOf(condition, value);
      return Number.isFinite(share) ? [{ share, text: `${cellName(result)} ${name} ${exact(Number(value))}` }] : [];
    });
  });
  const [nearest] = shares.sort((a, b) => a.share - b.share);
  if (nearest === undefined) return { detail: red.map(({ result }) => describeCell(result)).join('; ') };
  return { detail: `nearest: ${nearest.text}, ${exact(Number(nearest.share.toPrecision(3)))} times its threshold`, nearest: nearest.share };
}
