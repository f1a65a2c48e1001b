import type { BesideChange, Path, TreeId, Write } from '../../core/session/changes.ts';
import { sameBlob } from '../../core/session/sameBlob.ts';
import type { Session } from '../../core/session/session.ts';
import { standingWrites } from '../../core/session/standing.ts';
import { evictedWords } from '../../core/session/view/storeWords.ts';
import { baseTree } from '../diffUse.ts';
import type { Workspace } from '../ports.ts';

/** What the session wrote since a boundary id or `base`; throws for a boundary that is not on the current line. */
export function writesSince(session: Session, to: string): readonly Write[] {
  if (to === 'base') return session.line.writes;
  const boundary = session.line.boundaries.find((one) => one.id === to);
  if (boundary === undefined) throw new Error(noBoundary(session, to));
  return session.line.writes.slice(boundary.line.writes.length);
}

const noBoundary = ({ line }: Session, to: string): string => `there is no boundary ${to} on this attempt; there are: ${['base', ...line.boundaries.map((one) => one.id)].join(', ')}`;

/** Why there is no way back to a boundary id or `base`, in words; undefined where there is one. */
export function rewindProblem(session: Session, to: string): string | undefined {
  if (to === 'base') return undefined;
  const boundary = session.line.boundaries.find((one) => one.id === to);
  if (boundary === undefined) return noBoundary(session, to);
  const evicted = evictedWords(session, boundary);
  if (evicted === undefined) return undefined;
  const left = session.line.boundaries.filter((one) => evictedWords(session, one) === undefined).map((one) => one.id);
  return `${evicted}. There is a way back to: ${['base', ...left].join(', ')}`;
}

/** What it changed since then beside its writes. */
export function besideSince({ line }: Session, to: string): readonly BesideChange[] {
  return line.beside.slice(line.boundaries.find((one) => one.id === to)?.line.beside.length ?? 0);
}

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
