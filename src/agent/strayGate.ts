import type { Run } from './run.ts';

/**
 * Asks a person about something that a command did. What has no id of Bounded's is answered by the gate's own: a name
 * that a command chose could be one that the person meant for something else.
 */
export async function openStrayGate(run: Run, question: string, ids: readonly string[] = []): Promise<void> {
  const { line } = run.recorder.session;
  if (line.phase === undefined) return;
  const gate = run.ports.clock.id();
  await run.recorder.record({ type: 'gate/opened', gate, kind: 'stray', phase: line.phase, question, blocking: ids.length === 0 ? [gate] : ids });
}
