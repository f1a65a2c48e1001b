import type { Plan } from '../../core/session/session.ts';

/** The approved plan as later conversations read it. */
export function planPart(plan: Plan | undefined): string {
  if (plan === undefined) return '';
  const steps = plan.steps.map((step) => `- ${step.id}: ${step.title}${step.check === undefined ? ` (files: ${step.files.join(', ')})` : ` (check: ${step.check})`}; expected: ${step.expected}`);
  return [
    '## Plan', plan.summary, `Integration point: ${plan.integration_point}`, `Files to change: ${plan.files_to_change.join(', ')}`,
    `Files not to change: ${plan.files_not_to_change.join(', ') || 'none named'}`, ...steps, `Oracle: ${plan.oracle}`, `Risks: ${plan.risks.join('; ') || 'none named'}`, '',
  ].join('\n');
}
