import { applyAmendment } from '../../core/contract/amend.ts';
import { rootsAreFixed, sameRoots } from '../fixedRoots.ts';
import { numbered, limited } from './limit.ts';
import type { Tool } from './tool.ts';
import { refuse, report } from './tool.ts';

export const recordDecision: Tool<'record_decision'> = {
  name: 'record_decision',
  title: (input) => input.title,
  async propose(input, { run }) {
    const { decisions } = run.recorder.session;
    if (input.supersedes !== undefined && !decisions.some((one) => one.id === input.supersedes)) return refuse('schema', `there is no decision ${input.supersedes}`);
    return report(async () => {
      const id = `D-${decisions.length + 1}-${run.ports.clock.sha256(`${input.title}\n${input.choice}`).slice(0, 8)}`;
      const { supersedes, ...rest } = input;
      await run.recorder.record({ type: 'decision/recorded', decision: { id, ...rest, ...(supersedes === undefined ? {} : { supersedes }) } });
      return { outcome: 'done', text: `Recorded as ${id}.`, summary: id };
    });
  },
};

export const reportBlocker: Tool<'report_blocker'> = {
  name: 'report_blocker',
  title: (input) => input.what,
  propose: async (input, { run }) => report(async () => {
    await run.recorder.record({ type: 'blocker/reported', ...input });
    return { outcome: 'done', text: 'Reported to the user, who decides how to go on.' };
  }),
};

export const proposeAmendment: Tool<'propose_amendment'> = {
  name: 'propose_amendment',
  title: (input) => input.why,
  async propose(input, { run }) {
    const { contract, contractText } = run.recorder.session;
    const applied = applyAmendment(contractText, input.change);
    if ('contract' in applied && !sameRoots(applied.contract, contract)) return refuse('scope', rootsAreFixed);
    return report(async () => {
      const id = `A-${run.recorder.session.amendments.length + 1}`;
      await run.recorder.record({ type: 'amendment/proposed', amendment: { id, ...input } });
      return { outcome: 'done', text: `Proposed to the user as ${id}. Nothing has changed.`, summary: id };
    });
  },
};

export const readArtifact: Tool<'read_artifact'> = {
  name: 'read_artifact',
  title: (input) => input.id.slice(0, 12),
  propose: async (input, { run }) => report(async () => {
    const text = await run.ports.artifacts.get(input.id);
    if (text === undefined) return { outcome: 'failed', text: `there is no artifact ${input.id}` };
    const shown = numbered(text, input.view_range, 500);
    return { outcome: 'done', text: (await limited(shown.text, run.ports.artifacts)).text, summary: `${shown.lines} lines` };
  }),
};

export const diagnostics: Tool<'diagnostics'> = {
  name: 'diagnostics',
  title: (input) => input.file_path ?? 'all files',
  async propose(input, { run }) {
    const at = input.file_path === undefined ? undefined : await run.ports.workspace.resolve(input.file_path);
    if (at !== undefined && 'refused' in at) return refuse('scope', at.refused);
    return report(async () => {
      const problems = await run.ports.user.diagnostics(at?.path);
      if (problems === undefined) return { outcome: 'failed', text: 'There is no editor here, so no language tool reports problems.' };
      return { outcome: 'done', text: problems.length === 0 ? 'No problems are reported.' : (await limited(problems.join('\n'), run.ports.artifacts)).text, summary: `${problems.length} problems` };
    });
  },
};
