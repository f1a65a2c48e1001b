import assert from 'node:assert/strict';
import fc from 'fast-check';
import { overBudget, sizeOf, useOf } from '../../../src/core/guard/budget.ts';
import type { DiffUses, FileDiff } from '../../../src/core/session/changes.ts';

const budget = { files: 3, lines: 20, uncounted: ['package-lock.json', '*.snap', 'gen/**'] };
const none = { files: 0, lines: 0 };
const blob = { oid: 'o', mode: '100644' } as const;
const changed = (path: string, added: number, removed: number, more: Partial<FileDiff> = {}): FileDiff => ({ path, before: blob, after: blob, added, removed, binary: false, ...more });
const all = (diffs: readonly FileDiff[]) => new Set(diffs.map(({ path }) => path));

describe('a diff budget of 3 files and 20 lines', () => {
  const cases: readonly (readonly [why: string, uses: DiffUses, over: string | undefined])[] = [
    ['holds with nothing changed', { phase: none, base: none }, undefined],
    ['holds exactly at both limits', { phase: { files: 3, lines: 20 }, base: { files: 3, lines: 20 } }, undefined],
    ['is over by one line against the phase', { phase: { files: 1, lines: 21 }, base: none }, '21 lines changed, at most 20'],
    ['is over by one line against the base alone', { phase: none, base: { files: 1, lines: 21 } }, '21 lines changed, at most 20'],
    ['is over by one file against the phase', { phase: { files: 4, lines: 4 }, base: none }, '4 files changed, at most 3'],
    ['is over by one file against the base alone', { phase: none, base: { files: 4, lines: 4 } }, '4 files changed, at most 3'],
    ['does not add phase and base up', { phase: { files: 2, lines: 15 }, base: { files: 2, lines: 15 } }, undefined],
    ['names the files first', { phase: { files: 9, lines: 99 }, base: none }, '9 files changed, at most 3'],
  ];
  for (const [why, uses, over] of cases) it(why, () => assert.equal(overBudget(budget, uses), over));

  it('is over if and only if one of the four figures is', () => {
    const use = fc.record({ files: fc.nat(6), lines: fc.nat(40) });
    fc.assert(fc.property(use, use, (phase, base) => {
      const over = [phase, base].some((one) => one.files > 3 || one.lines > 20);
      assert.equal(overBudget(budget, { phase, base }) !== undefined, over);
    }));
  });
});

describe('what counts against the diff budget', () => {
  const creation: FileDiff = { path: 'a', after: blob, added: 5, removed: 0, binary: false };
  const deletion: FileDiff = { path: 'b', before: blob, added: 0, removed: 7, binary: false };
  const cases: readonly (readonly [why: string, diffs: readonly FileDiff[], files: number, lines: number])[] = [
    ['added and removed lines together', [changed('a', 2, 3)], 1, 5],
    ['every line of a created file', [creation], 1, 5],
    ['every line of a deleted file', [deletion], 1, 7],
    ['a rename as deletion and creation', [creation, deletion], 2, 12],
    ['a binary file as a file without lines', [changed('a.png', 0, 0, { binary: true })], 1, 0],
    ['a change of the mode alone as a file', [changed('a.sh', 0, 0)], 1, 0],
    ['no uncounted file', [changed('package-lock.json', 900, 900), changed('sub/package-lock.json', 9, 9), changed('x/y.snap', 9, 9), changed('gen/deep/x', 9, 9)], 0, 0],
    ['a file whose name only looks like an uncounted one', [changed('package-lock.json.js', 1, 0), changed('xgen/x', 1, 0), changed('x/gen/y', 1, 0)], 3, 3],
  ];
  for (const [why, diffs, files, lines] of cases) it(why, () => assert.deepEqual(useOf(budget, diffs, all(diffs)), { files, lines }));

  it('is the session\'s own: what the user changed besides does not count', () => {
    assert.deepEqual(sizeOf(budget, [changed('mine', 4, 2), changed('theirs', 50, 50)], new Set(['mine', 'not in the diff'])), { files: 1, added: 4, removed: 2 });
  });
});
