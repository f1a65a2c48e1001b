import { listHunks } from '../../agent/hunks.ts';
import type { ListedHunk } from '../../core/session/listedHunk.ts';
import type { Session } from '../../core/session/session.ts';
import { exists } from '../workspace/disk/exists.ts';
import { withWorkspace } from './ports.ts';
import { rootsOf } from './roots.ts';

/** The session's change as of its last look, from the checkpoint stores alone; undefined where they do not have it any more. Needs no lease. */
export async function readHunks(session: Session): Promise<readonly ListedHunk[] | undefined> {
  try {
    const roots = await rootsOf(session.workspace, session.contract);
    for (const { state } of roots) if (!(await exists(state.store))) return undefined;
    return await withWorkspace(roots, session.contractFile, session.contract, (workspace) => listHunks(workspace, session));
  } catch {
    // Whoever only looks at a session is shown the rest of it.
    return undefined;
  }
}
