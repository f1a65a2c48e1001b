import type { EvictedPhases, EvictionPlan } from '../core/session/facts.ts';
import { fillOf } from '../core/session/retention.ts';
import type { Session, StoreState } from '../core/session/session.ts';
import type { Room } from './ports.ts';
import type { Run } from './run.ts';

/** After room could not be made, it is tried again when the store has grown by this share of its limit. */
const growthToTryAgain = 0.1;

/**
 * Keeps the checkpoint store of each root within its limit: says what will go while it fills up, and lets it go when it is full. Costs nothing while
 * there is room; called between two steps, when nothing reads or writes checkpoints.
 */
export async function keepRoom(run: Run): Promise<void> {
  for (const room of run.ports.rooms) await keepRoomIn(run, room);
}

async function keepRoomIn(run: Run, room: Room): Promise<void> {
  const { base, end } = run.recorder.session;
  if (run.signal.aborted || base === undefined || end !== undefined || !isDue(run.recorder.session, room)) return;
  // What this process knows is at most too much: packs may have gone.
  await room.measure();
  if (!isDue(run.recorder.session, room)) return;
  const plan = await measureStore(run, room);
  if (typeof plan === 'object' && fillOf(room.bytes, room.limit) === 'full') await makeRoom(run, room, plan);
}

/** Measures each store and records it, with what goes next while it fills up. */
export async function measureStores(run: Run): Promise<void> {
  for (const room of run.ports.rooms) await measureStore(run, room);
}

/** Answers what goes next, or why nothing can go; undefined while there is room. */
async function measureStore(run: Run, room: Room): Promise<EvictionPlan | string | undefined> {
  const { recorder } = run;
  const bytes = await room.measure();
  const { limit } = room;
  if (fillOf(bytes, limit) === 'free') {
    const known = recorder.session.stores[room.root];
    if (bytes !== known?.bytes || limit !== known.limit) await record(run, room, { bytes, limit });
    return undefined;
  }
  run.progress('looking which checkpoints are still needed');
  const plan = await room.plan(recorder.session);
  const stuck = typeof plan === 'string' ? plan : plan.bytes === 0 && fillOf(bytes, limit) === 'full' ? 'every checkpoint in it is still needed' : undefined;
  await record(run, room, { bytes, limit, ...(stuck === undefined ? { next: plan as EvictionPlan } : { stuck }) });
  return stuck ?? plan;
}

function record({ recorder }: Run, { root }: Room, measured: StoreState): Promise<Session> {
  return recorder.record({ type: 'store/measured', ...(root === '' ? {} : { root }), ...measured });
}

/** Whether something has to be said or done: the store came into another state than the one that was said last. */
function isDue({ stores }: Session, { root, bytes, limit }: Room): boolean {
  const [fill, store] = [fillOf(bytes, limit), stores[root]];
  if (fill === 'free') return false;
  if (store?.limit !== limit) return true;
  if (store.stuck !== undefined) return bytes > store.bytes + growthToTryAgain * limit;
  return store.next === undefined || fill === 'full';
}

/** What goes is in the journal before it goes, and was said before that. */
async function makeRoom(run: Run, room: Room, plan: EvictionPlan): Promise<void> {
  const { recorder, ports: { rooms } } = run;
  const { id } = recorder.session;
  const own = plan.phases.find((one) => one.session === id)?.boundaries ?? [];
  const elsewhere: readonly EvictedPhases[] = plan.phases.filter((one) => one.session !== id);
  const recordEvicted = async (): Promise<Session> =>
    (plan.phases.length === 0 ? recorder.session : recorder.record({ type: 'checkpoints/evicted', boundaries: own, ...(elsewhere.length === 0 ? {} : { elsewhere }), limit: room.limit, by: id }));
  run.progress('making room in the checkpoint store');
  const failed = await room.carryOut(plan, recordEvicted);
  const [bytes, { limit }] = [await room.measure(), room];
  const stuck = failed ?? (fillOf(bytes, limit) === 'full' ? 'every checkpoint that is left is still needed' : undefined);
  await record(run, room, { bytes, limit, ...(stuck === undefined ? {} : { stuck }) });
  // What was said to go next there may be what went here.
  if (failed === undefined && plan.phases.length > 0) for (const other of rooms.filter((one) => one !== room)) await measureStore(run, other);
}
