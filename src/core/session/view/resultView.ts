import type { Check } from '../../contract/contract.ts';
import { cellsOf } from '../../oracle/cells.ts';
import { cellName, figure } from '../../oracle/describe.ts';
import { isGreenCheck } from '../../oracle/evidence.ts';
import type { CellResult, OracleRun } from '../../oracle/result.ts';
import { decisiveRuns } from '../line.ts';
import type { Finding, Session } from '../session.ts';
import type { ResultView } from '../view.ts';
import { cellState, measuredIn } from './cells.ts';
import { count } from './figures.ts';
import { notMeasured } from './notMeasured.ts';
import { usersPaths } from './usersPaths.ts';

/** The end in figures: verdict, what was measured, what was claimed without support, what was not measured. */
export function resultView(session: Session): ResultView | undefined {
  const { verdict, claims, line } = session;
  if (verdict === undefined) return undefined;
  const runs = decisiveRuns(line, verdict.tree);
  return {
    verdict: verdict.verdict, tree: verdict.tree.slice(0, 7), because: verdict.because, changed: verdict.change,
    summary: summary(session, runs), yours: usersPaths(session), measured: measured(session, runs.at(-1)),
    claims: claims.flatMap(({ text, because, turn, support }) => (support === 'supported' ? [] : [{ text, why: `turn ${turn} · ${because}`, support }])),
    notMeasured: notMeasured(session),
    findings: line.findings.map((one) => ({ text: one.claim, outcome: `${one.kind} · ${outcomeOf(one)}${one.detail === undefined ? '' : `, ${one.detail}`}`, open: isOpen(one) })),
  };
}

/** A finding's outcome in one word; without one Bounded has not looked at it yet. */
export function outcomeOf(finding: Finding): string {
  return finding.outcome ?? 'open';
}

function isOpen({ outcome }: Finding): boolean {
  return outcome === undefined || outcome === 'open' || outcome === 'confirmed';
}

/** How much of the contract's oracle is green in the last run of the tree, and how often all of it was. */
function summary({ contract: { oracle: { checks } } }: Session, runs: readonly OracleRun[]): string {
  const last = runs.at(-1);
  if (last === undefined) return 'the oracle did not run on this tree';
  const all = checks.reduce((sum, check) => sum + cellsOf(check).length, 0);
  const green = last.cells.filter((cell) => checks.some((check) => check.id === cell.check && cellState(check, cell) === 'pass')).length;
  const complete = runs.filter((run) => checks.every((check) => isGreenCheck(check, run))).length;
  const how = complete >= 2 ? 'confirmed by a second run in a clean tree' : complete === 1 ? 'in one run, not confirmed' : `${count(runs.length, 'run')} in a clean tree`;
  return `${green} of ${all} cells green, ${how}`;
}

function measured(session: Session, run: OracleRun | undefined): ResultView['measured'] {
  const rows = session.contract.oracle.checks.flatMap((check) => (run?.cells ?? []).filter((cell) => cell.check === check.id).flatMap((cell) => measuredCell(check, cell)));
  const tried = session.line.decoys.filter((decoy) => decoy.result === 'caught' || decoy.result === 'survived');
  const caught = tried.filter((decoy) => decoy.result === 'caught').length;
  return tried.length === 0 ? rows : [...rows, { name: 'the oracle catches wrong code', figure: `${caught} of ${count(tried.length, 'decoy')}`, met: caught === tried.length }];
}

function measuredCell(check: Check, cell: CellResult): ResultView['measured'] {
  const name = cellName(cell);
  const met = cellState(check, cell) === 'pass';
  const metrics = measuredIn(check, cell).map((one) => ({ name: `${one.name} · ${name}`, figure: `${one.value === null ? 'no value' : figure(one.value)}, wanted ${one.wanted}`, met: one.met && met }));
  const tests = cell.tests === undefined ? [] : [{ name, figure: `${cell.tests.passed} of ${count(cell.tests.total, 'test')}${cell.tests.skipped > 0 ? `, ${cell.tests.skipped} skipped` : ''}`, met }];
  return metrics.length + tests.length > 0 ? [...metrics, ...tests] : [{ name, figure: cell.reason ?? cell.class, met }];
}
