import type { ToWebview } from '../core/protocol.ts';

/** What a screen reader is told when it changes: the state, the phase, the question that waits, the verdict. */
export function announcement(message: ToWebview): string {
  if (message.type === 'empty') return message.problem ?? '';
  const { chip, boundaries, card, result } = message.view;
  const phase = boundaries.rows.find(({ state }) => state === 'now' || state === 'waiting')?.name;
  return [phase === undefined ? chip : `${chip}, ${phase}`, result && `Verdict: ${result.verdict}`, card?.question].filter((part) => part !== undefined).join('. ');
}
