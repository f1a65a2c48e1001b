import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { Controller } from '../../src/agent/controller.ts';
import type { Ports } from '../../src/agent/ports.ts';
import { Recorder } from '../../src/agent/recorder.ts';
import { Paused } from '../../src/agent/run.ts';
import type { SessionEvent } from '../../src/core/session/events.ts';
import { base, exit, flag, gate, phase, write, wrote } from '../core/session/support/events.ts';
import { Story } from '../core/session/support/journal.ts';
import { World } from './support/world.ts';

/** A session at the gate of a phase, or at the one that `before` ends with, with nobody at the door. `append` comes before each record. */
function atTheGate(append: () => Promise<void> = async () => undefined, ...before: readonly SessionEvent[]) {
  const told: SessionEvent[] = [];
  const { session } = new Story().tell(base, phase('minimal-hook'), exit('minimal-hook', 't1'), ...(before.length === 0 ? [gate('g1', 'minimal-hook')] : before));
  const clock = { now: () => 0, monotonic: () => 0 } as unknown as Ports['clock'];
  const journal = { append: async (at: number, active: number, event: SessionEvent) => (await append(), told.push(event), { seq: 100 + told.length, at, active, event } as never) };
  // Whatever comes after the gate: the story is over there.
  const workspace = new Proxy({}, { get: () => async () => { throw new Paused('it went on'); } });
  const user: Ports['user'] = { answer: () => new Promise(() => undefined), unsaved: () => [], takeSaved: () => [], diagnostics: async () => undefined };
  const controller = new Controller({ rooms: [], clock, workspace, user } as unknown as Ports, new Recorder(journal, clock, session), () => new AbortController(), () => undefined);
  return { controller, user, answers: () => told.flatMap((event) => (event.type === 'gate/answered' ? [event.answer.kind] : [])) };
}

const approve = { type: 'approve', gate: 'g1' } as const;

describe('the answer to a gate', () => {
  it('counts where the loop waits for it, and the loop goes on', async () => {
    const { controller, answers } = atTheGate();
    const running = controller.run();
    await setImmediate();
    assert.deepEqual(await controller.act(approve), { ok: true, message: 'approved' });
    assert.deepEqual([answers(), await running], [['approve'], { kind: 'paused', reason: 'it went on' }]);
  });

  it('counts where the loop was interrupted at the gate and is on its way there again', async () => {
    const { controller, answers } = atTheGate();
    void controller.run();
    await setImmediate();
    await controller.act({ type: 'pause' });
    const running = controller.run();
    assert.deepEqual(await controller.act(approve), { ok: true, message: 'approved' });
    assert.deepEqual([answers(), await running], [['approve'], { kind: 'paused', reason: 'it went on' }]);
  });

  it('is on the disk when it is told, also where the loop is interrupted at once', async () => {
    const { controller, answers } = atTheGate(() => setImmediate());
    void controller.run();
    await setImmediate();
    const acted = controller.act(approve);
    await controller.act({ type: 'pause' });
    assert.deepEqual([await acted, answers()], [{ ok: true, message: 'approved' }, ['approve']]);
  });

  it('is refused to whoever comes second, while the first is being written', async () => {
    const { controller, answers } = atTheGate(() => setImmediate());
    void controller.run();
    await setImmediate();
    const both = [controller.act(approve), controller.act({ type: 'send-back', gate: 'g1', note: 'no' })];
    assert.deepEqual(await Promise.all(both), [{ ok: true, message: 'approved' }, { ok: false, message: 'this gate is not open any more' }]);
    assert.deepEqual(answers(), ['approve']);
  });
});

/** A session at the beginning of minimal-hook. Each port takes a turn of the event loop. */
function beginning() {
  const world = new World([1]);
  const controller = new Controller(world.ports, new Recorder(world.ports.journal, world.ports.clock, world.session), () => new AbortController(), () => undefined);
  world.now = () => controller.session;
  return { world, controller };
}

