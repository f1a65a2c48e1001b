import { readFile } from 'node:fs/promises';
import type { Room } from '../../agent/ports.ts';
import { Recorder } from '../../agent/recorder.ts';
import { fold } from '../../core/session/evolve.ts';
import { type EvictedPhases, type EvictionPlan, type Holdings, holdingsOf, joined, type PhaseHeld, roomFor } from '../../core/session/retention.ts';
import type { Session } from '../../core/session/session.ts';
import { createClock } from '../journal/clock.ts';
import { codeOf } from '../journal/faults.ts';
import { openJournal, readJournal } from '../journal/journal.ts';
import type { Redact } from '../journal/redaction.ts';
import { listSessions, sessionFolder, type SessionFolder } from '../journal/sessions.ts';
import type { RepositoryState } from '../journal/stateDir.ts';
import { aloneInStore, type StoreUse } from '../journal/storeUsers.ts';
import type { CheckpointStore } from '../workspace/store/checkpoints.ts';
import { guestTraces } from './guests.ts';

export interface RoomParts {
  readonly root: string;
  readonly state: RepositoryState;
  readonly checkpoints: CheckpointStore;
  /** This process as a user of the store. */
  readonly use: StoreUse;
  /** Bytes that the store may take. */
  readonly limit: number;
  /** Who makes room, for others who ask. */
  readonly door: string;
  readonly redact: Redact;
}

/** The checkpoint store of a repository within its limit: knows what the sessions of the repository need of it, from their journals. */
export function createRoom(parts: RoomParts): Room {
  const { checkpoints, limit } = parts;
  return {
    get bytes() { return checkpoints.bytes; },
    limit,
    measure: () => checkpoints.measure(),
    plan: (session) => inWords(() => plan(parts, session)),
    carryOut: (wanted, record) => inWords(() => carryOut(parts, wanted, record)),
  };
}

/** A session of the repository with what it needs. */
interface Known {
  readonly id: string;
  readonly name: string;
  readonly ended: boolean;
  readonly holdings: Holdings;
}

/** What cannot be kept within the limit is named by its reason; a session never ends for lack of room. */
async function inWords<T>(work: () => Promise<T>): Promise<T | string> {
  try {
    return await work();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function plan(parts: RoomParts, session: Session): Promise<EvictionPlan> {
  if (isOverSeveral(session)) throw new Error('a session over several repositories gives no checkpoint up');
  const known = await knownSessions(parts, session);
  const total = parts.checkpoints.bytes;
  // What goes last is weighed first.
  const order = evictionOrder(known, session.id).reverse();
  const { gone, kept } = await parts.checkpoints.fit(stopsOf(known), joined(known.map((one) => one.holdings.fixed)), order.map(({ held }) => held.needs), { most: roomFor(parts.limit), least: worthBytes });
  return { phases: bySession(gone.flatMap((at) => order[at] ?? []).reverse()), bytes: Math.max(0, total - kept) };
}

/** Giving up less than this frees nothing that would be worth a way back, in bytes. */
const worthBytes = 4096;

async function carryOut(parts: RoomParts, { phases }: EvictionPlan, record: () => Promise<Session>): Promise<string | undefined> {
  const alone = await aloneInStore(parts.state.dir, parts.use, { door: parts.door }, async () => {
    const session = await record();
    for (const others of phases.filter((one) => one.session !== session.id)) await recordElsewhere(parts, others, session.id);
    const known = await knownSessions(parts, session);
    await parts.checkpoints.keepOnly(stopsOf(known), joined(known.flatMap(({ holdings }) => [holdings.fixed, ...holdings.phases.map((one) => one.needs)])));
  });
  return 'usedBy' in alone ? `the checkpoints of this repository are in use: ${alone.usedBy}` : undefined;
}

interface Phase {
  readonly session: string;
  readonly name: string;
  readonly held: PhaseHeld;
}

/** First to go first: what ended, then what nobody works at, then this session; among these the older session first, and in each the older boundary. */
function evictionOrder(known: readonly Known[], own: string): Phase[] {
  const rank = ({ id, ended }: Known) => (id === own ? 2 : ended ? 0 : 1);
  const ordered = [...known].sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
  return ordered.flatMap(({ id, name, holdings }) => holdings.phases.map((held) => ({ session: id, name, held })));
}

function bySession(phases: readonly Phase[]): readonly EvictedPhases[] {
  const sessions = new Map<string, EvictedPhases>();
  for (const { session, name, held: { boundary, attempt, commit } } of phases) {
    const before = sessions.get(session)?.boundaries ?? [];
    sessions.set(session, { session, name, boundaries: [...before, { boundary, attempt, commit }] });
  }
  return [...sessions.values()];
}

function stopsOf(known: readonly Known[]): ReadonlySet<string> {
  return new Set(known.flatMap(({ holdings }) => holdings.boundaries));
}

/** Every session of the repository. Of one whose journal cannot be read to its end, everything that it names is needed. */
async function knownSessions({ root, state, checkpoints }: RoomParts, session: Session): Promise<readonly Known[]> {
  const known: Known[] = [{ id: session.id, name: session.name, ended: false, holdings: holdingsOf(session) }];
  for (const trace of await guestTraces(state)) known.push(await opaque(trace, checkpoints));
  for (const folder of await listSessions(root)) {
    if (folder.id === session.id) continue;
    const one = await knownSession(folder, checkpoints);
    if (one !== undefined) known.push(one);
  }
  return known;
}

async function knownSession(folder: SessionFolder, checkpoints: CheckpointStore): Promise<Known | undefined> {
  const read = await readJournal(folder.trace).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (read === undefined) return undefined;
  const session = fold(read.entries);
  if (session === undefined || isOverSeveral(session) || (read.problem !== undefined && !read.tornTail)) return opaque(folder.trace, checkpoints);
  return { id: session.id, name: session.name, ended: session.end !== undefined, holdings: holdingsOf(session) };
}

/** A session of which everything is needed that its journal names: it cannot be read to its end, or has a part of its work in other stores. */
async function opaque(trace: string, checkpoints: CheckpointStore): Promise<Known> {
  const text = await readFile(trace, 'latin1').catch((error: unknown) => {
    // Noted, and not begun yet.
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  });
  return { id: trace, name: '', ended: true, holdings: { fixed: await checkpoints.kindsOf(new Set(text.match(/\b[0-9a-f]{40}\b/g) ?? [])), phases: [], boundaries: [] } };
}

const isOverSeveral = ({ contract }: Session): boolean => (contract.roots ?? []).length > 0;

/** The record of an eviction in the journal of another session, before anything of it goes. Nobody holds that session: nobody else uses the store. */
async function recordElsewhere({ state, limit, redact }: RoomParts, { session: id, boundaries }: EvictedPhases, by: string): Promise<void> {
  const folder = sessionFolder(state, id);
  if (folder === undefined) return;
  const opened = await openJournal(folder.trace, { redact });
  if (opened.kind === 'damaged') throw new Error(`the journal of the session ${id} cannot be written: ${opened.problem.why}`);
  try {
    await new Recorder(opened.journal, createClock(), fold(opened.entries)).record({ type: 'checkpoints/evicted', boundaries, limit, by });
  } finally {
    await opened.journal.close();
  }
}
