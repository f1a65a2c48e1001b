// Appends notes to the journal named by the first argument until it is killed or finds another writer; prints the number of each one that is acknowledged.
import { writeSync } from 'node:fs';
import { JournalFault } from '../../../../src/core/session/entries.ts';
import { createJournal, openJournal } from '../../../../src/node/journal/journal.ts';
import type { JournalWriter } from '../../../../src/node/journal/writer.ts';
import { note } from './events.ts';

const [, , file = '', mode] = process.argv;

async function open(): Promise<{ journal: JournalWriter; count: number }> {
  if (mode === 'create') return { journal: await createJournal(file), count: 0 };
  const opened = await openJournal(file);
  if (opened.kind === 'damaged') throw new Error(`line ${opened.problem.line}: ${opened.problem.why}`);
  return { journal: opened.journal, count: opened.entries.length };
}

const { journal, count } = await open();
try {
  for (let n = count + 1; ; n += 1) {
    const entry = await journal.append(Date.now(), n, note(`${n} ${'x'.repeat((n * 7919) % 20_000)}`));
    writeSync(1, `${entry.seq}\n`);
  }
} catch (error) {
  if (!(error instanceof JournalFault) || error.class !== 'foreign-tail') throw error;
}
