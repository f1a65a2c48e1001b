import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isLarge, Joined, type Step, stepsOf } from '../../../src/node/thread/pieces.ts';

type Value = Parameters<typeof stepsOf>[0];

/** As it arrives in another thread. */
function crossed(value: Value, most: number): { readonly value: unknown; readonly steps: readonly Step[] } {
  const [joined, steps] = [new Joined(), structuredClone(Array.from(stepsOf(value, most)))];
  for (const step of steps) joined.take(structuredClone(step));
  return { value: joined.handOut(), steps };
}

const leaf = fc.oneof(fc.string(), fc.integer(), fc.constantFrom(undefined, null, true, '__proto__'));
const { container } = fc.letrec<{ item: unknown; container: Value }>((tie) => ({
  item: fc.oneof({ maxDepth: 4 }, leaf, tie('container')),
  container: fc.oneof(
    fc.array(tie('item')), fc.array(tie('item')).map((items) => new Set(items)), fc.array(fc.tuple(fc.string(), tie('item'))).map((items) => new Map(items)),
    fc.dictionary(fc.oneof(fc.string(), fc.constant('__proto__')), tie('item')),
  ),
}));

describe('pieces of a value', () => {
  it('give the same value again, with its kinds and its order, however small they are', () => {
    fc.assert(fc.property(container, fc.integer({ min: 1, max: 12 }), (value, most) => {
      const { value: there } = crossed(value, most);
      assert.deepEqual(there, structuredClone(value));
      assert.equal(JSON.stringify(inOrder(there)), JSON.stringify(inOrder(value)));
    }));
  });

  it('hold so many values each and no more, but for a single one that cannot be cut', () => {
    const paths = Array.from({ length: 20_000 }, (_, index) => `src/${index}.ts`);
    const { steps } = crossed({ before: 'tree', landed: new Set(paths), withheld: paths.slice(0, 10) }, 500);
    const sizes = steps.flatMap((step) => ('add' in step && step.add instanceof Set ? [step.add.size] : []));
    // A path and its place: two values.
    assert.deepEqual([Math.max(...sizes), sizes.length], [250, 80]);
    assert.equal(isLarge(paths), true);
    assert.equal(isLarge(paths.slice(0, 100)), false);
    assert.equal(isLarge('x'.repeat(1e7)), false);
  });

  it('say once what is there twice', () => {
    const writes = Array.from({ length: 50 }, (_, index) => `${index}`);
    // Each boundary has those before it: told anew each time, they would double with every one.
    const boundaries: unknown[] = [];
    for (let index = 0; index < 30; index += 1) boundaries.push({ writes, boundaries: boundaries.slice() });
    const { value, steps } = crossed(boundaries, 20);
    const [first, last] = [(value as typeof boundaries)[0], (value as typeof boundaries).at(-1)] as { readonly writes: unknown; readonly boundaries: readonly unknown[] }[];
    assert.ok(last?.boundaries[28] === (value as typeof boundaries)[28] && last?.writes === first?.writes);
    assert.deepEqual(first?.writes, writes);
    assert.ok(steps.length < 2000, `${steps.length} pieces`);
  });

  it('of one value that ended in the midst are no part of the next', () => {
    const joined = new Joined();
    const [first] = stepsOf(['a', 'b', 'c'], 1);
    for (const step of [...(first === undefined ? [] : [first]), ...stepsOf(['d'], 1)]) joined.take(step);
    assert.deepEqual(joined.handOut(), ['d']);
  });
});

function inOrder(value: unknown): unknown {
  if (value instanceof Map || value instanceof Set) return Array.from(value as Iterable<unknown>, inOrder);
  if (Array.isArray(value)) return value.map(inOrder);
  return typeof value === 'object' && value !== null ? Object.entries(value).map(inOrder) : value ?? 'nothing';
}
