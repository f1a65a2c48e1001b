import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { openJournal, readJournal, verifyTrace } from '../../../src/node/journal/journal.ts';
import { meddle, note, rawLines, textOf, writeNotes } from './support/events.ts';
import { testFolder } from './support/folder.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The line with another text in it and a seal that fits, as a forger would write it. */
function forge(line: string, from: string, to: string): string {
  const open = line.slice(0, line.indexOf(',"sum"')).replace(from, to);
  return `${open},"sum":"${sha256(open)}"}\n`;
}

describe('a damaged journal', () => {
  const { at } = testFolder();
  const trace = (): string => at('trace.jsonl');

  it('cut at any byte of its last lines loses only what was cut, says so, keeps the bytes and goes on', async () => {
    await writeNotes(trace(), 3);
    const whole = await readFile(trace());
    const ends = [...whole.entries()].flatMap(([index, byte]) => (byte === 0x0a ? [index + 1] : []));
    for (let size = ends[0]!; size < whole.length; size += 1) {
      await writeFile(trace(), whole.subarray(0, size));
      const left = ends.filter((end) => end <= size).length;
      const torn = !ends.includes(size);
      const read = await readJournal(trace());
      assert.deepEqual([read.entries.length, read.tornTail, read.problem?.line], [left, torn, torn ? left + 1 : undefined], `cut at byte ${size}`);
      const opened = await openJournal(trace());
      assert.ok(opened.kind === 'open');
      assert.equal(opened.cut?.line, torn ? left + 1 : undefined);
      if (opened.cut) assert.deepEqual(await readFile(opened.cut.keptIn), whole.subarray(ends[left - 1], size));
      await opened.journal.append(9, 9, note('after the crash'));
      await opened.journal.close();
      assert.deepEqual(await verifyTrace(trace()).then(({ ok, count }) => ({ ok, count })), { ok: true, count: left + 1 });
    }
  }).timeout(60_000);

  it('with any byte changed does not verify, and the line of that byte is named', async () => {
    await writeNotes(trace(), 3);
    const whole = await readFile(trace());
    let line = 1;
    for (const [index, byte] of whole.entries()) {
      const changed = Buffer.from(whole);
      changed[index] = byte ^ (1 << index % 8);
      await writeFile(trace(), changed);
      const { ok, problem, count } = await verifyTrace(trace());
      assert.deepEqual([ok, problem?.line, count], [false, line, line - 1], `byte ${index}`);
      if (byte === 0x0a) line += 1;
    }
  }).timeout(60_000);

  it('names its torn pieces one after the other', async () => {
    await writeNotes(trace(), 1);
    for (const expected of ['damaged-1.bin', 'damaged-2.bin']) {
      await meddle(trace(), '{"v":1,"se');
      const opened = await openJournal(trace());
      assert.ok(opened.kind === 'open' && opened.cut?.keptIn === at(expected));
      await opened.journal.close();
    }
    assert.equal(await readFile(at('damaged-2.bin'), 'utf8'), '{"v":1,"se');
  });

  it('takes a last line with a lost block in it for torn, since its write never came to its end', async () => {
    await writeNotes(trace(), 2);
    const [first = '', second = ''] = await rawLines(trace());
    await writeFile(trace(), first + '\0'.repeat(40) + second.slice(40));
    const opened = await openJournal(trace());
    assert.ok(opened.kind === 'open');
    assert.equal(opened.cut?.line, 2);
    await opened.journal.close();
  });

  const breaks: readonly [string, (lines: string[]) => string[], number][] = [
    ['a line is missing', ([a = '', , c = '']) => [a, c], 2],
    ['two lines changed places', ([a = '', b = '', c = '']) => [a, c, b], 2],
    ['a line is there twice', ([a = '', b = '', c = '']) => [a, b, b, c], 3],
    ['the first line is missing', ([, b = '', c = '']) => [b, c], 1],
    ['a line was rewritten with a seal that fits', ([a = '', b = '', c = '']) => [a, forge(b, 'note 2', 'note X'), c], 3],
    ['a line has another number', ([a = '', b = '', c = '']) => [a, b, forge(c, '"seq":3', '"seq":4')], 3],
    ['a line was changed', ([a = '', b = '', c = '']) => [a, b.replace('note 2', 'note X'), c], 2],
    ['the last line was changed', ([a = '', b = '', c = '']) => [a, b, c.replace('note 3', 'note X')], 3],
    ['the end-of-line before the last line is gone', ([a = '', b = '', c = '']) => [a, b.trimEnd() + c], 2],
    ['an incomplete line is followed by others', ([a = '', b = '', c = '']) => [a, `${b.slice(0, 20)}\n`, c], 2],
    ['there is an empty line', ([a = '', b = '', c = '']) => [a, '\n', b, c], 2],
    ['a newer program wrote the last line', ([a = '', b = '', c = '']) => [a, b, forge(c, '"v":1', '"v":2')], 3],
    ['another version wrote an event that this one does not know', ([a = '', b = '', c = '']) => [a, b, forge(c, 'note/written', 'flag/raised')], 3],
    ['the type of an event is the name of what every object has', ([a = '', b = '', c = '']) => [a, b, forge(c, 'note/written', 'toString')], 3],
  ];

  for (const [what, change, line] of breaks) {
    it(`is named and not continued where ${what}`, async () => {
      await writeNotes(trace(), 3);
      const changed = change(await rawLines(trace())).join('');
      await writeFile(trace(), changed);
      const opened = await openJournal(trace());
      assert.ok(opened.kind === 'damaged');
      assert.deepEqual([opened.problem.line, opened.entries.length], [line, line - 1]);
      const verified = await verifyTrace(trace());
      assert.deepEqual([verified.ok, verified.tornTail, verified.problem?.line], [false, false, line]);
      assert.equal(await readFile(trace(), 'utf8'), changed, 'it is left as it was found');
      assert.deepEqual(await readdir(at()), ['trace.jsonl']);
    });
  }

  it('merged from two copies that went on apart is refused', async () => {
    await writeNotes(trace(), 2);
    const shared = await readFile(trace(), 'utf8');
    const copies = await Promise.all(
      ['a', 'b'].map(async (copy) => {
        await writeFile(at(copy), shared);
        const opened = await openJournal(at(copy));
        assert.ok(opened.kind === 'open');
        await opened.journal.append(1, 1, note(copy));
        await opened.journal.close();
        return (await rawLines(at(copy)))[2] ?? '';
      }),
    );
    await writeFile(trace(), shared + copies.join(''));
    const opened = await openJournal(trace());
    assert.ok(opened.kind === 'damaged');
    assert.equal(opened.problem.line, 4);
    assert.deepEqual(opened.entries.map((entry) => textOf(entry.event)), ['note 1', 'note 2', 'a']);
  });

  it('that lost whole records at its end still verifies, but not to the head that was noted before', async () => {
    await writeNotes(trace(), 3);
    const { head } = await verifyTrace(trace());
    await writeFile(trace(), (await rawLines(trace())).slice(0, 2).join(''));
    const after = await verifyTrace(trace());
    assert.deepEqual([after.ok, after.count], [true, 2]);
    assert.notEqual(after.head, head);
  });
});
