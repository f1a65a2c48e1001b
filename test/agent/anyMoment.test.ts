import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import type { Acted } from '../../src/agent/acted.ts';
import { Controller } from '../../src/agent/controller.ts';
import { Recorder } from '../../src/agent/recorder.ts';
import type { SessionEvent } from '../../src/core/session/events.ts';
import { isPhaseMet } from '../../src/core/session/line.ts';
import { nextStep } from '../../src/core/session/next.ts';
import type { Session } from '../../src/core/session/session.ts';
import type { Intention } from '../../src/core/session/view.ts';
import { type Delays, type Fault, World } from './support/world.ts';

/** What a person does after so many turns of the event loop. `pick` chooses among what there is, or was when they last looked. */
interface Deed {
  readonly after: number;
  readonly does: Intention['type'] | 'edit' | 'look';
  readonly pick: number;
}

const deeds: readonly Deed['does'][] = [
  'approve', 'approve', 'send-back', 'note', 'pause', 'continue', 'continue', 'stop', 'rewind-boundary', 'rewind-file', 'rewind-hunk', 'rewind-path', 'rewind-hunks', 'mark-hunks', 'undo-rewind', 'undo-rewind', 'redo-rewind',
  'allow-flag', 'restore-flag', 'resolve-conflict', 'keep', 'edit', 'edit', 'look', 'look',
];
const deed: fc.Arbitrary<Deed> = fc.record({ after: fc.oneof(fc.nat(2), fc.nat(40)), does: fc.constantFrom(...deeds), pick: fc.nat(20) });
const delays: fc.Arbitrary<Delays> = fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(4) }), { minLength: 1, maxLength: 30 });
const fault: fc.Arbitrary<Fault> = fc.record({ at: fc.nat(300), code: fc.constantFrom('ENOSPC' as const, 'UNKNOWN' as const) });

/** What a person who sees this session would press; undefined where there is nothing to press. */
function intended({ does, pick }: Deed, seen: Session): Intention | undefined {
  const one = <T>(all: readonly T[]): T | undefined => all[pick % Math.max(1, all.length)];
  const [flag, rewind, write] = [one(seen.line.flags), one(seen.rewinds), one(seen.line.writes)];
  switch (does) {
    case 'approve': return seen.gate && { type: 'approve', gate: seen.gate.id, ids: pick % 3 === 0 ? [seen.gate.id] : seen.gate.blocking };
    case 'send-back': return seen.gate && { type: 'send-back', gate: seen.gate.id, note: `back ${pick}` };
    case 'note': return { type: 'note', text: `note ${pick}` };
    case 'pause': case 'continue': case 'stop': return { type: does };
    case 'rewind-boundary': return { type: 'rewind-boundary', to: one(['base', ...seen.line.boundaries.map(({ id }) => id)]) ?? 'base' };
    case 'rewind-file': return flag && { type: 'rewind-file', flag: flag.id };
    case 'rewind-hunk': return flag?.hunks[0] && { type: 'rewind-hunk', flag: flag.id, hunk: flag.hunks[0].id };
    case 'rewind-path': return write && { type: 'rewind-path', path: write.path };
    case 'undo-rewind': return rewind && { type: 'undo-rewind', rewind: rewind.id };
    case 'redo-rewind': return rewind && { type: 'redo-rewind', rewind: rewind.id };
    case 'allow-flag': return flag && { type: 'allow-flag', flag: flag.id };
    case 'restore-flag': return flag && { type: 'restore-flag', flag: flag.id };
    case 'resolve-conflict': return rewind && { type: 'resolve-conflict', rewind: rewind.id, path: 'src/a', answers: ['mine'], seen: '' };
    case 'keep': return { type: 'keep', how: one(['leave', 'patch', 'undo'] as const) ?? 'leave' };
    default: return undefined;
  }
}

interface Done {
  readonly intention: Intention;
  readonly acted: Acted;
}

/** The entries that an act which was told as done has left in the trace. */
const traces: Partial<Record<Intention['type'], (event: SessionEvent) => boolean>> = {
  'approve': (event) => event.type === 'gate/answered' && event.answer.kind === 'approve' && event.by === 'person',
  'send-back': (event) => event.type === 'gate/answered' && event.answer.kind === 'send-back',
  'note': (event) => event.type === 'note/written',
  'stop': (event) => event.type === 'session/ended' && event.detail === 'stopped by a person',
  'rewind-boundary': (event) => event.type === 'rewind/done' && event.rewind.kind === 'boundary',
  'undo-rewind': (event) => event.type === 'rewind/undone',
  'redo-rewind': (event) => event.type === 'rewind/redone',
  'restore-flag': (event) => event.type === 'flags/settled' && event.settled.some(({ how }) => how === 'restored'),
  'mark-hunks': (event) => event.type === 'hunks/marked',
  'keep': (event) => event.type === 'work/kept',
};

class Play {
  readonly world: World;
  readonly controller: Controller;
  readonly done: Done[] = [];
  readonly acts: Promise<unknown>[] = [];
  /** An error inside Bounded was told. */
  failed = false;
  /** Questions that were asked on a picture that was not true any more. */
  readonly stale: string[] = [];
  #seen: Session;

  constructor(delays: Delays, fault: Fault | undefined, door: readonly boolean[]) {
    this.world = new World(delays, fault, door);
    this.controller = new Controller(this.world.ports, new Recorder(this.world.ports.journal, this.world.ports.clock, this.world.session), () => new AbortController(), () => undefined);
    this.world.now = () => this.controller.session;
    this.#seen = this.controller.session;
    this.controller.onEntry((session, { event }) => {
      if (event.type === 'gate/opened' && event.kind === 'phase' && !isPhaseMet(session)) this.stale.push(event.question);
    });
  }

