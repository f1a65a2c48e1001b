import type { Session } from '../session.ts';
import { duration } from '../view/figures.ts';
import { code, list, page, plainText, table } from './markdown.ts';

export function progressPage(session: Session): string {
  const { line } = session;
  return page('Progress', [
    ['Task', plainText(session.contract.task)],
    ['Boundaries', line.boundaries.length === 0 ? 'None yet.' : table(['Boundary', 'Active time', 'Change', 'Tree'], line.boundaries.map((one) => [one.id, duration(one.active), `${one.change.files} files +${one.change.added} −${one.change.removed}`, code(one.tree)]))],
    ['Now', session.end === undefined ? `${line.phase ?? 'finishing'}${line.exit === undefined ? '' : `; not met: ${line.exit.conditions.filter((one) => !one.holds).map((one) => plainText(one.id)).join(', ') || 'nothing'}`}` : `Ended: ${session.end.end}.`],
    ['Decisions', session.decisions.length === 0 ? '' : list(session.decisions.map((one) => `${one.id} ${plainText(one.title)}: ${plainText(one.choice)}, because ${plainText(one.because)}`))],
    ['Earlier attempts', session.lessons.length === 0 ? '' : list(session.lessons.map(plainText))],
  ]);
}