/** A session whose loop waits at the gate of minimal-hook, having changed `src/a` and `src/b`. */
async function waiting() {
  const { world, controller } = beginning();
  void controller.run();
  while (controller.session.gate === undefined) await setImmediate();
  await turns(5);
  return { world, controller, told: (type: SessionEvent['type']) => world.events.filter((event) => event.type === type).length };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await setImmediate();
}

describe('the answer to another gate', () => {
  it('opens none', async () => {
    const { controller, answers } = atTheGate();
    assert.deepEqual(await controller.act({ ...approve, gate: 'g0' }), { ok: false, message: 'this gate is not open any more' });
    assert.deepEqual(answers(), []);
  });
});

describe('the door', () => {
  it('is not heard where a person has answered meanwhile by an act', async () => {
    const { controller, answers, user } = atTheGate(() => setImmediate());
    let decide: (answered: Awaited<ReturnType<typeof user.answer>>) => void = () => undefined;
    user.answer = () => new Promise((resolve) => (decide = resolve));
    const running = controller.run();
    await setImmediate();
    const acted = controller.act({ type: 'send-back', gate: 'g1', note: 'no' });
    decide({ answer: { kind: 'approve' }, by: 'approve-flag' });
    await Promise.all([acted, running]);
    assert.deepEqual(answers(), ['send-back']);
  });
});

describe('two acts at once', () => {
  it('are two pauses: it is paused once', async () => {
    const { controller, told } = await waiting();
    const both = await Promise.all([controller.act({ type: 'pause' }), controller.act({ type: 'pause' })]);
    assert.deepEqual([both.map(({ ok }) => ok), told('session/paused')], [[true, true], 1]);
  });

  it('are a note and a pause: the loop, which waited for the note, begins nothing', async () => {
    const { world, controller } = beginning();
    const noting = controller.act({ type: 'note', text: 'one' });
    void controller.run();
    await Promise.all([noting, controller.act({ type: 'pause' })]);
    assert.deepEqual(world.events.map(({ type }) => type), ['note/written', 'session/paused']);
  });


  it('are a pause and a rewind: it stays paused', async () => {
    const { controller, told } = await waiting();
    const both = [controller.act({ type: 'rewind-path', path: 'src/a' }), controller.act({ type: 'rewind-boundary', to: 'base' })];
    await turns(2);
    assert.equal(controller.running, false);
    assert.deepEqual(await controller.act({ type: 'pause' }), { ok: true, message: 'paused' });
    assert.deepEqual((await Promise.all(both)).map(({ ok }) => ok), [true, true]);
    await turns(50);
    assert.deepEqual([controller.running, controller.session.paused, told('session/paused')], [false, 'paused by a person', 1]);
  });

  it('are two stops: the session ends once', async () => {
    const { controller, told } = await waiting();
    const both = await Promise.all([controller.act({ type: 'stop' }), controller.act({ type: 'stop' })]);
    assert.deepEqual([both, told('session/ended')], [[{ ok: true, message: 'stopped' }, { ok: false, message: 'the session has ended' }], 1]);
  });

  it('are two rewinds: each tells of its own conflicts, and the loop does not work on those lines', async () => {
    const { world, controller } = await waiting();
    world.files.set('src/a', 'mine');
    const both = [controller.act({ type: 'rewind-path', path: 'src/b' }), controller.act({ type: 'rewind-boundary', to: 'base' })];
    assert.deepEqual((await Promise.all(both)).map(({ conflicts }) => conflicts?.paths), [undefined, ['src/a']]);
    await turns(50);
    assert.deepEqual([controller.running, controller.session.paused], [false, 'you and the session both changed the same lines of src/a; decide about them first']);
  });

  it('are a rewind and the end of it all: what was begun is taken to its end, nothing new is begun, and nothing is written afterwards', async () => {
    const { world, controller, told } = await waiting();
    const rewinding = controller.act({ type: 'rewind-boundary', to: 'base' });
    const marking = controller.act({ type: 'mark-hunks', hunks: [], reviewed: true });
    await turns(2);
    const closing = controller.close();
    const late = await controller.act({ type: 'note', text: 'late' });
    await closing;
    const { length } = world.events;
    assert.deepEqual([(await rewinding).ok, (await marking).ok, late], [true, true, { ok: false, message: 'the session was closed; nothing was done' }]);
    assert.deepEqual([await controller.run(), told('rewind/done'), told('hunks/marked'), told('note/written')], [{ kind: 'interrupted' }, 1, 1, 0]);
    await turns(50);
    assert.equal(world.events.length, length);
  });
});

