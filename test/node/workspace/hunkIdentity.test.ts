import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hunksOf } from '../../../src/node/workspace/diff/hunks.ts';
import { countsOf, lineChanges, settled } from '../../../src/node/workspace/diff/lineDiff.ts';

const hunks = (before: readonly string[], after: readonly string[]) => hunksOf('a.ts', before, after, settled(before, after, lineChanges(before, after) ?? assert.fail()));
const ids = (before: readonly string[], after: readonly string[]) => hunks(before, after).map(({ id }) => id);

/** Lines as programs have them: some stand everywhere, most only once. */
const common = ['}\n', '\n', '  return;\n', '{\n'];
const most = 5;
const inserted = fc.array(fc.oneof(fc.constantFrom(...common), fc.constantFrom('x\n', 'y\n', 'z\n')), { maxLength: most });
/** A stretch of the base that an edit may replace: `take` lines from `at`. */
const block = fc.record({ lines: fc.array(fc.oneof(fc.constantFrom(...common), fc.constant('own')), { minLength: 2, maxLength: 8 }), at: fc.nat(8), take: fc.nat(most), put: inserted });
type Block = typeof block extends fc.Arbitrary<infer T> ? T : never;

/** Blocks stand apart by more lines of their own than an edit changes, so that no shorter difference leads around them. */
const fence = (index: number): string[] => Array.from({ length: 2 * most + 1 }, (_, line) => `fence ${index}.${line}\n`);
const named = (lines: readonly string[], index: number): string[] => lines.map((line, at) => (line === 'own' ? `own ${index}.${at}\n` : line));

function baseOf(blocks: readonly Block[]): string[] {
  return blocks.flatMap(({ lines }, index) => [...fence(index), ...named(lines, index)]).concat(fence(blocks.length));
}

/** The base with the edits of those blocks that `on` names. */
function edited(blocks: readonly Block[], on: (index: number) => boolean): string[] {
  return blocks.flatMap(({ lines, at, take, put }, index) => {
    const own = named(lines, index);
    const from = Math.min(at, own.length);
    return [...fence(index), ...(on(index) ? [...own.slice(0, from), ...put, ...own.slice(from + take)] : own)];
  }).concat(fence(blocks.length));
}

describe('the id of a hunk', () => {
  const history = fc.record({ blocks: fc.array(block, { minLength: 2, maxLength: 6 }), kept: fc.nat(5), first: fc.infiniteStream(fc.boolean()), second: fc.infiniteStream(fc.boolean()) });

  it('stays, whatever comes and goes elsewhere in the file', () => {
    fc.assert(fc.property(history, ({ blocks, kept, first, second }) => {
      const base = baseOf(blocks);
      const untouched = kept % blocks.length;
      const choice = (stream: Iterator<boolean>) => {
        const on = blocks.map((_, index) => index === untouched || stream.next().value === true);
        return (index: number): boolean => on[index] ?? false;
      };
      const alone = ids(base, edited(blocks, (index) => index === untouched));
      for (const on of [choice(first[Symbol.iterator]()), choice(second[Symbol.iterator]()), () => true]) {
        const among = new Set(ids(base, edited(blocks, on)));
        for (const id of alone) assert.ok(among.has(id), 'a hunk that nobody touched has another name');
      }
    }), { numRuns: 500 });
  });

  it('is of one hunk alone, also where the same lines change in the same way', () => {
    fc.assert(fc.property(history, ({ blocks }) => {
      const [one] = blocks;
      const twins = one === undefined ? [] : blocks.map(() => ({ ...one, lines: one.lines.map((line) => (line === 'own' ? 'same\n' : line)) }));
      const found = ids(baseOf(twins), edited(twins, () => true));
      assert.equal(new Set(found).size, found.length);
    }));
  });

  it('tells two hunks of the same lines apart when the first of them goes', () => {
    const base = ['a\n', '}\n', 'b\n', '}\n', 'c\n'];
    const both = hunks(base, ['a\n', 'x\n', '}\n', 'b\n', 'x\n', '}\n', 'c\n']);
    assert.deepEqual(both.map(({ lines }) => lines), [['+x'], ['+x']]);
    assert.deepEqual(ids(base, ['a\n', '}\n', 'b\n', 'x\n', '}\n', 'c\n']), [both[1]?.id]);
    assert.deepEqual(ids(base, ['// mine\n', 'a\n', '}\n', 'b\n', 'x\n', '}\n', 'c\n']).slice(1), [both[1]?.id]);
  });

  it('is another one when a line of the hunk changes, or what it replaces', () => {
    const base = ['a\n', 'b\n', 'c\n', 'd\n'];
    const was = ids(base, ['a\n', 'x\n', 'c\n', 'd\n']);
    for (const now of [['a\n', 'y\n', 'c\n', 'd\n'], ['a\n', 'x\n', 'x\n', 'c\n', 'd\n'], ['a\n', 'x\n', 'd\n'], ['a\n', 'b\n', 'x\n', 'c\n', 'd\n']]) assert.notDeepEqual(ids(base, now), was);
    assert.notDeepEqual(ids(['a\n'], ['b\n']), ids(['a\n'], ['b']));
  });
});

describe('settled changes', () => {
  const text = fc.array(fc.constantFrom('a\n', 'b\n', 'c\n', 'd\n', 'e\n', 'f\n', '\n'), { maxLength: 16 });

  it('lead from the one text to the other, and are as short as those of the whole', () => {
    fc.assert(fc.property(text, text, (before, after) => {
      const whole = lineChanges(before, after) ?? assert.fail();
      const local = settled(before, after, whole);
      const result: string[] = [];
      let at = 0;
      for (const change of local) {
        assert.equal(change.newStart - result.length, change.oldStart - at);
        result.push(...before.slice(at, change.oldStart), ...after.slice(change.newStart, change.newStart + change.newLines));
        at = change.oldStart + change.oldLines;
      }
      assert.deepEqual([...result, ...before.slice(at)], after);
      assert.deepEqual(countsOf(local), countsOf(whole));
    }), { numRuns: 500 });
  });
});
