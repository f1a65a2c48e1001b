import type { Path, TreeId, Write } from '../../core/session/changes.ts';
import { sameBlob } from '../../core/session/sameBlob.ts';
import type { Session } from '../../core/session/session.ts';
import { standingWrites } from '../../core/session/standing.ts';
import { baseTree } from '../diffUse.ts';
import type { Workspace } from '../ports.ts';
import { writesSince } from './rewind.ts';

/**
 * The writes that a rewind to a boundary id or `base` undoes, on the work tree `now`. Where nothing of a call of the session stands in a path, only what
 * rewinds did to it, and the path is as it was at the boundary, it stays so: what those took back is on no line any more, and nobody asks for it here.
 */
export async function undoneBy(workspace: Pick<Workspace, 'entries'>, session: Session, to: string, now: TreeId): Promise<readonly Write[]> {
  const writes = writesSince(session, to);
  const rewound = Array.from(standingWrites(writes)).flatMap(([path, own]) => (own.length > 0 && own.every(({ by }) => by === 'rewind') ? [path] : []));
  if (rewound.length === 0) return writes;
  const then = session.line.boundaries.find((one) => one.id === to)?.tree ?? baseTree(session);
  const [was, is] = [await workspace.entries(then, rewound), await workspace.entries(now, rewound)];
  const asThen = new Set<Path>(rewound.filter((path) => sameBlob(was.get(path) ?? null, is.get(path) ?? null)));
  return writes.filter(({ path }) => !asThen.has(path));
}
