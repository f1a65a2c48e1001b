import assert from 'node:assert/strict';
import fc from 'fast-check';
import { blame, fileSteps } from '../../../src/core/session/blame.ts';
import type { Blob, FileDiff, Write } from '../../../src/core/session/changes.ts';
import type { Session } from '../../../src/core/session/session.ts';
import { listHunks } from '../../../src/agent/hunks.ts';
import { hunksOf } from '../../../src/node/workspace/diff/hunks.ts';
import { lineChanges } from '../../../src/node/workspace/diff/lineDiff.ts';

const hunks = (before: readonly string[], after: readonly string[]) => hunksOf('a.ts', before, after, lineChanges(before, after) ?? assert.fail());

describe('who made a hunk', () => {
  /** One step replaces `take` lines from `at` by `put` lines of its own, or brings an earlier version back, as a rewind does. */
  const edits = fc.array(fc.record({ at: fc.nat(20), take: fc.nat(4), put: fc.nat(4), back: fc.option(fc.nat(7), { freq: 3 }) }), { minLength: 1, maxLength: 8 });

  it('is told by the lines that it adds and those that it removes, by whoever did so last', () => {
    fc.assert(fc.property(edits, (steps) => {
      const base = Array.from({ length: 12 }, (_, index) => `base ${index}\n`);
      const [wrote, took] = [new Map<string, number>(), new Map<string, number>()];
      const versions = [base];
      for (const [step, { at, take, put, back }] of steps.entries()) {
        const lines = versions.at(-1) ?? base;
        const from = Math.min(at, lines.length);
        const own = [...lines.slice(0, from), ...Array.from({ length: put }, (_, index) => `step ${step} ${index}\n`), ...lines.slice(from + take)];
        const next = back === null ? own : versions[back % versions.length] ?? base;
        for (const line of lines) if (!next.includes(line)) took.set(line, step);
        for (const line of next) if (!lines.includes(line)) wrote.set(line, step);
        versions.push(next);
      }
      const whole = hunks(base, versions.at(-1) ?? base);
      const made = blame(versions.slice(1).map((after, index) => hunks(versions[index] ?? base, after)), whole);
      const wanted = whole.map(({ lines }) => [...new Set(lines.map((line) => (line.startsWith('-') ? took : wrote).get(`${line.slice(1)}\n`)))].toSorted((a = 0, b = 0) => a - b));
      assert.deepEqual(made, wanted);
    }));
  });

  it('is each of them where no step tells it', () => {
    assert.deepEqual(blame([[], []], [{ oldStart: 1, oldLines: 1, newStart: 1, newLines: 1 }]), [[0, 1]]);
  });

  it('is told without the versions that the store has given up, and then the user has a part in what nothing tells', async () => {
    const texts: Readonly<Record<string, readonly string[]>> = { 1: ['a\n', 'b\n', 'c\n', 'd\n'], 2: ['A\n', 'b\n', 'c\n', 'd\n'], 3: ['A!\n', 'b\n', 'c\n', 'd\n'], 4: ['A!\n', 'b\n', 'c\n', 'D\n'] };
    const blob = (oid: string): Blob => ({ oid, mode: '100644' });
    const write = (before: string, after: string): Write => ({ path: 'a.ts', before: blob(before), after: blob(after), added: 0, removed: 0, binary: false, by: 'tool', call: after, phase: 'minimal-hook', attempt: 1, turn: 1 });
    const session = { base: { tree: 't1' }, tree: 't4', line: { writes: [write('1', '2'), write('2', '3')], flags: [] } } as unknown as Session;
    const told = async (...gone: readonly string[]) => {
      const side = (oid: string) => (gone.includes(oid) ? assert.fail(`${oid} is gone`) : texts[oid] ?? []);
      const workspace = { diff: async () => [{ path: 'a.ts', before: blob('1'), after: blob('4'), added: 2, removed: 2, binary: false }], hunks: async (diffs: readonly FileDiff[]) => diffs.map((diff) => hunks(side(diff.before?.oid ?? ''), side(diff.after?.oid ?? ''))) };
      return (await listHunks(workspace, session)).map((hunk) => [hunk.lines?.lines.at(-1), hunk.writes.length, hunk.users]);
    };
    assert.deepEqual(await told(), [['+A!', 2, false], ['+D', 0, true]]);
    assert.deepEqual(await told('2'), [['+A!', 1, false], ['+D', 0, true]]);
    assert.deepEqual(await told('2', '3'), [['+A!', 2, true], ['+D', 2, true]]);
  });

  it('is the user where the writes of the session leave a gap', () => {
    const blob = (oid: string): Blob => ({ oid, mode: '100644' });
    const write = (before: string, after: string): Write => ({ path: 'a.ts', before: blob(before), after: blob(after), added: 0, removed: 0, binary: false, by: 'tool', call: after, phase: 'minimal-hook', attempt: 1, turn: 1 });
    const steps = fileSteps(blob('1'), [write('1', '2'), write('3', '4'), write('4', '4')], blob('5'));
    assert.deepEqual(steps.map((step) => [step.before?.oid, step.after?.oid, step.write?.call]), [['1', '2', '2'], ['2', '3', undefined], ['3', '4', '4'], ['4', '5', undefined]]);
  });
});
