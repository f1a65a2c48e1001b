import { bytesText } from '../core/session/view/figures.ts';
import type { Run } from './run.ts';
import { openStrayGate } from './strayGate.ts';

/** Bytes that the session's commands may add to scratch before a person is asked. */
const mostGrowth = 1024 ** 3;

/**
 * Notes how much scratch there is; nothing else looks there. A person is asked when it has grown beyond the cap since the session began, once
 * for each time that it does. `title`: the call after which it is measured. Answers sentences for the model.
 */
export async function measureScratch(run: Run, call?: { readonly id: string; readonly title: string }): Promise<readonly string[]> {
  const use = await run.ports.workspace.scratchUse();
  const { scratch } = run.recorder.session;
  if (scratch !== undefined && scratch.now.files === use.files && scratch.now.bytes === use.bytes) return [];
  await run.recorder.record({ type: 'scratch/measured', use, ...(call === undefined ? {} : { call: call.id }) });
  if (scratch === undefined || call === undefined) return [];
  const limit = scratch.start.bytes + mostGrowth;
  if (use.bytes <= limit || scratch.now.bytes > limit) return [];
  const grown = `scratch by more than ${bytesText(mostGrowth)}, to ${bytesText(use.bytes)} in ${use.files} files`;
  await openStrayGate(run, `${call.title} grew ${grown}. No checkpoint holds it. Go on?`);
  return [`This grew ${grown}. The user decides what happens.`];
}
