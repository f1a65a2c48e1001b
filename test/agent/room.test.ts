import assert from 'node:assert/strict';
import type { Room } from '../../src/agent/ports.ts';
import { runSession } from '../../src/agent/loop.ts';
import { keepRoom } from '../../src/agent/room.ts';
import type { Run } from '../../src/agent/run.ts';
import type { SessionEvent } from '../../src/core/session/events.ts';
import { base, gate, phase } from '../core/session/support/events.ts';
import { Story } from '../core/session/support/journal.ts';
import type { EvictionPlan } from '../../src/core/session/facts.ts';

const plan: EvictionPlan = { phases: [{ session: 'older', name: 'task', boundaries: [{ boundary: 'explore', attempt: 1, commit: 'k1' }] }, { session: 's1', name: 'task', boundaries: [{ boundary: 'minimal-hook', attempt: 1, commit: 'k2' }] }], bytes: 300 };

/** A store of which `after` is what is left when room was made; `beside`, those of other roots. `events`: what was recorded and done, in order. */
function playing(bytes: number, answers: { readonly plan?: EvictionPlan | string; readonly after?: number; readonly failed?: string; readonly root?: string; readonly beside?: readonly Room[] } = {}) {
  const [story, events] = [new Story().tell(base), [] as (SessionEvent | string)[]];
  let now = bytes;
  const record = async (event: SessionEvent) => {
    events.push(event);
    return story.tell(event).session;
  };
  const room: Room = {
    root: answers.root ?? '', get bytes() { return now; }, limit: 1000, measure: async () => now, plan: async () => answers.plan ?? plan,
    async carryOut(_plan, before) {
      if (answers.failed !== undefined) return answers.failed;
      await before();
      events.push('removed');
      now = answers.after ?? 700;
      return undefined;
    },
  };
  const run = { ports: { rooms: [...(answers.beside ?? []), room] }, recorder: { get session() { return story.session; }, record }, signal: { aborted: false }, progress: () => undefined } as unknown as Run;
  return { events, keep: () => keepRoom(run), grow: (more: number) => { now += more; } };
}

/** The store of another root, of which states in between may go. */
const other = (root: string, bytes: number): Room => ({ root, bytes, limit: 1000, measure: async () => bytes, plan: async () => ({ phases: [], bytes }), carryOut: () => assert.fail('it is not full') });

const kinds = (events: readonly (SessionEvent | string)[]) => events.map((event) => (typeof event === 'string' ? event : event.type));

describe('room in the checkpoint store', () => {
  it('costs nothing and says nothing while there is some', async () => {
    const { events, keep } = playing(800);
    await keep();
    assert.deepEqual(events, []);
  });

  it('is said to run out once, with what goes next, and then nothing more until it is full', async () => {
    const { events, keep, grow } = playing(900);
    await keep();
    grow(50);
    await keep();
    assert.deepEqual(events, [{ type: 'store/measured', bytes: 900, limit: 1000, next: plan }]);
  });

  it('is made when the store is full: first said, then recorded, then removed, then measured', async () => {
    const { events, keep } = playing(1100);
    await keep();
    await keep();
    assert.deepEqual(events, [
      { type: 'store/measured', bytes: 1100, limit: 1000, next: plan },
      { type: 'checkpoints/evicted', boundaries: plan.phases[1]?.boundaries, elsewhere: [plan.phases[0]], limit: 1000, by: 's1' }, 'removed', { type: 'store/measured', bytes: 700, limit: 1000 },
    ]);
  });

  it('leaves no time between what comes next and its beginning, in which a person could answer a gate', async () => {
    const story = new Story().tell(base, phase('explore'), gate('g', 'explore'));
    const nothing = (): void => undefined;
    const run = { ports: { rooms: [{ root: '', bytes: 0, limit: 1000 }], user: { answer: () => assert.fail('there is no gate to ask at') } }, recorder: { get session() { return story.session; }, startClock: nothing, stopClock: nothing }, signal: { aborted: false }, progress: nothing } as unknown as Run;
    const outcome = await runSession(run, (work) => {
      if (story.session.end === undefined) story.tell({ type: 'session/ended', end: 'stopped', detail: '' });
      return work();
    });
    assert.deepEqual(outcome, { kind: 'ended' });
  });

  it('takes no way back where only states in between go', async () => {
    const { events, keep } = playing(1100, { plan: { phases: [], bytes: 300 } });
    await keep();
    assert.deepEqual(kinds(events), ['store/measured', 'removed', 'store/measured']);
  });

  it('is made in one root for itself, and what goes next is said anew of each other one that fills up, because it may be gone', async () => {
    const { events, keep } = playing(1100, { root: '../api', beside: [other('', 900), other('../web', 10)] });
    await keep();
    await keep();
    const main = { type: 'store/measured', bytes: 900, limit: 1000, next: { phases: [], bytes: 900 } };
    assert.deepEqual(events, [
      main, { type: 'store/measured', root: '../api', bytes: 1100, limit: 1000, next: plan },
      { type: 'checkpoints/evicted', boundaries: plan.phases[1]?.boundaries, elsewhere: [plan.phases[0]], limit: 1000, by: 's1' }, 'removed', { type: 'store/measured', root: '../api', bytes: 700, limit: 1000 },
      main, { type: 'store/measured', root: '../web', bytes: 10, limit: 1000 },
    ]);
  });

  it('that cannot be made in one root is not tried again for another that there is room in', async () => {
    const { events, keep } = playing(1100, { root: '../api', beside: [other('', 10)], plan: 'others work there' });
    await keep();
    await keep();
    assert.deepEqual(events, [{ type: 'store/measured', root: '../api', bytes: 1100, limit: 1000, stuck: 'others work there' }]);
  });

  for (const [what, answers] of [['nothing may go', { plan: { phases: [], bytes: 0 } }], ['the store cannot be read', { plan: 'it does not have 1234' }], ['others use the store', { failed: 'in use: the editor' }], ['too little goes', { after: 1050 }]] as const) {
    it(`that cannot be made is said and not tried again before the store has grown: ${what}`, async () => {
      const { events, keep, grow } = playing(1100, answers);
      await keep();
      const [last] = events.slice(-1);
      assert.ok(typeof last === 'object' && last.type === 'store/measured' && last.stuck !== undefined);
      assert.equal(kinds(events).includes('checkpoints/evicted'), what === 'too little goes', 'a way back is given up only where its content goes');
      const before = events.length;
      grow(20);
      await keep();
      assert.equal(events.length, before);
      grow(100);
      await keep();
      assert.ok(events.length > before);
    });
  }
});
