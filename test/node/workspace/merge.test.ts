import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Blob } from '../../../src/core/session/changes.ts';
import { committedContent } from '../../../src/node/workspace/repository/lineEnds.ts';
import { decideRestore, mergeTexts } from '../../../src/node/workspace/rewind/merge.ts';

const blob = (oid: string, mode: Blob['mode'] = '100644'): Blob => ({ oid, mode });
const merging = (current: string, base: string, target: string) => mergeTexts(Buffer.from(current), Buffer.from(base), Buffer.from(target));
const merged = (...sides: [string, string, string]): string | undefined => {
  const result = merging(...sides);
  return 'bytes' in result ? result.bytes.toString() : undefined;
};

const conflicts = (...sides: [string, string, string]) => {
  const result = merging(...sides);
  return 'conflicts' in result ? [result.conflicts, result.undecided.toString()] : [];
};

describe('the decision about one path of a rewind', () => {
  const [t, e, u] = [blob('target'), blob('expected'), blob('user')];
  const cases: [string, Blob | null, Blob | null, Blob | null, string][] = [
    ['as the session left it', t, e, e, 'write'], ['as it shall be', t, e, t, 'nothing'], ['made by the session', null, e, e, 'delete'], ['gone already', null, e, null, 'nothing'],
    ['deleted by the session', t, null, null, 'write'], ['changed by the user', t, e, u, 'merge'], ['deleted by the user', t, e, null, 'leave'], ['made by the session, changed by the user', null, e, u, 'leave'],
    ['deleted by the session, made again by the user', t, null, u, 'leave'], ['a link by now', t, e, blob('x', '120000'), 'leave'], ['once a link', blob('target', '120000'), e, u, 'leave'],
  ];
  for (const [name, target, expected, current, step] of cases) it(`${step}: ${name}`, () => assert.equal(decideRestore(target, expected, current).do, step));

  it('keeps the side of mode and content that the user changed', () => {
    assert.deepEqual(decideRestore(t, e, blob('expected', '100755')), { do: 'merge', mode: '100755', content: 'target' });
    assert.deepEqual(decideRestore(blob('same'), blob('same', '100755'), blob('user', '100755')), { do: 'merge', mode: '100644', content: 'current' });
    assert.deepEqual(decideRestore(t, e, u), { do: 'merge', mode: '100644', content: 'three-way' });
  });
});

describe('a three-way merge', () => {
  it('takes both changes where they are apart and none where they meet', () => {
    assert.equal(merged('1\n2\n3\n4\n5\nuser\n', '1\nS\n3\n4\n5\n6\n', '1\n2\n3\n4\n5\n6\n'), '1\n2\n3\n4\n5\nuser\n');
    assert.equal(merged('user\n', 'session\n', 'old\n'), undefined);
    assert.equal(merged('a\0\n', 'a\n', 'b\n'), undefined);
  });

  it('names the lines that both changed, as they are counted in the file that is there', () => {
    assert.deepEqual(conflicts('mine above\n1\nuser\n3\n4\n', '1\nsession\n3\n4\n', '1\n2\n3\n4\n'), [[{ first: 3, last: 3 }], 'mine above\n1\nsession\n3\n4\n']);
    assert.deepEqual(conflicts('1\nuser\n3\n4\n5\n6\nmine\n8\n', '1\ns\n3\n4\n5\n6\ns\n8\n', '1\n2\n3\n4\n5\n6\n7\n8\n'), [[{ first: 2, last: 2 }, { first: 7, last: 7 }], '1\ns\n3\n4\n5\n6\ns\n8\n']);
    assert.deepEqual(conflicts('1\n3\n', '1\ns\n3\n', '1\n2\n3\n')[0], [{ first: 1, last: 1 }], 'a place between two lines is named by the one before it');
  });

  it('never runs two lines together', () => {
    assert.equal(merged('a\nb', 'a\nb\n', 'a\nb\nc\n'), undefined);
    fc.assert(fc.property(fc.array(fc.constantFrom('a\n', 'b\n', 'c\n', 'd\n'), { maxLength: 8 }), fc.array(fc.constantFrom('a\n', 'b\n', 'c\n'), { maxLength: 8 }), fc.array(fc.constantFrom('a\n', 'b\n', 'x\n'), { maxLength: 8 }), fc.boolean(), fc.boolean(), (base, ours, theirs, openOurs, openTheirs) => {
      const close = (lines: readonly string[], open: boolean) => (open ? lines.join('').replace(/\n$/, '') : lines.join(''));
      const result = merged(close(ours, openOurs), base.join(''), close(theirs, openTheirs));
      const known = new Set([...base, ...ours, ...theirs].map((line) => line.trim()).concat(''));
      for (const line of result?.split('\n') ?? []) assert.ok(known.has(line), `${JSON.stringify(line)} is nobody's line`);
    }));
  });

  it('is the other side where one side did nothing', () => {
    const text = fc.array(fc.constantFrom('a\n', 'b\n', 'c\n'), { maxLength: 8 }).map((lines) => lines.join(''));
    fc.assert(fc.property(text, text, (base, other) => {
      assert.equal(merged(base, base, other), other);
      assert.equal(merged(other, base, base), other);
    }));
  });

  it('gives up on thousands of lines that all differ, instead of taking minutes', () => {
    const lines = (offset: number) => Array.from({ length: 6000 }, (_, i) => `${(i * 7 + offset) % 6000}\n`).join('');
    assert.equal(merged(lines(1), lines(2), lines(3)), undefined);
  });
});

describe('line ends in a commit', () => {
  const commit = (content: string, head: string | undefined, attributes: Parameters<typeof committedContent>[2], autocrlf = false) => committedContent(Buffer.from(content), head === undefined ? undefined : Buffer.from(head), attributes, autocrlf).toString();

  it('are those that git would commit', () => {
    assert.equal(commit('a\r\n', undefined, {}), 'a\r\n');
    assert.equal(commit('a\r\n', undefined, {}, true), 'a\n');
    assert.equal(commit('a\r\n', 'x\r\n', {}, true), 'a\r\n', 'what is committed with carriage returns stays so');
    assert.equal(commit('a\r\n', 'x\r\n', { text: 'set' }), 'a\n');
    assert.equal(commit('a\r\n', undefined, { text: 'auto' }), 'a\n');
    assert.equal(commit('a\0\r\n', undefined, { text: 'auto' }), 'a\0\r\n');
    assert.equal(commit('a\r\n', undefined, { text: 'unset' }, true), 'a\r\n');
    assert.equal(commit('a\r\n', undefined, { eol: 'crlf' }), 'a\n');
  });
});
