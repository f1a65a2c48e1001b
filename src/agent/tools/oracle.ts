import { dueChecks, measure } from '../measure.ts';
import { describeRun } from '../../core/oracle/describe.ts';
import { evaluatePhase } from '../phases/evaluate.ts';
import type { Tool } from './tool.ts';
import { refuse, report } from './tool.ts';

export const runOracle: Tool<'run_oracle'> = {
  name: 'run_oracle',
  title: (input) => input.check ?? 'all checks',
  async propose(input, { run }) {
    const { checks } = run.recorder.session.contract.oracle;
    const wanted = input.check === undefined ? checks : checks.filter((check) => check.id === input.check);
    if (wanted.length === 0) return refuse('schema', `there is no check ${input.check}; there are ${checks.map((check) => check.id).join(', ')}`);
    return report(async () => {
      const result = await measure(run, 'progress', wanted);
      const red = result.cells.filter((cell) => cell.class !== 'pass').length;
      return { outcome: 'done', text: describeRun(result), summary: `${result.cells.length - red} of ${result.cells.length} cells` };
    });
  },
};

export const completePhase: Tool<'complete_phase'> = {
  name: 'complete_phase',
  title: (input) => input.summary.split('\n')[0] ?? '',
  propose: async (_input, { run, call }) => report(async () => {
    const failed = await evaluatePhase(run, call);
    if (failed === undefined) return { outcome: 'done', text: 'Every exit condition holds. The phase is over.', summary: `${dueChecks(run.recorder.session).length} checks green` };
    return failed.deferred ? { outcome: 'deferred' } : { outcome: 'failed', text: failed.text, summary: 'not met' };
  }),
};
