import type { OracleRun } from '../oracle/result.ts';
import type { SessionEvent } from '../session/events.ts';
import type { Claim, Session } from '../session/session.ts';

/** Sentences that state success of the whole: tests, checks, cells, or "it works". Future, conditional and negative ones do not. */
const success = /\b(all|every|both)\b[^.!?]*\b(pass(es|ed|ing)?|green|succeed(s|ed)?|hold|match(es)?)\b|\b(tests?|checks?|cells?|oracle|suite|comparison)\b[^.!?]*\b(pass(es|ed|ing)?|(is|are) (now )?green|succeed(s|ed)?)\b|\b(fully|now) (works?|working|correct|verified)\b|\b(is|are) (complete|correct|verified|done)\b|\b100 ?%/i;
const notAClaim = /\b(not|n't|never|no longer|should|will|would|must|may|might|could|if|when|once|until|whether|unless|to make|so that|expect|fails?|failed|red)\b|\?$/i;

/**
 * Claims of success in the prose of an answer, each held against the trace: the last oracle run, and whether the work
 * changed after it. A claim never has any effect; it is shown with what the measurements say.
 */
export function claimsIn(session: Session, event: Extract<SessionEvent, { type: 'turn/answered' }>): readonly Claim[] {
  if (session.conversations[event.conversation]?.role !== 'main') return [];
  const text = event.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
  return sentences(text).filter(isClaim).map((sentence) => ({ text: sentence, turn: event.turn, ...support(session) }));
}

/** Exported for tests: does the sentence state that something has succeeded? */
export function isClaim(sentence: string): boolean {
  return success.test(sentence) && !notAClaim.test(sentence);
}

function sentences(text: string): string[] {
  return text.split(/(?<=[.!?])\s+|\n+/).map((sentence) => sentence.trim()).filter((sentence) => sentence !== '').slice(0, 200);
}

function support(session: Session): Pick<Claim, 'support' | 'because'> {
  const run = session.line.runs.findLast((one) => one.purpose !== 'decoy');
  if (run === undefined) return { support: 'unsupported', because: 'no oracle run had been made' };
  const red = run.cells.filter((cell) => cell.class !== 'pass');
  if (run.setupFailed !== undefined) return { support: 'contradicted', because: 'the oracle could not run' };
  if (red.length > 0) return { support: 'contradicted', because: `the oracle was red in ${red.length} of ${run.cells.length} cells` };
  if (changedSince(session, run)) return { support: 'unsupported', because: 'the work had changed since the last oracle run' };
  return { support: 'supported', because: `oracle run ${run.id}: ${run.cells.length} of ${run.cells.length} cells pass` };
}

function changedSince(session: Session, run: OracleRun): boolean {
  return session.tree !== undefined && session.tree !== run.tree;
}
