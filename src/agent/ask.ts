import type { Gate } from '../core/session/session.ts';
import { applyAnswer } from './gates.ts';
import type { Exclusive } from './loop.ts';
import type { User } from './ports.ts';
import type { Run } from './run.ts';
import { throwIfAborted } from './run.ts';

/** Waits at the open gate; answers the gate where nobody is there to decide. Time at a gate is not active time. */
export async function ask(run: Run, exclusive: Exclusive): Promise<Gate | undefined> {
  const { recorder } = run;
  const { gate } = recorder.session;
  if (gate === undefined) throw new Error('there is no gate to ask at');
  recorder.stopClock();
  const answered = await answerOrPassed(run, gate);
  throwIfAborted(run);
  recorder.startClock();
  if (!isOpen(run, gate)) return undefined;
  if (answered === undefined) return gate;
  await exclusive(async () => {
    if (isOpen(run, gate)) await applyAnswer(run, gate, answered.answer, answered.by);
  });
  return undefined;
}

function isOpen({ recorder }: Run, gate: Gate): boolean {
  return recorder.session.gate?.id === gate.id;
}

/**
 * What the door answers; undefined as soon as the loop is to stop, or the gate is not open any more. Only what is recorded closes a gate, by whichever
 * act: so nobody has to tell the loop, and it never waits for an answer that was given.
 */
async function answerOrPassed(run: Run, gate: Gate): Promise<Awaited<ReturnType<User['answer']>>> {
  const { ports, recorder, signal } = run;
  let off = (): void => undefined;
  const passed = new Promise<undefined>((resolve) => {
    const look = (): void => {
      if (signal.aborted || !isOpen(run, gate)) resolve(undefined);
    };
    signal.addEventListener('abort', look, { once: true });
    off = recorder.onEntry(look);
    // A signal that is thrown already calls nobody.
    look();
  });
  return Promise.race([ports.user.answer(gate, recorder.session, signal), passed]).finally(off);
}
