import type { Tool } from './tool.ts';
import { refuse, report } from './tool.ts';

export const submitDecoys: Tool<'submit_decoys'> = {
  name: 'submit_decoys',
  title: (input) => input.decoys.map((decoy) => decoy.name).join(', '),
  async propose(input, { run, conversation }) {
    const taken = new Set(run.recorder.session.line.decoys.filter((decoy) => decoy.result !== 'void').map((decoy) => decoy.name));
    const twice = input.decoys.find((decoy, index) => taken.has(decoy.name) || input.decoys.findIndex((one) => one.name === decoy.name) !== index);
    if (twice !== undefined) return refuse('schema', `the name ${twice.name} is taken`);
    return report(async () => {
      await run.recorder.record({ type: 'decoys/submitted', decoys: input.decoys });
      await run.recorder.record({ type: 'conversation/closed', conversation: conversation.id, why: 'decoys submitted' });
      return { outcome: 'done', text: 'Submitted. Bounded runs the oracle on each of them.', summary: `${input.decoys.length} decoys` };
    });
  },
};
