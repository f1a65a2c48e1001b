import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import type { Entry, SessionEvent } from '../../../src/core/session/events.ts';
import { createJournal, openJournal, readJournal, verifyTrace } from '../../../src/node/journal/journal.ts';
import { note, rawLines, textOf, writeNotes } from './support/events.ts';
import { testFolder } from './support/folder.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('a journal', () => {
  const { at } = testFolder();

  it('reads back what was appended, in order, and answers each entry as a reader gets it', async () => {
    const journal = await createJournal(at('trace.jsonl'));
    const appended: Entry[] = [];
    for (const text of ['one', 'zwei\n\u2028 "quoted" \\ \u0000', '三']) appended.push(await journal.append(5, 7, note(text)));
    await journal.close();
    const { entries, problem, tornTail } = await readJournal(at('trace.jsonl'));
    assert.deepEqual(entries, appended);
    assert.deepEqual(entries.map((entry) => [entry.v, entry.seq, entry.at, entry.active]), [[1, 1, 5, 7], [1, 2, 5, 7], [1, 3, 5, 7]]);
    assert.deepEqual([problem, tornTail], [undefined, false]);
  });

  it('is one JSON object per line, each with the SHA-256 of the line before', async () => {
    await writeNotes(at('trace.jsonl'), 4);
    const text = await readFile(at('trace.jsonl'), 'utf8');
    assert.ok(text.endsWith('\n'));
    const lines = text.slice(0, -1).split('\n');
    const prevs = lines.map((line) => (JSON.parse(line) as Entry).prev);
    assert.deepEqual(prevs, ['0'.repeat(64), ...lines.slice(0, 3).map(sha256)]);
  });

  it('seals each line with the SHA-256 of what is before the seal', async () => {
    await writeNotes(at('trace.jsonl'), 1);
    const [line = ''] = await rawLines(at('trace.jsonl'));
    const { sum } = JSON.parse(line) as { sum: string };
    assert.equal(sum, sha256(line.slice(0, line.indexOf(',"sum"'))));
  });

  it('keeps the order of appends that nobody waited for', async () => {
    const journal = await createJournal(at('trace.jsonl'));
    const appended = await Promise.all(Array.from({ length: 50 }, (_, n) => journal.append(n, n, note(`${n}`))));
    await journal.close();
    assert.deepEqual(appended.map((entry) => entry.seq), Array.from({ length: 50 }, (_, n) => n + 1));
    assert.deepEqual((await readJournal(at('trace.jsonl'))).entries, appended);
  });

  it('goes on where it ended', async () => {
    await writeNotes(at('trace.jsonl'), 3);
    const opened = await openJournal(at('trace.jsonl'));
    assert.ok(opened.kind === 'open');
    assert.deepEqual(opened.entries.map((entry) => textOf(entry.event)), ['note 1', 'note 2', 'note 3']);
    assert.equal(opened.cut, undefined);
    assert.equal((await opened.journal.append(1, 1, note('note 4'))).seq, 4);
    await opened.journal.close();
    assert.deepEqual(await verifyTrace(at('trace.jsonl')).then(({ ok, count }) => ({ ok, count })), { ok: true, count: 4 });
  });

  it('goes on from an empty file, which is what a crash right after creation leaves', async () => {
    await writeFile(at('trace.jsonl'), '');
    const opened = await openJournal(at('trace.jsonl'));
    assert.ok(opened.kind === 'open');
    assert.deepEqual(opened.entries, []);
    assert.equal((await opened.journal.append(1, 1, note('first'))).seq, 1);
    await opened.journal.close();
  });

  it('never starts over a journal that exists', async () => {
    await writeNotes(at('trace.jsonl'), 1);
    await assert.rejects(createJournal(at('trace.jsonl')), { code: 'EEXIST' });
    assert.equal((await readJournal(at('trace.jsonl'))).entries.length, 1);
  });

  it('takes nothing after it is closed', async () => {
    const journal = await createJournal(at('trace.jsonl'));
    const last = journal.append(1, 1, note('still written'));
    await journal.close();
    assert.equal((await last).seq, 1);
    await assert.rejects(journal.append(2, 2, note('too late')), { name: 'JournalFault', class: 'io' });
  });

  it('refuses an entry that no reader would take, and writes nothing of it', async () => {
    const journal = await createJournal(at('trace.jsonl'));
    await assert.rejects(journal.append(Number.NaN, 0, note('when?')), TypeError);
    assert.equal((await journal.append(1, 1, note('fine'))).seq, 1);
    await journal.close();
  });

  it('is readable by its owner alone', async function () {
    if (process.platform === 'win32') this.skip();
    await writeNotes(at('trace.jsonl'), 1);
    assert.equal((await stat(at('trace.jsonl'))).mode & 0o777, 0o600);
  });

  it('carries any JSON of a tool call through unchanged', async () => {
    await mkdir(at('any'));
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ stringUnit: 'binary' })), { maxLength: 4 }), async (inputs) => {
        const file = at('any', `${(run += 1)}.jsonl`);
        const journal = await createJournal(file);
        const events = inputs.map((input): SessionEvent => ({ type: 'tool/called', conversation: 'c', call: 'k', tool: 'bash', input, title: 't' }));
        const answered = await Promise.all(events.map((event) => journal.append(1, 1, event)));
        await journal.close();
        const { entries, problem } = await readJournal(file);
        assert.equal(problem, undefined);
        assert.deepEqual(entries, answered);
        assert.deepEqual(entries.map((entry) => JSON.stringify(entry.event)), events.map((event) => JSON.stringify(event)));
      }),
      { numRuns: 60 },
    );
  });

  it('reads lines longer than one read of the file', async () => {
    const long = (n: number): string => `${n}${'é'.repeat(700_000 + n)}`;
    await writeNotes(at('trace.jsonl'), 3, long);
    const { entries, problem } = await readJournal(at('trace.jsonl'));
    assert.equal(problem, undefined);
    assert.deepEqual(entries.map((entry) => textOf(entry.event)), [long(1), long(2), long(3)]);
  });
});