describe('a hunk of a flag', () => {
  it('that the flag does not have is refused: its file is not rewound instead', async () => {
    const stray = write('docs/c', 'c', 's');
    const { controller } = atTheGate(undefined, wrote('t1', stray), { type: 'flags/raised', flags: [flag('f1', stray)] });
    assert.deepEqual(await controller.act({ type: 'rewind-hunk', flag: 'f1', hunk: 'another' }), { ok: false, message: 'docs/c has no such hunk now: it was changed or rewound since; nothing was done' });
  });
});

describe('what the loop does next', () => {
  it('is worked out after the act that it waited for, not before: no gate is opened on conditions that a rewind has taken away', async () => {
    const { controller } = beginning();
    const opened: boolean[] = [];
    controller.onEntry((session, { event }) => {
      // One that has its turn after what is at work now, and one that is asked for while that one works.
      if (event.type === 'conversation/closed') void controller.act({ type: 'note', text: 'one' });
      if (event.type === 'note/written') void controller.act({ type: 'rewind-path', path: 'src/a' });
      if (event.type === 'gate/opened') opened.push(session.line.exit !== undefined);
    });
    void controller.run();
    while (opened.length === 0) await setImmediate();
    assert.deepEqual(opened, [true]);
  });
});

describe('a rewind of a session that came to rest by itself', () => {
  it('does not let it go on', async () => {
    const { controller } = atTheGate();
    const running = controller.run();
    await controller.act(approve);
    assert.equal((await running).kind, 'paused');
    await controller.act({ type: 'undo-rewind', rewind: 'r0' });
    assert.equal(controller.running, false);
  });
});

describe('an act that fails', () => {
  it('in a rewind at a gate: the loop takes the rewind to its end, and waits at the gate again', async () => {
    const { world, controller, told } = await waiting();
    controller.onEntry((_session, { event }) => event.type === 'rewind/begun' && world.failNext('ENOSPC'));
    assert.equal((await controller.act({ type: 'rewind-path', path: 'src/a' })).ok, false);
    await turns(100);
    assert.deepEqual([controller.session.rewinding, told('rewind/done'), controller.running, controller.session.gate !== undefined], [undefined, 1, true, true]);
  });


  it('at the effect of an answer that is on record: the loop does not wait for that answer any more', async () => {
    const { controller } = atTheGate(undefined, { type: 'amendment/proposed', amendment: { id: 'A-1', change: 'budget: { turns: 500 }', why: 'more' } }, gate('g1', 'minimal-hook', 'amendment', ['A-1']));
    const running = controller.run();
    await setImmediate();
    assert.deepEqual(await controller.act({ ...approve, ids: ['A-1'] }), { ok: false, message: 'it went on' });
    assert.deepEqual(await Promise.race([running, turns(50)]), { kind: 'paused', reason: 'it went on' });
  });

  for (const code of ['ENOSPC', 'UNKNOWN'] as const) {
    it(`for which the loop stood still: it goes on and says itself what is wrong (${code})`, async () => {
      const { world, controller } = await waiting();
      world.failNext(code);
      const acted = controller.act({ type: 'rewind-boundary', to: 'base' });
      if (code === 'ENOSPC') assert.equal((await acted).ok, false);
      else await assert.rejects(acted, /played/);
      await turns(50);
      assert.ok(controller.running);
    });
  }
});
