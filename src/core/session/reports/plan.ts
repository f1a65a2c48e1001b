import type { Plan, PlanStep, Session } from '../session.ts';
import { code, list, page, plainText } from './markdown.ts';

/** The plan of this attempt. After a rewind the page of an earlier one must not stay: it says that there is none. */
export function planPage({ line, attempts }: Session): string | undefined {
  const { plan } = line;
  if (plan === undefined) return attempts > 1 ? page('Plan', [['Plan', `Attempt ${line.attempt} has no plan yet.`]]) : undefined;
  return page('Plan', [
    ['Summary', plainText(plan.summary)], ['Integration point', plainText(plan.integration_point)],
    ['Options weighed', list(plan.options.map(optionLine))],
    ['Files to change', list(plan.files_to_change.map(code))], ['Files not to change', list(plan.files_not_to_change.map(code))],
    ['Steps', list(plan.steps.map(stepLine))],
    ['Oracle', plainText(plan.oracle)], ['Risks', list(plan.risks.map(plainText))],
  ]);
}

function optionLine({ option, chosen, why, expected }: Plan['options'][number]): string {
  return `${chosen ? '**chosen**: ' : ''}${plainText(option)} (${plainText(why)})${expected === undefined ? '' : `; expected: ${plainText(expected)}`}`;
}

function stepLine(step: PlanStep): string {
  const shown = step.check === undefined ? `a change of ${step.files.map(code).join(', ')}` : `the check ${code(step.check)}`;
  const after = step.depends_on.length > 0 ? `; after ${step.depends_on.map(code).join(', ')}` : '';
  return `${code(step.id)} ${plainText(step.title)}; expected: ${plainText(step.expected)}; shown by ${shown}${after}`;
}
