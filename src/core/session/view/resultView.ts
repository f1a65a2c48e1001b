import { cellName, figure } from '../../oracle/describe.ts';
import type { CellResult } from '../../oracle/result.ts';
import { decisiveRuns } from '../line.ts';
import type { Session } from '../session.ts';
import type { ResultView } from '../view.ts';

/** The end in figures: verdict, what was measured, what was claimed without support, what was not measured. */
export function resultView(session: Session): ResultView | undefined {
  const { verdict } = session;
  if (verdict === undefined) return undefined;
  const cells = decisiveRuns(session.line, verdict.tree).at(-1)?.cells ?? [];
  return {
    verdict: verdict.verdict, tree: verdict.tree.slice(0, 7), because: verdict.because, changed: verdict.change,
    summary: `${cells.filter((cell) => cell.class === 'pass').length} of ${cells.length} cells, ${decisiveRuns(session.line, verdict.tree).length} runs in a clean tree`,
    yours: [...new Set(session.userChanges.map((diff) => diff.path))], measured: measured(session, cells),
    claims: session.claims.flatMap(({ text, because, turn, support }) => (support === 'supported' ? [] : [{ text, why: `turn ${turn} · ${because}`, support }])),
    notMeasured: notMeasured(session),
    findings: session.line.findings.map((one) => ({ text: one.claim, outcome: `${one.kind} · ${one.outcome ?? 'open'}${one.detail === undefined ? '' : `, ${one.detail}`}`, open: one.outcome === undefined || one.outcome === 'open' || one.outcome === 'confirmed' })),
  };
}

function measured(session: Session, cells: readonly CellResult[]): ResultView['measured'] {
  const rows = cells.flatMap((cell) => [
    ...cell.metrics.map((metric) => ({ name: `${metric.name} · ${cellName(cell)}`, figure: `${metric.value === null ? 'null' : figure(metric.value)} ${metric.wanted}`, met: metric.met })),
    ...(cell.tests === undefined ? [] : [{ name: cellName(cell), figure: `${cell.tests.passed} of ${cell.tests.total} tests`, met: cell.class === 'pass' }]),
    ...(cell.metrics.length === 0 && cell.tests === undefined ? [{ name: cellName(cell), figure: cell.class, met: cell.class === 'pass' }] : []),
  ]);
  const { decoys } = session.line;
  const caught = decoys.filter((decoy) => decoy.result === 'caught').length;
  return decoys.length === 0 ? rows : [...rows, { name: 'the oracle catches wrong code', figure: `${caught} of ${decoys.length} decoys`, met: caught === decoys.length }];
}

/** What the verdict says nothing about, as far as Bounded can know it. */
function notMeasured(session: Session): readonly string[] {
  const axes = session.contract.oracle.checks.flatMap((check) => Object.entries(check.matrix).map(([axis, values]) => `${check.id}: ${axis} other than ${values.join(', ')}`));
  const waived = session.line.waived.map((id) => `accepted although it does not hold: ${id}`);
  const machine = ['another machine than this one'];
  const uncovered = (session.base?.notCovered ?? []).map((what) => `not covered by checkpoints: ${what}`);
  return [...axes, ...waived, ...uncovered, ...machine];
}
