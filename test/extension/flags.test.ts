import assert from 'node:assert/strict';
import type { Hunk, Write } from '../../src/core/session/changes.ts';
import type { Flag, Session } from '../../src/core/session/session.ts';
import { netChanges } from '../../src/extension/changes.ts';
import { firstFiles, flaggedIn, placedIn } from '../../src/extension/flags/placed.ts';
import { takeBack } from '../../src/node/workspace/rewind/revertHunk.ts';

const blob = (oid: string) => ({ oid, mode: '100644' as const });

function write(path: string, before: string | undefined, after: string | undefined): Write {
  return { path, added: 1, removed: 1, binary: false, by: 'command', call: 'c', phase: 'minimal-hook', attempt: 1, turn: 1, ...(before === undefined ? {} : { before: blob(before) }), ...(after === undefined ? {} : { after: blob(after) }) };
}

const hunk: Hunk = { id: 'h', oldStart: 2, oldLines: 1, newStart: 2, newLines: 2, lines: ['-b', '+B', '+BB'], context: { before: ['a'], after: ['c', 'd'] } };

function flag(more: Partial<Flag> = {}): Flag {
  return { id: 'f', path: 'x.js', standing: 'out-of-scope', write: write('x.js', '1', '2'), hunks: [hunk], cause: 'bash', maybeUser: false, ...more };
}

const lines = (placed: ReturnType<typeof placedIn>) => placed.map(({ start, end }) => [start, end]);

describe('A flagged hunk in a text', () => {
  const text = 'a\nB\nBB\nc\nd\n';

  it('stands at its lines, also after lines came above it', () => {
    assert.deepEqual(lines(placedIn(text, flag())), [[1, 3]]);
    assert.deepEqual(lines(placedIn(`new\nlines\n${text}`, flag())), [[3, 5]]);
  });

  it('is gone when its lines are, or when it is settled', () => {
    assert.deepEqual(placedIn('a\nb\nc\nd\n', flag()), []);
    assert.deepEqual(placedIn('a\nB\nchanged\nc\nd\n', flag()), []);
    assert.deepEqual(placedIn(text, flag({ outcome: 'allowed' })), []);
  });

  it('stands exactly where a rewind of the hunk would work', () => {
    for (const now of [text, `x\n${text}`, `${text}${text}`, 'B\nBB\n', 'a\nB\nBB', 'a\nB\n']) {
      const reverted = takeBack(now.match(/[^\n]*\n|[^\n]+$/g) ?? [], [hunk]);
      assert.equal(placedIn(now, flag()).length === 1, 'lines' in reverted, JSON.stringify(now));
    }
  });

  it('is the whole file where there are no lines to show: a deleted or a binary one', () => {
    const deleted = flag({ write: write('x.js', '1', undefined), hunks: [] });
    assert.deepEqual(lines(placedIn(undefined, deleted)), [[0, 0]]);
    assert.deepEqual(placedIn('back again', deleted), []);
    assert.deepEqual(lines(placedIn('\0\0', flag({ hunks: [] }))), [[0, 0]]);
    assert.deepEqual(placedIn(undefined, flag()), []);
  });

  it('flags the whole file once its lines were changed by hand, and nothing when it is what it was before', () => {
    // git hash-object of 'a\nb\nc\nd\n'
    const before = 'd68dd4031d2ad5b7a3829ad7df6635e27a7daa22';
    const one = flag({ write: write('x.js', before, '2') });
    assert.deepEqual(flaggedIn('a\nb\nc\nd\n', [one]), []);
    assert.deepEqual(flaggedIn('a\nby hand\nc\nd\n', [one]), [{ flag: one, start: 0, end: 0 }]);
    assert.deepEqual(flaggedIn('a\nby hand\nc\nd\n', [{ ...one, standing: 'over-budget' }]), []);
    assert.deepEqual(lines(flaggedIn(text, [flag({ id: 'older', hunks: [] }), one])), [[0, 0], [1, 3]]);
  });

  it('is found where the editor shows one kind of line end and the file has two', () => {
    const mixed: Hunk = { ...hunk, lines: ['-b', '+B\r', '+BB'], context: { before: ['a\r'], after: ['c', 'd'] } };
    for (const shown of ['a\r\nB\r\nBB\nc\nd\n', 'a\r\nB\r\nBB\r\nc\r\nd\r\n', 'a\nB\nBB\nc\nd\n']) assert.deepEqual(lines(placedIn(shown, flag({ hunks: [mixed] }))), [[1, 3]], JSON.stringify(shown));
  });

  it('that only removed lines is found below a byte-order mark, and at the end of a file without a last line end', () => {
    const removed: Hunk = { id: 'h', oldStart: 2, oldLines: 1, newStart: 1, newLines: 0, lines: ['-gone'], context: { before: ['\uFEFFa'], after: ['b'] } };
    assert.deepEqual(lines(placedIn('a\nb\n', flag({ hunks: [removed] }))), [[1, 1]]);
    const last: Hunk = { id: 'h', oldStart: 2, oldLines: 1, newStart: 2, newLines: 1, lines: ['-b', '+B'], context: { before: ['a'], after: [] }, noEndOfLine: 'both' };
    assert.deepEqual(lines(placedIn('a\nB', flag({ hunks: [last] }))), [[1, 2]]);
  });

  it('is found behind a byte-order mark that the editor hides', () => {
    const first: Hunk = { id: 'h', oldStart: 1, oldLines: 1, newStart: 1, newLines: 1, lines: ['-\uFEFFa', '+\uFEFFA'], context: { before: [], after: ['b'] } };
    assert.deepEqual(lines(placedIn('A\nb\n', flag({ hunks: [first] }))), [[0, 1]]);
  });
});

describe('Flagged files in the editor', () => {
  const flags = (count: number) => Array.from({ length: count }, (_, index) => flag({ path: `${index}.js` }));

  it('are all of them where they are not very many', () => {
    assert.deepEqual(firstFiles(flags(1000), () => false).map(([path]) => path), flags(1000).map(({ path }) => path));
    assert.deepEqual(firstFiles([flag(), flag({ id: 'g' })], () => true).map(([path, own]) => [path, own.length]), [['x.js', 2]]);
  });

  it('are those that are open and the first others where they are', () => {
    const shown = firstFiles(flags(30_000), (path) => path === '29999.js').map(([path]) => path);
    assert.deepEqual([shown.length, shown[0], shown[1], shown.at(-1)], [1000, '29999.js', '0.js', '998.js']);
  });
});

describe('What a session has changed in the end', () => {
  const of = (...writes: readonly Write[]) => netChanges({ line: { writes } } as unknown as Session).map(({ path, before, after }) => [path, before?.oid, after?.oid]);

  it('is the first content against the last, without what came back', () => {
    assert.deepEqual(of(write('b', '1', '2'), write('a', undefined, '5'), write('b', '2', '3')), [['a', undefined, '5'], ['b', '1', '3']]);
    assert.deepEqual(of(write('a', '1', '2'), write('a', '2', '1'), write('new', undefined, '3'), write('new', '3', undefined)), []);
    assert.deepEqual(of(write('gone', '1', undefined)), [['gone', '1', undefined]]);
  });
});
