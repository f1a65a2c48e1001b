import type { ToolInput } from '../../core/guard/toolInputs.ts';
import type { Plan } from '../../core/session/session.ts';
import { costFault } from '../../core/contract/globSyntax.ts';
import { evaluatePhase } from '../phases/evaluate.ts';
import type { Tool } from './tool.ts';
import { refuse, report } from './tool.ts';

export const submitPlan: Tool<'submit_plan'> = {
  name: 'submit_plan',
  title: (input) => input.summary,
  async propose(input, { run }) {
    const faults = planFaults(input, run.recorder.session.contract.oracle.checks.map((check) => check.id));
    if (faults.length > 0) return refuse('schema', `the plan is not sound:\n${faults.join('\n')}`);
    return report(async () => {
      await run.recorder.record({ type: 'plan/submitted', plan: planOf(input) });
      const failed = await evaluatePhase(run);
      if (failed !== undefined) return { outcome: 'failed', text: failed.text };
      return { outcome: 'done', text: 'The plan is submitted. The user reads it now; this phase is over.', summary: `${input.steps.length} steps` };
    });
  },
};

/** What makes a plan unsound: unknown or repeated ids, circles, checks that do not exist, not exactly one chosen option. */
export function planFaults(input: ToolInput<'submit_plan'>, checks: readonly string[]): string[] {
  const ids = input.steps.map((step) => step.id);
  const globs = [...input.files_to_change, ...input.files_not_to_change, ...input.steps.flatMap((step) => step.files)];
  const faults = globs.flatMap((glob) => {
    const fault = costFault(glob);
    return fault === undefined ? [] : [`${glob}: ${fault}`];
  });
  faults.push(...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `steps: the id ${id} stands twice`));
  for (const step of input.steps) {
    for (const id of step.depends_on) if (!ids.includes(id)) faults.push(`steps.${step.id}.depends_on: there is no step ${id}`);
    if (step.check !== undefined && !checks.includes(step.check)) faults.push(`steps.${step.id}.check: the contract has no check ${step.check}; it has ${checks.join(', ')}`);
    if (step.check === undefined && step.files.length === 0) faults.push(`steps.${step.id}: names neither a check nor files, so nothing can show that it is done`);
  }
  if (input.options.filter((option) => option.chosen).length !== 1) faults.push('options: exactly one is chosen');
  if (faults.length === 0 && hasCircle(input)) faults.push('steps: depends_on goes in a circle');
  return faults;
}

function hasCircle(input: ToolInput<'submit_plan'>): boolean {
  const done = new Set<string>();
  for (let round = 0; round < input.steps.length; round++) {
    for (const step of input.steps) if (step.depends_on.every((id) => done.has(id))) done.add(step.id);
  }
  return done.size < input.steps.length;
}

function planOf(input: ToolInput<'submit_plan'>): Plan {
  return {
    ...input,
    options: input.options.map(({ expected, ...option }) => ({ ...option, ...(expected === undefined ? {} : { expected }) })),
    steps: input.steps.map(({ check, ...step }) => ({ ...step, ...(check === undefined ? {} : { check }) })),
  };
}
