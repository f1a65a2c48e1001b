import { listHunks } from '../../agent/hunks.ts';
import type { ListedHunk } from '../../core/session/listedHunk.ts';
import type { Session } from '../../core/session/session.ts';
import { exists } from '../workspace/store.ts';
import { stateOf } from './place.ts';
import { workspaceOf } from './ports.ts';

/** The session's change as of its last look, from the checkpoint store alone; undefined where that does not have it any more. Needs no lease. */
export async function readHunks(session: Session): Promise<readonly ListedHunk[] | undefined> {
  const state = await stateOf(session.workspace);
  if (!(await exists(state.store))) return undefined;
  const workspace = await workspaceOf(session.workspace, session.contractFile, session.contract, state);
  return listHunks(workspace, session).catch(() => undefined);
}
