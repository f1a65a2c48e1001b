import { appendFile, readFile } from 'node:fs/promises';
import { createJournal } from '../../../../src/node/journal/journal.ts';
import type { SessionEvent } from '../../../../src/core/session/events.ts';

/** A fact that is cheap to make and to tell from others. */
export function note(text: string): SessionEvent {
  return { type: 'note/written', text };
}

/** Writes a journal of `count` notes and closes it. */
export async function writeNotes(file: string, count: number, text = (n: number): string => `note ${n}`): Promise<void> {
  const journal = await createJournal(file);
  for (let n = 1; n <= count; n += 1) await journal.append(1000 + n, n, note(text(n)));
  await journal.close();
}

export function textOf(event: SessionEvent): string {
  return event.type === 'note/written' ? event.text : '';
}

/** The lines of a file with their end-of-lines, as they are. */
export async function rawLines(file: string): Promise<string[]> {
  return (await readFile(file, 'utf8')).split(/(?<=\n)/);
}

/** Adds bytes behind the journal's back. */
export async function meddle(file: string, text: string): Promise<void> {
  await appendFile(file, text);
}
