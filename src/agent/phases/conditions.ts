import { overBudget } from '../../core/guard/budget.ts';
import { noOpenFlag, openFlags } from '../../core/session/line.ts';
import type { ConditionResult } from '../../core/session/session.ts';
import { someNamed } from '../../core/session/someOf.ts';
import { recordUse } from '../diffUse.ts';
import type { Capture } from '../ports.ts';
import type { Run } from '../run.ts';

/** The contract on disk is the one that was approved; else what it says and what is enforced are two things. */
export async function contractUnchanged(run: Run): Promise<ConditionResult> {
  const { session } = run.recorder;
  const now = await run.ports.workspace.hashOf(session.contractFile);
  return {
    id: 'contract-unchanged', holds: now === session.contractHash, wanted: `${session.contractFile} as approved`,
    measured: now === session.contractHash ? 'unchanged' : now === undefined ? 'the file is gone' : 'the file was changed without an amendment',
  };
}

/** One condition for all flags; a person answers each by its id. */
export function flagsSettled(run: Run): ConditionResult {
  const open = openFlags(run.recorder.session.line);
  const measured = someNamed(open, (flag) => `${flag.path} (${flag.standing}, by ${flag.cause}, flag ${flag.id})`);
  return { id: noOpenFlag, holds: open.length === 0, wanted: 'no change outside of what was agreed', measured: measured || 'none' };
}

export async function withinBudget(run: Run, capture: Capture): Promise<ConditionResult> {
  const { session } = run.recorder;
  const uses = await recordUse(run, capture.tree);
  const { files, lines } = session.contract.diff;
  return {
    id: 'within-diff-budget', holds: overBudget(session.contract.diff, uses) === undefined, wanted: `at most ${files} files and ${lines} lines`,
    measured: `${uses.base.files} files and ${uses.base.lines} lines (this phase: ${uses.phase.files} and ${uses.phase.lines})`,
  };
}
