import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { Controller } from '../../src/agent/controller.ts';
import { Recorder } from '../../src/agent/recorder.ts';
import { exits } from '../../src/cli/exit.ts';
import { runHeld } from '../../src/cli/hold.ts';
import type { Output } from '../../src/cli/output.ts';
import type { Intention } from '../../src/core/session/view.ts';
import type { HeldSession } from '../../src/node/session/open.ts';
import { World } from '../agent/support/world.ts';

const silent: Output = { json: false, say: () => undefined, print: () => undefined, entry: () => undefined, progress: () => undefined };

/** A session in a terminal, and how the command ends that holds it. */
function inTerminal(first: Intention) {
  const world = new World([1]);
  const controller = new Controller(world.ports, new Recorder(world.ports.journal, world.ports.clock, world.session), () => new AbortController(), () => undefined);
  world.now = () => controller.session;
  const held = { controller, workspace: world.ports.workspace, close: () => controller.close() } as unknown as HeldSession;
  return { world, end: () => runHeld(held, silent, first), asked: () => world.events.filter(({ type }) => type === 'turn/requested').length };
}

describe('a session in a terminal', () => {
  it('does not go on after what it was to do first where it was interrupted in that, and what was begun is at its end', async () => {
    const { world, end, asked } = inTerminal({ type: 'rewind-boundary', to: 'base' });
    const ended = end();
    while (world.events.length === 0) await setImmediate();
    process.emit('SIGTERM');
    assert.equal(await ended, exits.interrupted);
    assert.deepEqual([world.events.some(({ type }) => type === 'rewind/done'), asked()], [true, 0]);
  });

  it('that could not be ended as it was to be does not go on instead', async () => {
    const { world, end, asked } = inTerminal({ type: 'stop' });
    world.failNext('ENOSPC');
    assert.equal(await end(), exits.paused);
    assert.equal(asked(), 0);
  });
});
