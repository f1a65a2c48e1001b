import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Entry, SessionEvent } from '../../../src/core/session/events.ts';
import { openAppendFile, type AppendFile } from '../../../src/node/journal/appendFile.ts';
import { readJournal } from '../../../src/node/journal/journal.ts';
import { readLine, sha256 } from '../../../src/node/journal/line.ts';
import { createRedact, redactJson } from '../../../src/node/journal/redaction.ts';
import { emptyTail } from '../../../src/node/journal/scan.ts';
import { sealing, type Sealed } from '../../../src/node/journal/sealing.ts';
import { note } from './support/events.ts';
import { testFolder } from './support/folder.ts';
import { JournalWriter } from '../../../src/node/journal/writer.ts';

const canary = 'sk-canary-"quoted"-4242';

const entryWith = (event: unknown): Entry => ({ v: 1, seq: 1, prev: '0'.repeat(64), at: 1, active: 1, event: event as SessionEvent });
const called = (input: unknown) => entryWith({ type: 'tool/called', conversation: 'c', call: 'k', tool: 'bash', input, title: 't' });

function sealed(entry: Entry, redact = (text: string) => text): Sealed & { readonly steps: number } {
  const work = sealing(entry, redact);
  for (let steps = 0; ; steps += 1) {
    const step = work.next();
    if (step.done === true) return { ...step.value, steps };
  }
}

const files = Array.from({ length: 30_000 }, (_, index) => ({ path: `src/folder/file${index}.ts`, before: { oid: '1'.repeat(40), mode: '100644' }, added: 1, removed: 1, binary: false }));

describe('the line of an entry', () => {
  const { at } = testFolder();

  it('is what JSON would make of it in one go, and what a reader gets is what is answered', () => {
    const redact = createRedact([canary]);
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constant(`about ${canary}`));
    const item = fc.oneof(fc.jsonValue({ stringUnit: 'binary' }), text, fc.constant(undefined), fc.record({ path: text, before: fc.option(text, { nil: undefined }) }));
    fc.assert(fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.oneof(item, fc.array(item, { minLength: 100, maxLength: 400 }))), (input) => {
      const entry = called(input);
      const { record, hash, entry: answered } = sealed(entry, redact);
      const line = record.subarray(0, -1);
      const whole = JSON.stringify({ ...entry, event: redactJson(entry.event, redact) });
      assert.equal(line.toString().slice(0, -`,"sum":"${'0'.repeat(64)}"}`.length), whole.slice(0, -1));
      assert.equal(record.at(-1), 10);
      assert.equal(hash, sha256(line));
      const reading = readLine(line);
      assert.deepEqual(reading.kind === 'entry' ? reading.entry : reading.why, answered);
    }), { numRuns: 25 });
  });

  it('is made in steps where it is long', () => {
    const { steps } = sealed(entryWith({ type: 'changes/observed', by: 'user', files, tree: 't' }));
    assert.ok(steps > 200, `${steps} steps`);
  });

  it('lets others have their turn before it is written', async () => {
    let turns = 0;
    let before: number | undefined;
    const file = await openAppendFile(at('trace.jsonl'), 'create');
    const counted: AppendFile = { ...file, size: () => { before ??= turns; return file.size(); } };
    const journal = new JournalWriter(counted, emptyTail, { redact: createRedact([canary]), freeReserve: async () => undefined });
    const count = () => { turns += 1; if (before === undefined) setImmediate(count); };
    setImmediate(count);
    await journal.append(1, 1, { type: 'changes/observed', by: 'user', files, tree: 't' } as unknown as SessionEvent);
    await journal.append(2, 2, note('after it'));
    await journal.close();
    assert.ok(before !== undefined && before > 3, `${before} turns`);
    const { entries, problem } = await readJournal(at('trace.jsonl'));
    assert.deepEqual([entries.length, problem], [2, undefined]);
  });
});
