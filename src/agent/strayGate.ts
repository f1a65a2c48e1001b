import type { Run } from './run.ts';

/** Asks a person about something that a command did. */
export async function openStrayGate(run: Run, question: string, blocking: readonly string[]): Promise<void> {
  const { line } = run.recorder.session;
  if (line.phase === undefined) return;
  await run.recorder.record({ type: 'gate/opened', gate: run.ports.clock.id(), kind: 'stray', phase: line.phase, question, blocking });
}
