import { readFile } from 'node:fs/promises';
import { folding } from '../../core/session/evolve.ts';
import { type Holdings, holdingsOf } from '../../core/session/retention.ts';
import type { Session } from '../../core/session/session.ts';
import { codeOf } from '../journal/faults.ts';
import { readJournal } from '../journal/journal.ts';
import { listSessions } from '../journal/sessions.ts';
import { paced } from '../workspace/common/pace.ts';
import type { CheckpointStore } from '../workspace/store/checkpoints.ts';
import { guestTraces, type TracePlace } from './guests.ts';
import type { SessionRoot } from './roots.ts';

/** A session that has checkpoints in a store, with what it needs. */
export interface Known {
  readonly id: string;
  readonly name: string;
  readonly ended: boolean;
  readonly holdings: Holdings;
  /** Private state of the repository that it began in; absent for the session of this process. */
  readonly home?: string;
}

/** Where the sessions have their traces that have checkpoints in the store of a root: those of its repository, and guests of others. */
export async function tracesOf({ folder, state }: Pick<SessionRoot, 'folder' | 'state'>): Promise<readonly TracePlace[]> {
  const own = (await listSessions(folder)).map(({ id, trace }) => ({ session: id, trace, home: state.dir }));
  return [...own, ...(await guestTraces(state))];
}

/** Every session that has checkpoints in the store of a root. Of one whose journal cannot be read to its end, everything that it names is needed. */
export async function knownSessions(root: Pick<SessionRoot, 'folder' | 'state'> & { readonly checkpoints: CheckpointStore }, session: Session): Promise<readonly Known[]> {
  const known: Known[] = [{ id: session.id, name: session.name, ended: false, holdings: holdingsOf(session) }];
  for (const place of await tracesOf(root)) {
    if (place.session === session.id) continue;
    known.push(await knownSession(place, root.checkpoints));
  }
  return known;
}

async function knownSession({ trace, home }: TracePlace, checkpoints: CheckpointStore): Promise<Known> {
  const read = await readJournal(trace).catch((error: unknown) => {
    // Noted, and not begun yet.
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  const session = await paced(folding(read?.entries ?? []));
  if (session === undefined || (read?.problem !== undefined && !read.tornTail)) return { ...(await opaque(trace, checkpoints)), home };
  return { id: session.id, name: session.name, ended: session.end !== undefined, holdings: holdingsOf(session), home };
}

/** A session that cannot be read to its end: everything is needed that its journal names. */
async function opaque(trace: string, checkpoints: CheckpointStore): Promise<Known> {
  const text = await readFile(trace, 'latin1').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  });
  return { id: trace, name: '', ended: true, holdings: { fixed: await checkpoints.kindsOf(new Set(text.match(/\b[0-9a-f]{40}\b/g) ?? [])), phases: [], boundaries: [] } };
}
