import type { RootName } from '../../contract/rootPath.ts';
import type { EvictedPhases, EvictionPlan } from '../facts.ts';
import { evictedAt, fillOf } from '../retention.ts';
import type { Boundary, Session } from '../session.ts';
import { bytesText } from './figures.ts';
import { instantText } from './instant.ts';

/** The checkpoints of a root, as people are told of them. */
export const checkpointsOf = (root: RootName): string => (root === '' ? 'Checkpoints' : `Checkpoints in ${root}`);

/** What is said while the checkpoint store of a root fills up, and where no room could be made; undefined while there is room. */
export function storeWarning({ id, stores }: Session, root: RootName): string | undefined {
  const store = stores[root];
  if (store === undefined) return undefined;
  const takes = `${checkpointsOf(root)} take ${bytesText(store.bytes)} of at most ${bytesText(store.limit)}`;
  if (store.stuck !== undefined) return `${takes}, and no room can be made: ${store.stuck}. "Bounded: Prune" removes everything of ${root === '' ? 'this' : 'that'} repository; a larger limit is a setting.`;
  if (store.next === undefined || fillOf(store.bytes, store.limit) === 'free') return undefined;
  return `${takes}. ${nextWords(store.next, id)}`;
}

/** What goes when the store is full, in sentences. */
export function nextWords({ phases, bytes }: EvictionPlan, own: string): string {
  if (phases.length === 0) return bytes === 0 ? 'Nothing in it may be given up.' : `When that is reached, states between boundaries go (${bytesText(bytes)}); no boundary is lost.`;
  return `When that is reached, no rewind is possible any more to ${phases.map((one) => phasesWords(one, own)).join('; ')} (${bytesText(bytes)}).`;
}

/** Boundaries of one session: `minimal-hook, review of session …`. */
export function phasesWords({ session, name, boundaries }: EvictedPhases, own?: string): string {
  const ids = boundaries.map((one) => (one.attempt > 1 ? `${one.boundary} of attempt ${one.attempt}` : one.boundary)).join(', ');
  return session === own ? ids : `${ids} of the ${name} session ${session}`;
}

/** Why there is no way back to a boundary, in words; undefined where there is one. */
export function evictedWords(session: Session, boundary: Pick<Boundary, 'id' | 'commit'>): string | undefined {
  const at = evictedAt(session, boundary);
  return at === undefined ? undefined : `the checkpoint of ${boundary.id} was removed on ${instantText(at)} to make room in the checkpoint store`;
}
