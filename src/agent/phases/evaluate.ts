import type { PhaseName } from '../../core/contract/contract.ts';
import { someLines } from '../../core/session/someOf.ts';
import { look } from '../look.ts';
import type { Run } from '../run.ts';
import { settleGoneFlags } from '../strays.ts';
import { baselineExit } from './baseline.ts';
import type { Exit } from './exit.ts';
import { exploreExit } from './explore.ts';
import { oracleOnlyExit } from './oracleOnly.ts';
import { reviewExit } from './review.ts';
import { workExit } from './work.ts';

const exits: Readonly<Record<PhaseName, Exit>> = {
  'explore': exploreExit, 'baseline': baselineExit, 'oracle-only': oracleOnlyExit, 'minimal-hook': workExit, 'production-shape': workExit, 'review': reviewExit,
};

/**
 * Evaluates every exit condition of the running phase and records the outcome. Answers undefined when all hold, else what
 * the model is told. `call` is the tool call that asked, if one did.
 */
export async function evaluatePhase(run: Run, call?: string): Promise<{ readonly text: string; readonly deferred: boolean } | undefined> {
  const capture = await look(run);
  await settleGoneFlags(run, capture.tree);
  const phase = run.recorder.session.line.phase;
  if (phase === undefined) throw new Error('there is no phase to evaluate');
  const measured = await exits[phase](run, capture, call);
  if (measured === 'deferred') return { text: '', deferred: true };
  const waived = run.recorder.session.line.waived;
  const conditions = measured.map((one) => (one.waivable !== undefined && waived.includes(one.waivable) ? { ...one, holds: true } : one));
  await run.recorder.record({ type: 'exit/evaluated', phase, conditions, tree: capture.tree });
  const failed = conditions.filter((condition) => !condition.holds);
  if (failed.length === 0) return undefined;
  const lines = failed.map((one) => `- ${one.id}: wanted ${one.wanted}; measured ${one.measured}`);
  return { text: `The phase is not over. These conditions do not hold:\n${someLines(lines)}`, deferred: false };
}
