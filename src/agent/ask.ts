import { nextStep } from '../core/session/next.ts';
import type { Gate } from '../core/session/session.ts';
import { applyAnswer } from './gates.ts';
import type { User } from './ports.ts';
import type { Exclusive, Run } from './run.ts';
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
  if (answered === 'passed') return undefined;
  if (answered === undefined) return gate;
  await exclusive(async () => {
    if (isNext(run, gate)) await applyAnswer(run, gate, answered.answer, answered.by);
  });
  return undefined;
}

/** Whether there is nothing to do but to wait for the answer to this gate. */
function isNext({ recorder: { session } }: Run, gate: Gate): boolean {
  return session.gate?.id === gate.id && nextStep(session).do === 'ask';
}

/**
 * What the door answers; `passed` as soon as the loop is to stop, or something else is next: the gate was answered by an act, or an act has begun what the loop
 * has to take to its end where the act cannot. Only what is recorded makes it so: nobody has to tell the loop, and it never waits for an answer that was given.
 */
async function answerOrPassed(run: Run, gate: Gate): Promise<Awaited<ReturnType<User['answer']>> | 'passed'> {
  const { ports, recorder, signal } = run;
  let off = (): void => undefined;
  const passed = new Promise<'passed'>((resolve) => {
    const look = (): void => {
      if (signal.aborted || !isNext(run, gate)) resolve('passed');
    };
    signal.addEventListener('abort', look, { once: true });
    off = recorder.onEntry(look);
    // A signal that is thrown already calls nobody.
    look();
  });
  return Promise.race([ports.user.answer(gate, recorder.session, signal), passed]).finally(off);
}
