import type { DoneRewind } from '../core/session/session.ts';
import { reachVerdict } from './finish.ts';
import { look } from './look.ts';
import { writeReports } from './reports.ts';
import type { Run } from './run.ts';

/** Why a session ended in which a person took everything back. */
export const undoneDetail = 'the work was undone by a person';

/**
 * After a rewind was undone or done again. A session that has ended says what it has come to now: what was measured of this very tree counts again, and
 * work that is back after everything was undone can be kept again.
 */
export async function verdictAnew(run: Run, { kind, to }: Pick<DoneRewind, 'kind' | 'to'>, how: 'undone' | 'redone'): Promise<void> {
  const { end } = run.recorder.session;
  if (end === undefined) return writeReports(run);
  const everything = kind === 'boundary' && to === 'base';
  if (everything && how === 'redone') await run.recorder.record({ type: 'work/kept', how: 'undone', detail: undoneDetail });
  await reachVerdict(run, await look(run));
  if (everything) await run.recorder.record({ type: 'session/ended', end: 'stopped', detail: how === 'redone' ? undoneDetail : `${undoneDetail}, and brought back` });
  await writeReports(run);
}
