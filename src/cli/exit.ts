import type { Outcome } from '../agent/loop.ts';
import type { Verdict } from '../core/oracle/result.ts';
import type { Session } from '../core/session/session.ts';

/** Exit statuses of run, resume, verify and demo. Of the others: `pass`, or `fail` when they could not do it; `usage` and `internal` are everybody's. */
export const exits = {
  pass: 0, fail: 1, partial: 2, blocked: 3, budget: 4, waiting: 5, tampered: 6, flaky: 7, stopped: 8,
  usage: 64, badContract: 65, cannotStart: 69, internal: 70, paused: 75, interrupted: 130,
} as const;

const byVerdict: Readonly<Record<Verdict, number>> = {
  pass: exits.pass, fail: exits.fail, partial: exits.partial, blocked: exits.blocked, unverified: exits.blocked, tampered: exits.tampered, flaky: exits.flaky,
};

export function exitOfVerdict(verdict: Verdict): number {
  return byVerdict[verdict];
}

/** Precedence: interrupted, tampered, stopped by a person, paused, a budget, waiting at a gate, then the verdict. */
export function exitOf(session: Session, outcome: Outcome): number {
  if (outcome.kind === 'interrupted') return exits.interrupted;
  if (session.verdict?.verdict === 'tampered') return exits.tampered;
  if (session.end?.end === 'stopped') return exits.stopped;
  if (outcome.kind === 'paused') return exits.paused;
  if (session.end?.end === 'budget') return exits.budget;
  if (outcome.kind === 'waiting') return exits.waiting;
  return exitOfVerdict(session.verdict?.verdict ?? 'unverified');
}
