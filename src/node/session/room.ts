import type { Room } from '../../agent/ports.ts';
import { Recorder } from '../../agent/recorder.ts';
import { folding } from '../../core/session/evolve.ts';
import type { EvictedPhases, EvictionPlan } from '../../core/session/facts.ts';
import { partsOf } from '../../core/session/joinedIds.ts';
import { heldWhole, joined, type PhaseHeld, roomFor } from '../../core/session/retention.ts';
import type { Session } from '../../core/session/session.ts';
import { createClock } from '../journal/clock.ts';
import { openJournal } from '../journal/journal.ts';
import type { Redact } from '../journal/redaction.ts';
import { aloneInStore, aloneInStores, type StoreUse, type UsedStore, userOf } from '../journal/storeUsers.ts';
import { paced } from '../workspace/common/pace.ts';
import type { CheckpointStore } from '../workspace/store/checkpoints.ts';
import { type Known, knownSessions, tracesOf } from './knownSessions.ts';
import type { SessionRoot } from './roots.ts';

/** The checkpoint store of a root of the session. */
export interface RoomStore extends SessionRoot {
  readonly checkpoints: CheckpointStore;
  /** This process as a user of it. */
  readonly use: StoreUse;
  /** Bytes that it may take. */
  readonly limit: number;
}

export interface RoomParts {
  /** Of each root, the main one's first. */
  readonly stores: readonly RoomStore[];
  /** Id of the session. */
  readonly session: string;
  /** Who makes room, for others who ask. */
  readonly door: string;
  readonly redact: Redact;
}

/** The checkpoint store of each root within its limit: knows what the sessions that have checkpoints there need of it, from their journals. */
export function createRooms(parts: RoomParts): readonly Room[] {
  return parts.stores.map((store) => {
    const { name: root, checkpoints, limit } = store;
    return {
      root,
      get bytes() { return checkpoints.bytes; },
      limit,
      measure: () => checkpoints.measure(),
      plan: (session) => inWords(() => plan(parts, store, session)),
      carryOut: (wanted, record) => inWords(() => carryOut(parts, store, wanted, record)),
    };
  });
}

/** What cannot be kept within the limit is named by its reason; a session never ends for lack of room. */
async function inWords<T>(work: () => Promise<T>): Promise<T | string> {
  try {
    return await work();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function plan(parts: RoomParts, store: RoomStore, session: Session): Promise<EvictionPlan> {
  const known = await withoutThoseInUse(parts, store, await knownSessions(store, session));
  const total = store.checkpoints.bytes;
  // What goes last is weighed first.
  const order = evictionOrder(known, session.id).reverse();
  const { gone, kept } = await store.checkpoints.fit(stopsOf(known), joined(known.map((one) => one.holdings.fixed)), order.map(({ held }) => held.needs), { most: roomFor(store.limit), least: worthBytes });
  return { phases: bySession(gone.flatMap((at) => order[at] ?? []).reverse()), bytes: Math.max(0, total - kept) };
}

/** Giving up less than this frees nothing that would be worth a way back, in bytes. */
const worthBytes = 4096;

/** Of a guest nothing may go while somebody works in the repository that it began in: its trace could not say so. */
async function withoutThoseInUse(parts: RoomParts, { state }: RoomStore, known: readonly Known[]): Promise<readonly Known[]> {
  const homes = new Set(known.flatMap(({ home, holdings }) => (home === undefined || home === state.dir || holdings.phases.length === 0 ? [] : [home])));
  for (const home of homes) if ((await userOf(usedAs(parts, home))) === undefined) homes.delete(home);
  return known.map((one) => (one.home !== undefined && homes.has(one.home) ? { ...one, holdings: heldWhole(one.holdings) } : one));
}

/** The private state of a repository, and this process as a user of it where it is one. */
const usedAs = ({ stores }: RoomParts, dir: string): UsedStore => ({ dir, own: stores.find(({ state }) => state.dir === dir)?.use });

async function carryOut(parts: RoomParts, store: RoomStore, { phases }: EvictionPlan, record: () => Promise<Session>): Promise<string | undefined> {
  const traces = await tracesOf(store);
  const others = phases.flatMap((one) => traces.filter(({ session }) => session === one.session && session !== parts.session).map((place) => ({ ...place, boundaries: one.boundaries })));
  const dirs = new Set([store.state.dir, ...others.map(({ home }) => home)]);
  const alone = await aloneInStores(Array.from(dirs, (dir) => usedAs(parts, dir)), parts, async () => {
    const session = await record();
    for (const { trace, boundaries } of others) await recordElsewhere(parts, store.limit, trace, boundaries);
    await keepNeeded(store, session);
    return session;
  });
  if ('usedBy' in alone) return `checkpoints that this concerns are in use: ${alone.usedBy}`;
  // Also what was recorded as gone before this process took the session up.
  const gone = [...Object.keys(alone.done.evicted), ...phases.flatMap(({ boundaries }) => boundaries.map(({ commit }) => commit))].flatMap(partsOf);
  for (const other of parts.stores.filter((one) => one !== store)) await inWords(() => freeAsWell(parts, other, gone, alone.done));
  return undefined;
}

/** What went in one root is gone in all: the store of another need not keep its part either, commits among these. Where that is in use, or cannot be done now, it goes when room is made there. */
async function freeAsWell({ door }: RoomParts, store: RoomStore, gone: readonly string[], session: Session): Promise<void> {
  const { commits } = await store.checkpoints.kindsOf(gone);
  if (commits.length > 0) await aloneInStore(store.state.dir, store.use, { door }, () => keepNeeded(store, session));
}

/** Removes what no session needs. Nobody else may use the store meanwhile. */
async function keepNeeded(store: RoomStore, session: Session): Promise<void> {
  const known = await knownSessions(store, session);
  await store.checkpoints.keepOnly(stopsOf(known), joined(known.map(({ holdings }) => heldWhole(holdings).fixed)));
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

/** The record of an eviction in the journal of another session, before anything of it goes. Nobody holds that session: nobody else uses the store, nor that of the repository that it began in. */
async function recordElsewhere({ redact, session: by }: RoomParts, limit: number, trace: string, boundaries: EvictedPhases['boundaries']): Promise<void> {
  const opened = await openJournal(trace, { redact });
  if (opened.kind === 'damaged') throw new Error(`the journal ${trace} cannot be written: ${opened.problem.why}`);
  try {
    await new Recorder(opened.journal, createClock(), await paced(folding(opened.entries))).record({ type: 'checkpoints/evicted', boundaries, limit, by });
  } finally {
    await opened.journal.close();
  }
}
