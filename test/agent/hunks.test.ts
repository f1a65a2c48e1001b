import assert from 'node:assert/strict';
import fc from 'fast-check';
import { withHunks } from '../../src/agent/hunks.ts';
import type { FileDiff, Hunk } from '../../src/core/session/changes.ts';

const hunkOf = ({ path }: FileDiff): Hunk => ({ id: path, oldStart: 1, oldLines: 0, newStart: 1, newLines: 1, lines: [`+${path}`] });
const linesIn = (diffs: readonly FileDiff[]): number => diffs.reduce((sum, { added, removed }) => sum + added + removed, 0);

describe('hunks of many files', () => {
  it('are asked for some hundred files and some thousand lines at once, and each file has its own, also where the answer is of the first of them', () => fc.assert(fc.asyncProperty(
    fc.array(fc.record({ lines: fc.oneof(fc.nat(20), fc.constantFrom(0, 9000, 20_000, 50_000)), times: fc.integer({ min: 1, max: 300 }) }), { maxLength: 6 }), fc.integer({ min: 100, max: 300 }), async (stretches, answered) => {
      const diffs = stretches.flatMap(({ lines, times }, at) => Array.from({ length: times }, (_, n): FileDiff => ({ path: `${at}/${n}`, added: lines, removed: 0, binary: false })));
      const asked: (readonly FileDiff[])[] = [];
      const hunks = async (together: readonly FileDiff[]) => {
        asked.push(together);
        return together.slice(0, answered).map((diff) => [hunkOf(diff)]);
      };
      const found = [];
      for await (const [diff, [hunk]] of withHunks({ hunks }, diffs)) found.push([diff, hunk?.id]);
      assert.deepEqual(found, diffs.map((diff) => [diff, diff.path]));
      for (const [at, together] of asked.entries()) {
        assert.ok(together.length <= 250 && (together.length === 1 || linesIn(together) <= 20_000));
        const [more] = asked[at + 1] ?? [];
        assert.ok(more === undefined || together.length > answered || together.length === 250 || linesIn([...together, more]) > 20_000, 'no more often than needed');
      }
    }), { numRuns: 30 }));
});
