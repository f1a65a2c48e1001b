import type { RootName } from '../../core/contract/rootPath.ts';
import { evictedAt } from '../../core/session/retention.ts';
import type { Session } from '../../core/session/session.ts';
import { bytesText, count } from '../../core/session/view/figures.ts';
import { listSessions, type SessionSummary } from '../journal/sessions.ts';
import { aloneInStore } from '../journal/storeUsers.ts';
import { removeTree } from '../process/removeTree.ts';
import { exists } from '../workspace/disk/exists.ts';
import { storeSize } from '../workspace/store/prune.ts';
import { readSession } from './read.ts';
import { StartRefusal } from './refusal.ts';
import { type Guest, guestsOf, guestWarning } from './guests.ts';
import { stateOf } from './state.ts';

/** What is kept of one session. */
export interface KeptSession {
  readonly id: string;
  /** Name of its contract; absent where its trace cannot be read. */
  readonly name?: string;
  /** How it stands, in a few words. */
  readonly stands: string;
  /** Bytes of its trace and outputs. */
  readonly bytes: number;
  /** Boundaries that can be rewound to, the oldest first. */
  readonly boundaries: readonly string[];
  /** Its roots in other repositories; what it has in their stores stays there. */
  readonly elsewhere: readonly RootName[];
}

/** A session of another repository that has checkpoints here. */
export interface KeptGuest extends Pick<KeptSession, 'id' | 'name' | 'stands' | 'boundaries'> {
  /** Its workspace folder. */
  readonly workspace: string;
}

/** The private state of one repository. */
export interface KeptState {
  readonly dir: string;
  /** Bytes of everything. */
  readonly bytes: number;
  /** Bytes of the checkpoints that the sessions share. */
  readonly checkpoints: number;
  /** What removing it takes from sessions of other repositories, and what it leaves there, in sentences; '' where there are none. */
  readonly warning: string;
  /** The newest first. */
  readonly sessions: readonly KeptSession[];
  readonly guests: readonly KeptGuest[];
}

/** What there is in the private state of the repository of a folder. */
export async function keptState(root: string): Promise<KeptState> {
  const state = await stateOf(root);
  const { dir, store } = state;
  const sessions: KeptSession[] = [];
  for (const summary of await listSessions(root)) sessions.push(await keptSession(root, summary));
  const guests = await guestsOf(state);
  const elsewhere = [...new Set(sessions.flatMap((one) => one.elsewhere))].sort();
  return {
    dir, bytes: await storeSize(dir), checkpoints: await storeSize(store), sessions, guests: await Promise.all(guests.map(keptGuest)),
    warning: `${guestWarning(guests)}${elsewhere.length === 0 ? '' : ` What sessions of this repository keep in ${elsewhere.join(', ')} stays there until that repository is pruned too, or its store is full.`}`,
  };
}

async function keptSession(root: string, { id, dir, name, damage }: SessionSummary): Promise<KeptSession> {
  const [bytes, session] = [await storeSize(dir), (await readSession(root, id).catch(() => undefined))?.session];
  if (session === undefined) return { id, bytes, boundaries: [], elsewhere: [], stands: damage ?? unreadable, ...(name === undefined ? {} : { name }) };
  return { id, name: session.name, bytes, stands: standing(session), boundaries: waysBack(session), elsewhere: session.contract.roots ?? [] };
}

async function keptGuest({ session: id, workspace }: Guest): Promise<KeptGuest> {
  const session = (await readSession(workspace, id).catch(() => undefined))?.session;
  return session === undefined ? { id, workspace, stands: unreadable, boundaries: [] } : { id, name: session.name, workspace, stands: standing(session), boundaries: waysBack(session) };
}

const unreadable = 'it cannot be read';

const waysBack = (session: Session): readonly string[] => session.line.boundaries.filter((one) => evictedAt(session, one) === undefined).map((one) => one.id);

function standing({ end, verdict, gate, kept }: Session): string {
  if (end === undefined) return gate === undefined ? 'not ended' : 'waits for a person';
  return [`ended: ${verdict?.verdict ?? end.end}`, ...(kept === undefined ? ['work not kept'] : [])].join(', ');
}

/** Said instead where that is no bytes. */
export const nothingKept = 'nothing is kept of this repository';

/** What will go, a line each: the same words in every door. At most `most` sessions, and as many of other repositories, are named. */
export function keptLines({ dir, bytes, checkpoints, sessions, guests }: KeptState, most: number): readonly string[] {
  const phases = sessions.reduce((sum, one) => sum + one.boundaries.length, 0);
  const rest = Math.max(0, sessions.length - most) + Math.max(0, guests.length - most);
  return [
    dir, `${bytesText(bytes)}: ${count(sessions.length, 'session')} with ${count(phases, 'boundary', 'boundaries')} to rewind to; ${bytesText(checkpoints)} of it are checkpoints`,
    ...sessions.slice(0, most).map((one) => `  ${one.id} ${one.name ?? ''} · ${one.stands} · ${bytesText(one.bytes)} · ${boundariesText(one)}${one.elsewhere.length === 0 ? '' : ` · also in ${one.elsewhere.join(', ')}`}`),
    ...guests.slice(0, most).map((one) => `  ${one.id} ${one.name ?? ''} of ${one.workspace} · ${one.stands} · ${boundariesText(one)}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ];
}

const boundariesText = ({ boundaries }: Pick<KeptSession, 'boundaries'>): string => boundaries.join(', ') || 'no boundary';

/**
 * Removes every session, trace and checkpoint of the repository, which its work trees share. Rejects with a StartRefusal where any process works
 * with them, and then nothing was removed.
 */
export async function removeState(root: string, door: string): Promise<void> {
  const { dir } = await stateOf(root);
  if (!(await exists(dir))) return;
  const alone = await aloneInStore(dir, undefined, { door }, () => removeTree(dir));
  if ('usedBy' in alone) throw new StartRefusal('cannot-start', `a session works in this repository: ${alone.usedBy}. Nothing was removed`);
}
