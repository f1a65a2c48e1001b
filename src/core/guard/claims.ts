import { cellsOf } from '../oracle/cells.ts';
import { isGreenCell, isGreenCheck } from '../oracle/evidence.ts';
import type { OracleRun } from '../oracle/result.ts';
import type { SessionEvent } from '../session/events.ts';
import { measuredTree } from '../session/line.ts';
import type { Claim, Session } from '../session/session.ts';

/** Sentences that state success of the whole: tests, checks, cells, or "it works". Future, conditional and negative ones do not. */
const success = /\b(all|every|both)\b[^.!?]*\b(pass(es|ed|ing)?|green|succeed(s|ed)?|hold|match(es)?)\b|\b(tests?|checks?|cells?|oracle|suite|comparison)\b[^.!?]*\b(pass(es|ed|ing)?|(is|are) (now )?green|succeed(s|ed)?)\b|\b(fully|now) (works?|working|correct|verified)\b|\b(is|are) (complete|correct|verified|done)\b|\b100 ?%/i;
const notAClaim = /\b(not|cannot|never|no longer|should|will|would|must|may|might|could|if|when|once|until|whether|unless|to make|to get|so that|expect|fails?|failed|failing|red)\b|n['’]t\b|['’]ll\b|\?$/i;
/** Plans, wishes and open items of a list. */
const notYet = /\b(i|we) (want|need|aim|plan|hope|try|intend)\b|\b(let me|let us|let['’]s|going to|make sure|ensure|goal)\b|(?<!\bcontinues? )\bto (pass|succeed|hold|match|be)\b|^\W*\[ \]/i;
const notOne = /\b(no|none|neither|zero|0)( of (the|these|those|its|our))?( \w+)? (tests?|checks?|cells?)\b/i;
/** "0 failed" says that something succeeded, not that it did not. */
const withoutFault = /\b(0|no|zero|none|nothing|without( any)?)( (tests?|checks?|cells?))?( (is|are|has|have|were|was))? (fail(s|ed|ing|ures?)?|red)\b/gi;

/**
 * Claims of success in the prose of an answer, each held against the trace: what the oracle measured last, and whether
 * the work changed after it. A claim never has any effect; it is shown with what the measurements say.
 */
export function claimsIn(session: Session, event: Extract<SessionEvent, { type: 'turn/answered' }>): readonly Claim[] {
  if (session.conversations[event.conversation]?.role !== 'main') return [];
  const text = event.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
  return sentences(text).filter(isClaim).map((sentence) => ({ text: sentence, turn: event.turn, ...support(session) }));
}

/** Exported for tests: does the sentence state that something has succeeded? */
export function isClaim(sentence: string): boolean {
  const stated = sentence.replace(withoutFault, '');
  return success.test(sentence) && ![notAClaim, notYet, notOne].some((words) => words.test(stated));
}

function sentences(text: string): string[] {
  return text.split(/(?<=[.!?])\s+|\n+/).map((sentence) => sentence.trim()).filter((sentence) => sentence !== '').slice(0, 200);
}

/** A run may be of one check; what counts for a check is the last run that measured it on the tree of the last run. */
function support(session: Session): Pick<Claim, 'support' | 'because'> {
  const runs = session.line.runs.filter((one) => one.purpose !== 'decoy');
  const run = runs.at(-1);
  if (run === undefined) return { support: 'unsupported', because: 'no oracle run had been made' };
  if (run.setupFailed !== undefined) return { support: 'contradicted', because: 'the oracle could not run' };
  const measured = session.contract.oracle.checks.map((check) => {
    const last = runs.findLast((one) => one.tree === run.tree && one.cells.some((cell) => cell.check === check.id));
    return { check, run: last, cells: last?.cells.filter((cell) => cell.check === check.id) ?? [] };
  });
  const cells = measured.flatMap((one) => one.cells).length;
  const red = measured.flatMap(({ check, cells: own }) => own.filter((cell) => !isGreenCell(check, cell))).length;
  if (red > 0) return { support: 'contradicted', because: `the oracle was red in ${red} of ${cells} cells` };
  if (changedSince(session, run)) return { support: 'unsupported', because: 'the work had changed since the last oracle run' };
  if (runs.some((one) => one.tree === run.tree && one.tampered.length > 0)) return { support: 'unsupported', because: 'frozen files of the oracle had changed' };
  const all = measured.flatMap(({ check }) => cellsOf(check)).length;
  if (!measured.every((one) => one.run !== undefined && isGreenCheck(one.check, one.run))) return { support: 'unsupported', because: `only ${cells} of ${all} cells had been measured` };
  return { support: 'supported', because: `oracle run ${run.id}: ${cells} of ${all} cells pass` };
}

function changedSince(session: Session, run: OracleRun): boolean {
  return session.tree !== undefined && measuredTree(session) !== run.tree;
}
