import type { Check } from '../../contract/contract.ts';
import { cellsOf } from '../../oracle/cells.ts';
import { cellName, figure } from '../../oracle/describe.ts';
import { isGreenCheck } from '../../oracle/evidence.ts';
import type { CellResult, OracleRun } from '../../oracle/result.ts';
import { shortId } from '../joinedIds.ts';
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
  const inShort = summary(session, runs);
  return {
    verdict: verdict.verdict, tree: shortId(verdict.tree), because: verdict.because.filter((reason) => reason !== inShort), changed: verdict.change,
    summary: inShort, yours: usersPaths(session), measured: measured(session, runs.at(-1)),
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
  return `${green} of ${count(all, 'cell')} green, ${how}`;
}

function measured(session: Session, run: OracleRun | undefined): ResultView['measured'] {
  const rows = session.contract.oracle.checks.flatMap((check) => measuredCheck(check, (run?.cells ?? []).filter((cell) => cell.check === check.id)));
  const tried = session.line.decoys.filter((decoy) => decoy.result === 'caught' || decoy.result === 'survived');
  const caught = tried.filter((decoy) => decoy.result === 'caught').length;
  return tried.length === 0 ? rows : [...rows, { name: 'the oracle catches wrong code', figure: `${caught} of ${count(tried.length, 'decoy')}`, met: caught === tried.length }];
}

/** What missed is named cell by cell; of the rest each threshold has one row with the value that came nearest to it. */
function measuredCheck(check: Check, cells: readonly CellResult[]): ResultView['measured'] {
  const missed = cells.filter((cell) => cellState(check, cell) !== 'pass').flatMap((cell) => missedCell(check, cell));
  const green = cells.filter((cell) => cellState(check, cell) === 'pass');
  const values = green.flatMap((cell) => measuredIn(check, cell).map((one) => ({ ...one, axes: cell.cell, key: JSON.stringify([one.name, one.wanted]) })));
  const groups = [...new Set(values.map((one) => one.key))].map((key) => values.filter((one) => one.key === key));
  const worst = groups.flatMap((group) => {
    const [nearest] = group.toSorted((a, b) => b.share - a.share);
    if (nearest === undefined || nearest.value === null) return [];
    const where = Object.entries(nearest.axes).filter(([axis, value]) => group.every((one) => one.axes[axis] === value) && (check.matrix[axis]?.length ?? 0) > 1).map(([, value]) => ` ${String(value)}`).join('');
    return [{ name: `${nearest.name}${where} · ${check.id}`, figure: `${group.length > 1 ? 'worst ' : ''}${figure(nearest.value)}, wanted ${nearest.wanted}`, met: true }];
  });
  const others = green.filter((cell) => cell.tests !== undefined || cell.metrics.length === 0).map((cell) => ({ name: cellName(cell), figure: testsOf(cell) ?? 'ended as wanted', met: true }));
  return [...missed, ...worst, ...others];
}

function missedCell(check: Check, cell: CellResult): ResultView['measured'] {
  const name = cellName(cell);
  const metrics = measuredIn(check, cell).filter((one) => !one.met).map((one) => ({ name: `${one.name} · ${name}`, figure: `${one.value === null ? 'no value' : figure(one.value)}, wanted ${one.wanted}`, met: false }));
  const why = [...(testsOf(cell) === undefined ? [] : [testsOf(cell)]), cell.reason ?? cell.class].join('; ');
  return metrics.length > 0 ? metrics : [{ name, figure: why, met: false }];
}

function testsOf({ tests }: CellResult): string | undefined {
  return tests === undefined ? undefined : `${tests.passed} of ${count(tests.total, 'test')}${tests.skipped > 0 ? `, ${tests.skipped} skipped` : ''}`;
}
