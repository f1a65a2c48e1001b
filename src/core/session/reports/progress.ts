import type { Session } from '../session.ts';
import { changeText, duration } from '../view/figures.ts';
import { code, list, page, plainText, table, tableCode } from './markdown.ts';

export function progressPage(session: Session): string {
  const { line } = session;
  return page('Progress', [
    ['Task', plainText(session.contract.task)],
    ['Boundaries', line.boundaries.length === 0 ? 'None yet.' : table(['Boundary', 'Active time', 'Change', 'Tree'], line.boundaries.map((one) => [tableCode(one.id), duration(one.active), changeText(one.change), tableCode(one.tree)]))],
    ['Now', now(session)],
    ['Decisions', session.decisions.length === 0 ? '' : list(session.decisions.map((one) => `${code(one.id)} ${plainText(one.title)}: ${plainText(one.choice)}, because ${plainText(one.because)}${one.supersedes === undefined ? '' : `; in place of ${code(one.supersedes)}`}`))],
    ['Earlier attempts', session.lessons.length === 0 ? '' : list(session.lessons.map(plainText))],
  ]);
}

function now({ line, end, gate }: Session): string {
  if (end !== undefined) return `Ended: ${end.end}. ${plainText(end.detail)}`;
  const unmet = line.exit?.conditions.filter((one) => !one.holds) ?? [];
  const where = `Attempt ${line.attempt}, ${line.phase ?? 'every phase is done'}${line.round > 0 ? `, round ${line.round} of review fixes` : ''}.`;
  const waits = gate === undefined ? '' : ` Waits for a person: ${plainText(gate.question)}`;
  return `${where}${waits}${unmet.length === 0 ? '' : `\n\nNot met at the last evaluation:\n\n${list(unmet.map((one) => `${code(one.id)}: wanted ${plainText(one.wanted)}; measured ${plainText(one.measured)}`))}`}`;
}