  /** As a door does: it tells what comes of it, also an error. */
  run(): void {
    this.controller.run().catch(() => (this.failed = true));
  }

  async do(deed: Deed): Promise<void> {
    await turns(deed.after);
    if (deed.does === 'look') this.#seen = this.controller.session;
    else if (deed.does === 'edit') this.world.files.set(['src/a', 'src/b', 'docs/c', 'src/new'][deed.pick % 4] ?? '', `u${deed.pick}`);
    else this.acts.push(this.#act(deed));
  }

  async #act(deed: Deed): Promise<void> {
    const seen = deed.pick % 2 === 0 ? this.controller.session : this.#seen;
    const hunks = deed.does === 'rewind-hunks' || deed.does === 'mark-hunks' ? (await this.controller.hunks().catch(() => [])).slice(0, 1).map(({ path, hunk }) => ({ path, hunk })) : [];
    const intention: Intention | undefined = deed.does === 'rewind-hunks' ? { type: 'rewind-hunks', hunks } : deed.does === 'mark-hunks' ? { type: 'mark-hunks', hunks, reviewed: true } : intended(deed, seen);
    if (intention === undefined) return;
    const acted = await this.controller.act(intention).catch((error: Error): Acted => ({ ok: false, message: error.message }));
    this.done.push({ intention, acted });
    // As the doors do.
    if (this.controller.running || (acted.ok && ['approve', 'send-back', 'continue'].includes(intention.type))) this.run();
  }

  /** Until every act is answered and the loop has nothing to do by itself. */
  async rest(): Promise<void> {
    const { controller } = this;
    let acting = true;
    void Promise.all(this.acts).then(() => (acting = false));
    const next = (): string => nextStep(controller.session).do;
    for (let turn = 0; acting || (controller.running && next() !== 'ask'); turn++) {
      assert.ok(turn < 3000, `it stands still: ${acting ? 'an act has no answer' : `the next step is ${next()}`}`);
      await setImmediate();
    }
    // Of a session that had ended, and that a rewind has opened again, a person says when it goes on.
    const rests = controller.session.paused !== undefined || this.failed || this.world.events.some(({ type }) => type === 'session/ended') || this.done.some(({ intention, acted }) => ['pause', 'stop'].includes(intention.type) && !acted.ok);
    assert.ok(controller.running || rests, `the loop is lost before: ${next()}`);
  }

  /** What was told as done is on record, as often as it was told. */
  check(): void {
    const { events } = this.world;
    assert.deepEqual(this.stale, []);
    const told = [...this.done.map(({ acted }) => acted.message), ...events.flatMap((event) => (event.type === 'session/paused' ? [event.reason] : []))];
    assert.deepEqual(told.filter((message) => message.includes('to approve this gate')), [], 'whoever names the gate, or all that is open at it, need not name more');
    for (const [type, isTrace] of Object.entries(traces)) {
      const done = this.done.filter(({ intention, acted }) => intention.type === type && acted.ok).length;
      const recorded = events.filter(isTrace).length;
      const more = ['rewind-boundary', 'keep', 'restore-flag'].includes(type) || this.done.some(({ intention, acted }) => intention.type === type && !acted.ok);
      assert.ok(more ? recorded >= done : recorded === done, `${type}: told ${done} times, recorded ${recorded} times`);
    }
    once(events.flatMap((event) => (event.type === 'gate/answered' ? [event.gate] : [])), 'answer to a gate');
    once(events.flatMap((event) => (event.type === 'tool/answered' ? [event.call] : [])), 'answer to a call');
    once(events.flatMap((event) => (event.type === 'rewind/done' ? [event.rewind.id] : [])), 'rewind');
    endsOnce(events);
  }
}

function once(ids: readonly string[], what: string): void {
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  assert.deepEqual(twice, [], `twice: ${what}`);
}

/** Between two ends a rewind has opened the session again, or undone it. */
function endsOnce(events: readonly SessionEvent[]): void {
  let ended = false;
  for (const event of events) {
    if (event.type === 'session/ended') {
      assert.ok(!ended, 'the session ended twice');
      ended = true;
    } else if (event.type.startsWith('rewind/') || event.type === 'work/kept') ended = false;
  }
}

/** Plays one story to its end, and past it. */
async function tell(waits: Delays, script: readonly Deed[], closesAfter: number | null, fails: Fault | null, door: readonly boolean[]): Promise<void> {
  const play = new Play(waits, fails ?? undefined, door);
  const { controller, world } = play;
  play.run();
  for (const one of script) await play.do(one);
  if (closesAfter === null) await play.rest();
  else await turns(closesAfter);
  await controller.close();
  const { length } = world.events;
  await Promise.all(play.acts);
  assert.deepEqual(await controller.run(), { kind: 'interrupted' });
  await turns(20);
  assert.deepEqual(world.events.slice(length).map(({ type }) => type), [], 'written after the end');
  play.check();
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await setImmediate();
}

describe('whatever a person does, at any moment', () => {
  it('is on record when it is told, happens once, and leaves no loop standing still', async () => {
    await fc.assert(fc.asyncProperty(delays, fc.array(deed, { minLength: 1, maxLength: 12 }), fc.option(fc.nat(60)), fc.option(fault), fc.array(fc.boolean(), { maxLength: 4 }), tell), { numRuns: 120 });
  });
});
