import type { Session } from '../session.ts';

/** A duration as people read it: `38 s`, `4 min`, `1 h 52`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')}`;
}

export function dollars(usd: number): string {
  return `$${usd.toFixed(2)}`;
}

/** What was spent; requests without a known price are named, never counted as nothing. */
export function cost(session: Session): string {
  const { usd, unpriced } = session.spent;
  if (unpriced === 0) return dollars(usd);
  return usd === 0 ? 'cost unknown' : `${dollars(usd)} + ${unpriced} unpriced`;
}

/** The first line of the task. */
export function titleOf(session: Session): string {
  return session.contract.task.trim().replace(/\s*\n\s*/g, ' ');
}

/** The sentence that side view, evidence and start gate use where no sandbox works. */
export function sandboxWarning(session: Session): string | undefined {
  if (session.contract.commands.sandbox === 'off') return 'The contract switches the sandbox off: a command or check that runs code of the workspace has your full rights.';
  if (session.sandbox.kind !== 'none') return undefined;
  return `No sandbox works here (${session.sandbox.detail}): a command or check that runs code of the workspace has your full rights.`;
}
