import assert from 'node:assert/strict';
import { copyFile, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { openAppendFile, type AppendFile } from '../../../src/node/journal/appendFile.ts';
import { createJournal, openJournal, readJournal } from '../../../src/node/journal/journal.ts';
import { emptyTail } from '../../../src/node/journal/scan.ts';
import { JournalWriter } from '../../../src/node/journal/writer.ts';
import { meddle, note, rawLines, textOf, writeNotes } from './support/events.ts';
import { faultyFile, type Fault } from './support/faultyFile.ts';
import { testFolder } from './support/folder.ts';

describe('the writer of a journal', () => {
  const { at } = testFolder();
  const trace = (): string => at('trace.jsonl');
  let freed = 0;

  async function writerOn(wrap: (file: AppendFile) => AppendFile): Promise<JournalWriter> {
    freed = 0;
    const file = wrap(await openAppendFile(trace(), 'create'));
    return new JournalWriter(file, emptyTail, { redact: (text) => text, freeReserve: async () => void (freed += 1) });
  }

  const faulty = (faults: readonly Fault[], atOnce?: number): Promise<JournalWriter> => writerOn((file) => faultyFile(file, faults, atOnce));
  const texts = async (): Promise<string[]> => (await readJournal(trace())).entries.map((entry) => textOf(entry.event));

  it('writes on where the system takes fewer bytes than it was given', async () => {
    const journal = await faulty([], 7);
    await journal.append(1, 1, note('piecemeal'));
    await journal.append(2, 2, note('again'));
    await journal.close();
    assert.deepEqual(await texts(), ['piecemeal', 'again']);
  });

  it('takes a record back when the disk is full in the middle of it, frees the reserve, and goes on later', async () => {
    const journal = await faulty([{ call: 'write', nth: 9, code: 'ENOSPC' }], 100);
    await journal.append(1, 1, note('before'));
    const before = await readFile(trace());
    await assert.rejects(journal.append(2, 2, note('x'.repeat(2000))), { name: 'JournalFault', class: 'disk-full' });
    assert.deepEqual(await readFile(trace()), before);
    assert.equal(freed, 1);
    assert.equal((await journal.append(3, 3, note('after'))).seq, 2);
    await journal.close();
    assert.deepEqual(await texts(), ['before', 'after']);
  });

  for (const code of ['EDQUOT', 'EFBIG']) {
    it(`takes ${code} for a full disk`, async () => {
      const journal = await faulty([{ call: 'write', nth: 1, code }]);
      await assert.rejects(journal.append(1, 1, note('no')), { class: 'disk-full' });
      assert.equal((await journal.append(1, 1, note('yes'))).seq, 1);
      await journal.close();
    });
  }

  it('finds no space at the sync too, where a file system allocates late', async () => {
    const journal = await faulty([{ call: 'sync', nth: 1, code: 'ENOSPC' }]);
    await assert.rejects(journal.append(1, 1, note('no')), { class: 'disk-full' });
    assert.equal((await readFile(trace())).length, 0);
    await journal.append(1, 1, note('yes'));
    await journal.close();
    assert.deepEqual(await texts(), ['yes']);
  });

  it('stops for good when the disk fails, with the record taken back', async () => {
    for (const call of ['write', 'sync'] as const) {
      const journal = await faulty([{ call, nth: 2, code: 'EIO' }]);
      await journal.append(1, 1, note('before'));
      const failed = journal.append(2, 2, note('lost'));
      const next = journal.append(3, 3, note('not tried'));
      await assert.rejects(failed, { name: 'JournalFault', class: 'io' });
      await assert.rejects(next, { class: 'io' });
      await journal.close();
      assert.deepEqual(await texts(), ['before']);
      await rm(trace());
    }
  });

  it('stops for good when a record cannot be taken back; a resume does it', async () => {
    const journal = await faulty([{ call: 'write', nth: 3, code: 'ENOSPC' }, { call: 'truncate', nth: 1, code: 'EIO', forever: true }], 200);
    await assert.rejects(journal.append(1, 1, note('x'.repeat(1000))), { class: 'io' });
    await assert.rejects(journal.append(2, 2, note('no')), { class: 'io' });
    await journal.close();
    const opened = await openJournal(trace());
    assert.ok(opened.kind === 'open');
    assert.equal(opened.cut?.line, 1);
    await opened.journal.close();
    assert.deepEqual(await texts(), []);
  });

  const foreign: readonly [string, () => Promise<void>][] = [
    ['another program appended to it', () => meddle(trace(), 'x')],
    ['another program took its last record away', async () => writeFile(trace(), (await rawLines(trace()))[0] ?? '')],
    ['the last record was replaced by one of the same length', async () => writeFile(trace(), (await readFile(trace(), 'utf8')).replace('note 3', 'note 4'))],
    ['it was deleted', () => rm(trace())],
    ['another file stands in its place', async () => {
      await copyFile(trace(), at('copy'));
      await rename(at('copy'), trace());
    }],
  ];

  for (const [what, change] of foreign) {
    it(`refuses to append where ${what}`, async () => {
      await writeNotes(trace(), 2);
      const opened = await openJournal(trace());
      assert.ok(opened.kind === 'open');
      await opened.journal.append(3, 3, note('note 3'));
      await change();
      const after = await readFile(trace()).catch(() => undefined);
      await assert.rejects(opened.journal.append(4, 4, note('note 4')), { name: 'JournalFault', class: 'foreign-tail' });
      await assert.rejects(opened.journal.append(5, 5, note('note 5')), { class: 'foreign-tail' });
      assert.deepEqual(await readFile(trace()).catch(() => undefined), after);
      await opened.journal.close();
    });
  }

  it('is the only one: of two on one file the second to append is refused', async () => {
    await writeNotes(trace(), 1);
    const [first, second] = [await openJournal(trace()), await openJournal(trace())];
    assert.ok(first.kind === 'open' && second.kind === 'open');
    await first.journal.append(2, 2, note('the first'));
    await assert.rejects(second.journal.append(2, 2, note('the second')), { class: 'foreign-tail' });
    await first.journal.append(3, 3, note('and on'));
    await Promise.all([first.journal.close(), second.journal.close()]);
    assert.deepEqual(await texts(), ['note 1', 'the first', 'and on']);
  });

  it('does not acknowledge a record among which another program wrote', async () => {
    const journal = await writerOn((file) => ({ ...file, sync: () => meddle(trace(), 'in between\n') }));
    await assert.rejects(journal.append(1, 1, note('first')), { class: 'foreign-tail' });
    await journal.close();
  });

  it('cuts nothing that another program wrote while the disk was full', async () => {
    const journal = await writerOn((file) => ({
      ...faultyFile(file, [{ call: 'sync', nth: 1, code: 'ENOSPC' }]),
      write: async (bytes) => {
        const count = await file.write(bytes);
        await meddle(trace(), 'of somebody else\n');
        return count;
      },
    }));
    await assert.rejects(journal.append(1, 1, note('first')), { class: 'foreign-tail' });
    assert.ok((await readFile(trace(), 'utf8')).endsWith('of somebody else\n'));
    await journal.close();
  });

  it('loses nothing acknowledged, whichever call fails and however often', async () => {
    for (const call of ['size', 'read', 'write', 'sync', 'truncate'] as const) {
      for (const code of ['ENOSPC', 'EIO']) {
        for (let nth = 1; nth <= 12; nth += 1) {
          const journal = await faulty([{ call, nth, code, forever: nth % 2 === 0 }], 150);
          const acknowledged: string[] = [];
          for (const text of ['a', 'b', 'c', 'd']) {
            await journal.append(1, 1, note(text)).then(() => acknowledged.push(text), () => undefined);
          }
          await journal.close();
          const opened = await openJournal(trace());
          assert.ok(opened.kind === 'open', `${call} ${nth} ${code}`);
          const kept = opened.entries.map((entry) => textOf(entry.event));
          assert.deepEqual(kept.filter((text) => acknowledged.includes(text)), acknowledged, `${call} ${nth} ${code}`);
          assert.ok(kept.length <= acknowledged.length + 1, 'at most the record that was being written is there beside');
          await opened.journal.close();
          await rm(trace());
        }
      }
    }
  });

  it('keeps a reserve beside the journal while it is open, also after a crash that left one', async () => {
    await (await createJournal(trace())).close();
    assert.deepEqual(await readdir(at()), ['trace.jsonl']);
    for (const left of [false, true]) {
      if (left) await writeFile(at('reserve'), 'of a writer that was killed');
      const opened = await openJournal(trace());
      assert.ok(opened.kind === 'open');
      if (!left) assert.equal((await readFile(at('reserve'))).length, 256 * 1024);
      await opened.journal.close();
      assert.deepEqual(await readdir(at()), ['trace.jsonl']);
    }
  });
});
