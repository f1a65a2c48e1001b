import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Blob, Path } from '../../../src/core/session/changes.ts';
import { type Dir, differences, emptyDir, fileAt, files } from '../../../src/node/workspace/store/tree.ts';
import { treeOf } from '../../../src/node/workspace/store/trees.ts';

type Change = readonly [Path, Blob | null];

/** Names whose order in git is not that of their text, among them some that are no UTF-8. */
const name = fc.constantFrom('a', 'a.b', 'a0', 'a-', 'b', 'ä', '\u{1f600}', '\uffff', '\udce9', '\udce9x', 'Z');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const blob = fc.record({ oid: fc.constantFrom('1', '2', '3').map((digit) => digit.repeat(40)), mode: fc.constantFrom('100644' as const, '100755' as const, '120000' as const) }, { noNullPrototype: true });
const changes = fc.array(fc.tuple(path, fc.option(blob, { nil: null })), { maxLength: 12 });

/** What the files are after changes, by the rule that what is there wins over what was in its place. */
function applied(model: ReadonlyMap<Path, Blob>, list: readonly Change[]): Map<Path, Blob> {
  const next = new Map(model);
  for (const [at, to] of new Map(list)) {
    if (to === null) next.delete(at);
    else next.set(at, to);
  }
  return next;
}

/** No tree holds a file and something below it. */
const isPossible = (model: ReadonlyMap<Path, Blob>): boolean => [...model.keys()].every((one) => ![...model.keys()].some((other) => other.startsWith(`${one}/`)));

const entries = (dir: Dir): [Path, Blob][] => [...files(dir)].map(([at, { oid, mode }]): [Path, Blob] => [at, { oid, mode }]).sort(([a], [b]) => (a < b ? -1 : 1));
const sorted = (model: ReadonlyMap<Path, Blob>): [Path, Blob][] => [...model].sort(([a], [b]) => (a < b ? -1 : 1));

describe('a tree in memory', () => {
  it('has the files that changes leave, one id for the same files, and names just what differs', () =>
    fc.assert(fc.asyncProperty(fc.array(changes, { maxLength: 5 }), async (steps) => {
      let [tree, model]: [Dir, ReadonlyMap<Path, Blob>] = [emptyDir, new Map()];
      for (const step of steps) {
        const next = applied(model, step);
        if (!isPossible(next)) continue;
        const after = await treeOf(step, tree);
        assert.deepEqual(entries(after), sorted(next));
        assert.equal((await treeOf(next)).oid, after.oid);
        for (const [at, to] of step) if (next.get(at) === to) assert.deepEqual(fileAt(after, at), to);
        const told = new Map([...differences(tree, after)].map((one) => [one.path, one] as const));
        assert.deepEqual(sorted(applied(model, [...told.values()].map(({ path: at, after: to }): Change => [at, to ?? null]))), sorted(next));
        for (const { path: at, before, after: to } of told.values()) assert.deepEqual([before, to], [model.get(at), next.get(at)]);
        [tree, model] = [after, next];
      }
    })));
});
