import { isAmendable } from '../agent/gates.ts';
import type { Outcome } from '../agent/loop.ts';
import { hasGlob } from '../core/contract/globSyntax.ts';
import { openFlags } from '../core/session/line.ts';
import type { Session } from '../core/session/session.ts';
import { count } from '../core/session/view/figures.ts';
import type { ResultLine } from './output.ts';

/** What a terminal says when a session stops: how it came out or what it waits for, its figures, and how it goes on. */
export function closing(session: Session, outcome: Outcome, result: ResultLine): string {
  const money = `$${session.spent.usd.toFixed(2)}${session.spent.unpriced > 0 ? ` and ${count(session.spent.unpriced, 'request')} without a known price` : ''}`;
  const figures = `${count(result.diff.files, 'file')}, ${count(result.diff.lines, 'line')} · ${count(session.spent.turns, 'turn')} · ${money}`;
  switch (outcome.kind) {
    case 'ended': return `\n${result.verdict} · ${figures}\nEvidence: .bounded/${session.name}/EVIDENCE.md`;
    case 'waiting': return `\nWaiting: ${outcome.gate.question}\n${howToAnswer(session)}`;
    case 'paused': return `\nPaused: ${outcome.reason}\nContinue: bounded resume ${session.id}`;
    case 'interrupted': return `\nInterrupted. Continue: bounded resume ${session.id}`;
  }
}

/** So many ids are offered to be typed. */
const idsOffered = 20;

/** How the gate that waits is answered, in words. For flags there are two approvals, and each says what becomes of them. */
function howToAnswer({ id: session, gate, line }: Session): string {
  const answers = (approval: string): string => `Answer: bounded resume ${session} --approve ${approval} | --send-back NOTE | --rewind BOUNDARY | --stop`;
  if (gate === undefined || gate.kind === 'phase') return answers(gate?.phase ?? 'all');
  const [{ id, blocking }, few] = [gate, gate.blocking.length <= idsOffered];
  const atGate = new Set(blocking);
  const flags = openFlags(line).filter((flag) => atGate.has(flag.id));
  if (flags.length === 0) return answers(few ? blocking.join(',') : id);
  const allows = few && flags.some((flag) => isAmendable(flag) && hasGlob(flag.path)) ? [`  --approve ${blocking.join(',')}: the same, but what is out of scope comes into it by an amendment of the contract: these paths may change from then on`] : [];
  return [answers(id), `  --approve ${id}: all that is open here; what is flagged stays as it is, and so does the contract`, ...allows].join('\n');
}
