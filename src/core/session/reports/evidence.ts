import { cellName, figure } from '../../oracle/describe.ts';
import type { CellResult } from '../../oracle/result.ts';
import { decisiveRuns } from '../line.ts';
import type { Session } from '../session.ts';
import { cost, duration, sandboxWarning } from '../view/figures.ts';
import { resultView } from '../view/resultView.ts';
import { code, list, page, plainText, table } from './markdown.ts';

/** The proof: figures first, prose last, and what was not measured beside what was. */
export function evidencePage(session: Session): string | undefined {
  const { verdict, line } = session;
  if (verdict === undefined) return undefined;
  const runs = decisiveRuns(line, verdict.tree);
  const result = resultView(session);
  return page(`Evidence: ${verdict.verdict}`, [
    ['Verdict', `**${verdict.verdict}** for the tree ${code(verdict.tree)}: ${verdict.change.files} files, +${verdict.change.added} −${verdict.change.removed} against the base.\n\n${list(verdict.because.map(plainText))}`],
    ['Measured', runs.length === 0 ? 'Nothing was measured on this tree.' : runs.map((run) => `Run ${run.id} (${run.purpose}), ${run.sandboxed ? 'in the sandbox' : 'without a sandbox'}:\n\n${table(['Cell', 'Result', 'Figures'], run.cells.map((cell) => [code(cellName(cell)), cell.class, figures(cell)]))}`).join('\n\n')],
    ['Wrong implementations tried', list(line.decoys.map((decoy) => `${code(decoy.name)}: ${decoy.result ?? 'not run'}`))],
    ['Not measured', list((result?.notMeasured ?? []).map(plainText))],
    ['Claims without support', list((result?.claims ?? []).map((claim) => `“${plainText(claim.text)}” (${claim.support}; ${plainText(claim.why)})`))],
    ['Review', list(line.findings.map((one) => `${one.id} ${plainText(one.claim)}: ${one.outcome ?? 'open'}`))],
    ['Changes outside of the scope', list(line.flags.map((flag) => `${code(flag.path)} by ${code(flag.cause)}: ${flag.outcome ?? 'open'}`))],
    ['Rewinds', list(session.rewinds.map((one) => `${one.kind} ${code(one.to)} by ${one.by}${one.undone ? ', undone' : ''}${one.left.length > 0 ? `; left alone: ${one.left.map((left) => `${code(left.path)} (${plainText(left.why)})`).join(', ')}` : ''}`))],
    ["The user's own changes", list([...new Set([...(session.base?.dirty ?? []), ...session.userChanges.map((diff) => diff.path)])].map(code))],
    ['Boundaries', line.boundaries.length === 0 ? '' : table(['Boundary', 'Tree', 'Commit'], line.boundaries.map((one) => [one.id, code(one.tree), code(one.commit)]))],
    ['Contract', `${code(session.contractFile)}, SHA-256 ${code(session.contractHash)}, ${session.locked ? 'locked' : 'not locked'}${session.amended ? ', amended' : ''}.\n\n${list(session.amendments.map((one) => `${one.id} ${one.decided ?? 'open'}: ${plainText(one.why)}`))}`],
    ['Machine', list([...(sandboxWarning(session) === undefined ? [`Sandbox: ${session.sandbox.kind} ${plainText(session.sandbox.detail)}`] : [plainText(sandboxWarning(session) ?? '')]), `Answers by ${plainText(session.endpoint.servedBy ?? 'the model service')} at ${code(session.endpoint.url)}, model ${code(session.contract.model.main)}`, ...(runs.at(-1)?.environment ?? []).map((record) => `${code(record.command)}: ${code(record.output)}`)])],
    ['Used', `${duration(session.active)} of active time, ${plainText(cost(session))}, ${session.spent.turns} turns, ${session.decisionsByPerson} decisions by a person, ${session.attempts} ${session.attempts === 1 ? 'attempt' : 'attempts'}.`],
    ['How to check this', `${code(`bounded trace ${session.id}`)} verifies the chain of the trace; ${code(`bounded verify ${session.contractFile}`)} measures the work tree again.`],
  ]);
}

function figures(cell: CellResult): string {
  const metrics = cell.metrics.map((metric) => `${metric.name} ${metric.value === null ? 'null' : figure(metric.value)} (${metric.wanted})`);
  const tests = cell.tests === undefined ? [] : [`${cell.tests.passed} of ${cell.tests.total} tests, ${cell.tests.skipped} skipped`];
  return plainText([...metrics, ...tests, ...(cell.reason === undefined ? [] : [cell.reason])].join(', '));
}
