import { someOf } from '../../core/session/someOf.ts';
import { standingPaths } from '../../core/session/standing.ts';
import type { Exit } from './exit.ts';

/** explore ends with a plan, and with nothing changed. */
export const exploreExit: Exit = async (run) => {
  const { line } = run.recorder.session;
  const changed = [...standingPaths(line.writes)];
  return [
    { id: 'plan-submitted', holds: line.plan !== undefined, wanted: 'a plan, by submit_plan', measured: line.plan === undefined ? 'none' : `${line.plan.steps.length} steps` },
    { id: 'nothing-changed', holds: changed.length === 0, wanted: 'no changed file', measured: changed.length === 0 ? 'none' : someOf(changed) },
  ];
};
