import type { Session } from '../session.ts';
import { code, list, page, plainText } from './markdown.ts';

export function planPage(session: Session): string | undefined {
  const { plan } = session.line;
  if (plan === undefined) return undefined;
  return page('Plan', [
    ['Summary', plainText(plan.summary)], ['Integration point', plainText(plan.integration_point)],
    ['Options weighed', list(plan.options.map((one) => `${one.chosen ? '**chosen**: ' : ''}${plainText(one.option)} (${plainText(one.why)})${one.expected === undefined ? '' : `; expected: ${plainText(one.expected)}`}`))],
    ['Files to change', list(plan.files_to_change.map(code))], ['Files not to change', list(plan.files_not_to_change.map(code))],
    ['Steps', list(plan.steps.map((step) => `${code(step.id)} ${plainText(step.title)}; shown by ${step.check === undefined ? step.files.map(code).join(', ') : `the check ${code(step.check)}`}${step.depends_on.length > 0 ? `; after ${step.depends_on.map(code).join(', ')}` : ''}`))],
    ['Oracle', plainText(plan.oracle)], ['Risks', list(plan.risks.map(plainText))],
  ]);
}
