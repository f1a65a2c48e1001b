import type { Session } from '../core/session/session.ts';
import { capabilitiesOf } from '../core/transcript/capabilities.ts';
import { assumedCost, boundUsage, estimateTokens, worstCase } from '../core/transcript/prices.ts';
import type { Run } from './run.ts';

/** Tokens that an answer may have, at first and when one was cut. */
const usualTokens = 16_000;
const largeTokens = 64_000;
/** Less than this is not worth a request. */
const leastTokens = 2_000;

/** What the next request may use, or the budget that forbids it. Nothing is sent that could overrun a budget. */
export type Reservation =
  | { readonly ok: true; readonly maxTokens: number; readonly usd: number }
  | { readonly ok: false; readonly budget: string; readonly detail: string };

export function reserve(run: Run, model: string, bytes: number, truncated: number): Reservation {
  const { session } = run.recorder;
  const { budget } = session.contract;
  const left = budget.timeMs - run.recorder.active - finalOracleMs(session);
  if (session.spent.turns >= budget.turns) return { ok: false, budget: 'turns', detail: `${session.spent.turns} of ${budget.turns} turns are used` };
  if (left <= 0) return { ok: false, budget: 'time', detail: 'the active time is used, except for the last oracle run' };
  if (budget.deadline !== undefined && run.ports.clock.now() >= budget.deadline) return { ok: false, budget: 'deadline', detail: 'the deadline has passed' };
  const wanted = truncated > 0 ? largeTokens : usualTokens;
  return reserveTokens(session, bytes) ?? reserveCost(session, model, bytes, Math.min(wanted, tokensLeft(session) - estimateTokens(bytes)));
}

/** The token budget must hold the request and an answer that is worth asking for. */
function reserveTokens(session: Session, bytes: number): Reservation | undefined {
  const left = tokensLeft(session);
  if (left >= estimateTokens(bytes) + leastTokens) return undefined;
  return { ok: false, budget: 'tokens', detail: `${left} of ${session.contract.budget.tokens} tokens are left; the next request could exceed them` };
}

function tokensLeft(session: Session): number {
  const { input, output, cacheRead, cacheWrite } = session.spent.usage;
  return (session.contract.budget.tokens ?? Number.POSITIVE_INFINITY) - (input + output + cacheRead + cacheWrite);
}

function reserveCost(session: Session, model: string, bytes: number, wanted: number): Reservation {
  const tokens = estimateTokens(bytes);
  const most = Math.min(wanted, capabilitiesOf(model).maxOutput);
  const used = session.spent.usd + session.spent.assumedUsd;
  const left = session.contract.budget.costUsd - used;
  for (let maxTokens = most; maxTokens >= Math.min(leastTokens, most); maxTokens = Math.floor(maxTokens / 2)) {
    const usd = worstCase(model, tokens, maxTokens) ?? assumedCost(boundUsage(tokens, maxTokens));
    if (usd <= left) return { ok: true, maxTokens, usd };
  }
  return { ok: false, budget: 'cost', detail: `$${used.toFixed(2)} of $${session.contract.budget.costUsd.toFixed(2)} are spent; the next request could exceed the rest` };
}

/** Time kept back for measuring once more at the end, in milliseconds: twice the longest run so far. */
export function finalOracleMs(session: Session): number {
  return 2 * Math.max(0, ...session.line.runs.map((run) => run.ms));
}
