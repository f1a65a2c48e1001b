import { cellName, figure } from '../../oracle/describe.ts';
import type { CellResult, OracleRun } from '../../oracle/result.ts';
import type { Decoy, DoneRewind, Finding } from '../session.ts';
import { someNamed } from '../someOf.ts';
import { outcomeOf } from '../view/resultView.ts';
import { code, plainText, table, tableCode } from './markdown.ts';

/** Every cell of a run with its figures beside their thresholds. */
export function runTable(run: OracleRun): string {
  const head = `Run ${plainText(run.id)} (${run.purpose}) of the tree ${code(run.tree)}, ${run.sandboxed ? 'in the sandbox' : 'without a sandbox'}`;
  if (run.setupFailed !== undefined) return `${head}: the set-up failed: ${plainText(run.setupFailed)}`;
  const tampered = run.tampered.length === 0 ? '' : `\n\nFrozen files that differ in this tree: ${run.tampered.map(code).join(', ')}`;
  const rows = run.cells.map((cell) => [tableCode(cellName(cell)), cell.class, figures(cell)]);
  return `${head}:\n\n${table(['Cell', 'Result', 'Figures'], rows)}${tampered}`;
}

function figures(cell: CellResult): string {
  const metrics = cell.metrics.map((metric) => `${metric.name} ${metric.value === null ? 'has no value' : figure(metric.value)}, wanted ${metric.wanted}`);
  const tests = cell.tests === undefined ? [] : [`${cell.tests.passed} of ${cell.tests.total} tests passed, ${cell.tests.failed} failed, ${cell.tests.skipped} skipped`];
  return plainText([...metrics, ...tests, ...(cell.reason === undefined ? [] : [cell.reason])].join('; '));
}

export function decoyLine(decoy: Decoy): string {
  return `${decoy.id} ${code(decoy.name)}: **${decoy.result ?? 'not run'}**. ${plainText(decoy.wrong_how)}${decoy.detail === undefined ? '' : ` (${plainText(decoy.detail)})`}`;
}

export function findingLine(finding: Finding): string {
  return `${code(finding.id)} **${outcomeOf(finding)}** (${finding.kind}, ${finding.severity}) ${code(`${finding.file}:${finding.line}`)}: ${plainText(finding.claim)}${finding.detail === undefined ? '' : ` (${plainText(finding.detail)})`}`;
}

/** More paths are no page for people: the trace names every one. */
const pathsListed = 100;

export function rewindLine(rewind: DoneRewind): string {
  const paths = someNamed([...rewind.restored, ...rewind.merged], code, pathsListed);
  const left = someNamed(rewind.left, (one) => `${code(one.path)} (${plainText(one.why)})`, pathsListed);
  const what = rewind.kind === 'boundary' ? `to ${code(rewind.to)}` : `${rewind.kind} ${code(rewind.to)}`;
  return `${what} by ${rewind.by === 'person' ? 'a person' : 'Bounded'}${rewind.undone ? ', **undone**' : ''}; restored: ${paths || 'nothing'}${left === '' ? '' : `; left alone: ${left}`}`;
}
