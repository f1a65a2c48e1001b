import type { Acted } from '../agent/acted.ts';
import type { Outcome } from '../agent/loop.ts';
import { useOf } from '../core/guard/budget.ts';
import type { Entry } from '../core/session/events.ts';
import type { Session } from '../core/session/session.ts';
import { standingPaths } from '../core/session/standing.ts';
import type { Intention } from '../core/session/view.ts';
import type { HeldSession } from '../node/session/open.ts';
import { closing } from './closing.ts';
import { exitOf } from './exit.ts';
import type { Output, ResultLine } from './output.ts';
import { resultLine } from './output.ts';
import { tell } from './tell.ts';

/**
 * Runs a held session to its next stop, tells what happens, and answers the exit status. `first` is carried out before.
 * Ctrl-C stops at the last fact, and during `first` after it: a rewind is not left half done, and nothing comes behind it.
 */
export async function runHeld(held: HeldSession, output: Output, first?: Intention): Promise<number> {
  const { controller } = held;
  const off = follow(held, output);
  const interrupt = (): void => void controller.close();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const acted = first === undefined ? undefined : await controller.act(first);
    if (acted !== undefined) output.say(acted.message);
    const outcome: Outcome = acted !== undefined && rests(first, acted, controller.session) ? { kind: 'paused', reason: controller.session.paused ?? acted.message } : await controller.run();
    const result = resultLine(controller.session, endOf(controller.session, outcome), detailOf(controller.session, outcome), await diffOf(held));
    output.print(result, closing(controller.session, outcome, result));
    return exitOf(controller.session, outcome);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    off();
    await held.close();
  }
}

/** Whether the session shall not go on: a person has to decide first, or wanted an end that could not be recorded. */
function rests(first: Intention | undefined, { ok, conflicts }: Acted, { end }: Session): boolean {
  return conflicts !== undefined || (first?.type === 'stop' && !ok && end === undefined);
}

/** Tells each entry as it is recorded, the one that the session began with first. */
function follow({ controller, opening }: HeldSession, output: Output): () => void {
  const show = (session: Session, entry: Entry): void => {
    output.entry(entry);
    const text = output.json ? undefined : tell(session, entry);
    if (text !== undefined) output.say(text);
  };
  if (opening !== undefined) show(controller.session, opening);
  return controller.onEntry(show);
}

/** Files and lines that the session's write set differs from the base by. */
export async function diffOf({ controller: { session }, workspace }: HeldSession): Promise<ResultLine['diff']> {
  if (session.base === undefined || session.tree === undefined) return { files: 0, lines: 0 };
  return useOf(session.contract.diff, await workspace.diff(session.base.tree, session.tree), standingPaths(session.line.writes));
}

function endOf(session: Session, outcome: Outcome): string {
  return outcome.kind === 'ended' ? (session.end?.end ?? 'completed') : outcome.kind;
}

function detailOf(session: Session, outcome: Outcome): string {
  if (outcome.kind === 'waiting') return outcome.gate.question;
  if (outcome.kind === 'paused') return outcome.reason;
  return session.end?.detail ?? '';
}
