import { diskFault } from '../core/session/diskFault.ts';
import { nextStep } from '../core/session/next.ts';
import type { Step } from '../core/session/next.ts';
import type { Gate } from '../core/session/session.ts';
import { ask } from './ask.ts';
import { answerCall, answerInterrupted, returnCall } from './call.ts';
import { nudge, openPhaseConversation, remind, sendResults } from './conversation.ts';
import { cross } from './cross.ts';
import { finish } from './finish.ts';
import { finishRewind } from './rewind/finishRewind.ts';
import { carryOut } from './gates.ts';
import { evaluatePhase } from './phases/evaluate.ts';
import { settleFindings } from './phases/review.ts';
import { writeReports } from './reports.ts';
import { keepRoom } from './room.ts';
import type { Exclusive, Run } from './run.ts';
import { Interrupted, Paused, throwIfAborted } from './run.ts';
import { takeBase } from './takeBase.ts';
import { takeTurn } from './turn.ts';

/** Why the loop stopped. Only `ended` is the end of the session; everything else can be continued. */
export type Outcome =
  | { readonly kind: 'ended' }
  | { readonly kind: 'waiting'; readonly gate: Gate }
  /** `unrecorded`: the journal does not take the reason. It may take nothing more from this process, so the session has to be opened anew. */
  | { readonly kind: 'paused'; readonly reason: string; readonly unrecorded?: true }
  | { readonly kind: 'interrupted' };

/**
 * The loop, and nothing else: the session says what comes next, one part of the agent does it, its facts go into the
 * journal, and the journal makes the next session. Read this file first.
 */
export async function runSession(run: Run, exclusive: Exclusive): Promise<Outcome> {
  run.recorder.startClock();
  try {
    // Before anything else, also before a budget ends the session: a call in which the process died may have written what is not in the work tree yet.
    await exclusive(async () => {
      await finishRewind(run);
      await answerInterrupted(run);
    });
    for (;;) {
      const step = await exclusive(() => advance(run));
      if (step === undefined) continue;
      if (step.do === 'done') return { kind: 'ended' };
      if (step.do === 'pause') return await pause(run, new Paused(step.reason));
      if (step.do === 'turn') await takeTurn(run, step.conversation);
      else {
        const gate = await ask(run, exclusive);
        if (gate !== undefined) return { kind: 'waiting', gate };
      }
    }
  } catch (error) {
    if (error instanceof Interrupted) return { kind: 'interrupted' };
    return pause(run, error);
  } finally {
    run.recorder.stopClock();
  }
}

/** What can pass pauses the session; anything else is told to the door as it is, after a note in the journal. */
async function pause(run: Run, error: unknown): Promise<Outcome> {
  const fault = diskFault(error);
  const reason = fault ?? (error instanceof Error ? error.message : String(error));
  const passing = error instanceof Paused || fault !== undefined;
  const record = () => run.recorder.record({ type: 'session/paused', reason: passing ? reason : `an error inside Bounded: ${reason}` });
  // A disk that is full refuses once; then the space is given up that is kept for these words.
  const recorded = record().catch((error: unknown) => (diskFault(error) === undefined ? Promise.reject(error as Error) : record()));
  if (!passing) {
    await recorded.catch(() => undefined);
    throw error;
  }
  try {
    await recorded;
    return { kind: 'paused', reason };
  } catch (second) {
    // Where the journal lies on that disk there may be no room or no way for these words. Whoever reads it finds a session that nobody works at.
    if (fault === undefined && diskFault(second) === undefined) throw second;
    return { kind: 'paused', reason, unrecorded: true };
  }
}

/** Time is looked at between any two steps, so that measuring a tree that never rests ends as well. */
function isTimeUp(run: Run): boolean {
  const { session } = run.recorder;
  const { timeMs, deadline } = session.contract.budget;
  return session.budgetReached === undefined && (run.recorder.active >= timeMs || (deadline !== undefined && run.ports.clock.now() >= deadline));
}

/** What does not change the work tree, and may take as long as it likes: a person acts meanwhile. */
type Beside = Extract<Step, { do: 'done' | 'ask' | 'pause' | 'turn' }>;

/**
 * Does what is next, or answers it where it is done beside what a person does. In one go: what is next is worked out when nothing else changes the session,
 * and nothing comes between that and its end.
 */
async function advance(run: Run): Promise<Beside | undefined> {
  await keepRoom(run);
  throwIfAborted(run);
  const step = nextStep(run.recorder.session);
  if (step.do === 'done' || step.do === 'ask' || step.do === 'pause' || step.do === 'turn') return step;
  if (step.do !== 'finish' && step.do !== 'take-base' && step.do !== 'carry-out' && step.do !== 'finish-rewind' && isTimeUp(run)) {
    await run.recorder.record({ type: 'budget/reached', budget: 'time', detail: 'the active time or the deadline is reached' });
  } else {
    await take(run, step);
  }
  return undefined;
}

async function take(run: Run, step: Exclude<Step, Beside>): Promise<void> {
  const { recorder, ports } = run;
  switch (step.do) {
    case 'take-base': return takeBase(run);
    case 'start-phase': await recorder.record({ type: 'phase/started', phase: step.phase, round: step.round }); return;
    case 'open-conversation': return openPhaseConversation(run, step.role);
    case 'close-conversation': await recorder.record({ type: 'conversation/closed', conversation: step.conversation.id, why: step.why }); return;
    case 'carry-out': await carryOut(run); return;
    case 'finish-rewind': return finishRewind(run);
    case 'remind': return remind(run, step.conversation);
    case 'nudge': return nudge(run, step.conversation);
    case 'call': return answerCall(run, step.conversation, step.call);
    case 'return-call': return returnCall(run, step.conversation, step.call, step.child);
    case 'send-results': return sendResults(run, step.conversation);
    case 'evaluate': await evaluatePhase(run); return;
    case 'settle-findings': await settleFindings(run); return writeReports(run);
    case 'cross': return cross(run);
    case 'finish': return finish(run, step.end, step.detail, 'measure');
    case 'open-gate': {
      const phase = recorder.session.line.phase;
      if (phase === undefined) throw new Error('a gate was opened outside of a phase');
      await recorder.record({ type: 'gate/opened', gate: ports.clock.id(), kind: step.kind, phase, question: step.question, blocking: step.blocking });
      return writeReports(run);
    }
  }
}
