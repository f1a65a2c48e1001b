import type { TreeId } from '../core/session/changes.ts';
import { evictedAt } from '../core/session/retention.ts';
import type { Session } from '../core/session/session.ts';
import type { Intention } from '../core/session/view.ts';
import type { Acted } from './acted.ts';
import { finish } from './finish.ts';
import type { KeepAnswer } from './ports.ts';
import { movedIn } from './moved.ts';
import { takeBackTo } from './rewind/rewindActs.ts';
import type { Run } from './run.ts';
import { undoneDetail } from './verdictAnew.ts';

/** What becomes of the work when a session has ended, and what came of it. */
export async function keepWork(run: Run, { how, withoutMine = false }: Extract<Intention, { type: 'keep' }>): Promise<Acted> {
  if (how === 'undo') return undoEverything(run);
  if (how === 'drop') return dropKept(run);
  const kept: KeepAnswer = how === 'leave' ? { ok: true, detail: 'the changes stay in the work tree; git was not touched' } : await run.ports.keeper.keep({ how, withoutMine }, run.recorder.session);
  const isKept = kept.ok || kept.partly === true;
  const moved = isKept && how !== 'leave' && !withoutMine ? await movedIn(run, keptTrees(run.recorder.session, how)) : undefined;
  const detail = moved === undefined ? kept.detail : `${kept.detail}; look before you share it, among your changes are ${moved}`;
  if (isKept) await run.recorder.record({ type: 'work/kept', how: how === 'leave' ? 'left' : how, detail, ...(kept.branches === undefined ? {} : { branches: kept.branches }) });
  return { ok: kept.ok, message: detail };
}

/** The contents that a branch, a commit or a patch takes into the repository; a branch has a commit for each boundary that is kept. */
function keptTrees(session: Session, how: 'branch' | 'squash' | 'patch'): readonly TreeId[] {
  const boundaries = how === 'branch' ? session.line.boundaries.filter((one) => evictedAt(session, one) === undefined) : [];
  return [...new Set([...boundaries.map(({ tree }) => tree), ...(session.tree === undefined ? [] : [session.tree])])];
}

async function undoEverything(run: Run): Promise<Acted> {
  const acted = await takeBackTo(run, 'base');
  await run.recorder.record({ type: 'work/kept', how: 'undone', detail: acted.message });
  await finish(run, 'stopped', undoneDetail, 'as-is');
  return acted;
}

/** Removes what was kept last as a branch, in each repository; the work tree stays as it is. */
async function dropKept(run: Run): Promise<Acted> {
  const branches = run.recorder.session.branches.at(-1);
  if (branches === undefined) return { ok: false, message: 'the session has no branch in the repository: none was kept, or it was dropped already' };
  const dropped = await run.ports.keeper.drop(branches);
  if (dropped.branches !== undefined) await run.recorder.record({ type: 'work/kept', how: 'dropped', detail: dropped.detail, branches: dropped.branches });
  return { ok: dropped.ok, message: dropped.detail };
}
