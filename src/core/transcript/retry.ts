import type { Fault } from './message.ts';

export type RetryDecision =
  | { readonly action: 'retry'; readonly waitMs: number }
  /** `pause`: the same request may succeed later. `block`: a person has to change something first. `strip-signatures`: send again, at once, without signed blocks. */
  | { readonly action: 'pause' | 'block' | 'strip-signatures'; readonly why: string };

/** Tries and time of one request, and how long a wait may be, in milliseconds. */
export const retryLimits = { tries: 8, totalMs: 15 * 60_000, firstWaitMs: 1_000, longestWaitMs: 60_000 } as const;

/**
 * What follows a failed request. `attempt` counts the tries so far (1 after the first), `elapsedMs` the time since the first began, `random` is
 * in [0, 1). Never throws.
 */
export function retryPolicy(fault: Fault, attempt: number, elapsedMs: number, random: number): RetryDecision {
  switch (fault.class) {
    case 'invalid-request': return { action: 'block', why: `The request was refused: ${fault.message}` };
    case 'signature': return { action: attempt === 1 ? 'strip-signatures' : 'block', why: `The signed thinking was refused: ${fault.message}` };
    case 'billing': return { action: 'block', why: `The account's spending limit or credit is used up: ${fault.message}` };
    case 'auth': return { action: 'block', why: `The API key was refused: ${fault.message}` };
    case 'not-found': return { action: 'block', why: `The model or address was not found: ${fault.message}` };
    case 'too-large': return { action: 'pause', why: `The conversation is too large for the model: ${fault.message}` };
    case 'aborted': return { action: 'pause', why: 'The request was stopped' };
    case 'conflict': return attempt > 1 ? { action: 'pause', why: `The request conflicted twice: ${fault.message}` } : again(fault, attempt, elapsedMs, random);
    case 'rate-limit': return rateLimited(fault, attempt, elapsedMs, random);
    case 'server': case 'overloaded': case 'network': case 'incomplete': case 'idle': case 'bad-response':
      return again(fault, attempt, elapsedMs, random);
  }
}

/** A rate limit says when to come back. One that does not is the monthly cap of the account, and waiting in a loop would not end. */
function rateLimited(fault: Fault, attempt: number, elapsedMs: number, random: number): RetryDecision {
  if (fault.retryAfterMs === undefined) return { action: 'block', why: `The account's spending cap is reached: ${fault.message}` };
  return again(fault, attempt, elapsedMs, random);
}

function again(fault: Fault, attempt: number, elapsedMs: number, random: number): RetryDecision {
  const waitMs = Math.max(backOff(attempt, random), fault.retryAfterMs ?? 0);
  if (attempt >= retryLimits.tries) return { action: 'pause', why: `${attempt} tries failed, the last with: ${fault.message}` };
  if (elapsedMs + waitMs > retryLimits.totalMs) return { action: 'pause', why: `No success within ${retryLimits.totalMs / 60_000} minutes: ${fault.message}` };
  return { action: 'retry', waitMs };
}

/** Exponential with full jitter, so that many clients of a failing service do not return together. */
function backOff(attempt: number, random: number): number {
  return Math.round(random * Math.min(retryLimits.longestWaitMs, retryLimits.firstWaitMs * 2 ** (attempt - 1)));
}
