import { count } from '../../core/session/view/figures.ts';
import type { ToolInput } from '../../core/guard/toolInputs.ts';
import type { Path } from '../../core/session/changes.ts';
import type { Finding } from '../../core/session/session.ts';
import { baseTree } from '../diffUse.ts';
import { differences, look } from '../look.ts';
import type { Tool } from './tool.ts';
import { report } from './tool.ts';

export const reportFindings: Tool<'report_findings'> = {
  name: 'report_findings',
  title: (input) => count(input.findings.length, 'finding'),
  propose: async (input, { run, conversation }) => report(async () => {
    const capture = await look(run);
    const { session } = run.recorder;
    const changed = new Set((await differences(run, baseTree(session), capture.tree)).map((diff) => diff.path));
    const findings = input.findings.map((one, index) => findingOf(one, changed, session.line.round, session.line.findings.length + index + 1));
    await run.recorder.record({ type: 'review/reported', findings, dropped: 0 });
    await run.recorder.record({ type: 'conversation/closed', conversation: conversation.id, why: 'reported' });
    return { outcome: 'done', text: 'Reported.', summary: count(findings.length, 'finding') };
  }),
};

/** A finding outside of the diff is kept, and is invalid: the review is of the change. Only what is missing may lie elsewhere. */
function findingOf(input: ToolInput<'report_findings'>['findings'][number], changed: ReadonlySet<Path>, round: number, number: number): Finding {
  const { command, ...rest } = input;
  const file = input.file.replace(/^\.\//, '');
  return {
    ...rest, file, id: `F-${number}`, round, ...(command === undefined ? {} : { command }),
    ...(changed.has(file) || input.kind === 'requirement' ? {} : { outcome: 'invalid' as const, detail: 'the file is not in the diff' }),
  };
}
