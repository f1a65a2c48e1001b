import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { Controller } from '../../src/agent/controller.ts';
import type { Ports } from '../../src/agent/ports.ts';
import { Recorder } from '../../src/agent/recorder.ts';
import { Paused } from '../../src/agent/run.ts';
import type { SessionEvent } from '../../src/core/session/events.ts';
import { base, exit, gate, phase } from '../core/session/support/events.ts';
import { Story } from '../core/session/support/journal.ts';

/** A session at the gate of a phase, with nobody at the door. `append` comes before each record. */
function atTheGate(append: () => Promise<void> = async () => undefined) {
  const told: SessionEvent[] = [];
  const { session } = new Story().tell(base, phase('minimal-hook'), exit('minimal-hook', 't1'), gate('g1', 'minimal-hook'));
  const clock = { now: () => 0, monotonic: () => 0 } as unknown as Ports['clock'];
  const journal = { append: async (at: number, active: number, event: SessionEvent) => (await append(), told.push(event), { seq: 100 + told.length, at, active, event } as never) };
  // Whatever comes after the gate: the story is over there.
  const workspace = new Proxy({}, { get: () => async () => { throw new Paused('it went on'); } });
  const user = { answer: (_gate: unknown, _session: unknown, signal: AbortSignal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined))), unsaved: () => [], takeSaved: () => [], diagnostics: () => [] };
  const controller = new Controller({ rooms: [], clock, workspace, user } as unknown as Ports, new Recorder(journal, clock, session), () => new AbortController(), () => undefined);
  return { controller, answers: () => told.flatMap((event) => (event.type === 'gate/answered' ? [event.answer.kind] : [])) };
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
    await controller.interrupt();
    const running = controller.run();
    assert.deepEqual(await controller.act(approve), { ok: true, message: 'approved' });
    assert.deepEqual([answers(), await running], [['approve'], { kind: 'paused', reason: 'it went on' }]);
  });

  it('is on the disk when it is told, also where the loop is interrupted at once', async () => {
    const { controller, answers } = atTheGate(() => setImmediate());
    void controller.run();
    await setImmediate();
    const acted = controller.act(approve);
    await controller.interrupt();
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
