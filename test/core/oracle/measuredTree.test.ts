import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Scope } from '../../../src/core/contract/contract.ts';
import { compileGlobs } from '../../../src/core/guard/globs.ts';
import { measuring, type MeasuredTree } from '../../../src/core/oracle/measuredTree.ts';
import type { Blob, Path } from '../../../src/core/session/changes.ts';
import type { FrozenFile } from '../../../src/core/session/session.ts';

/** Few names, so that paths are also folders of each other, and all that is private or climbs. */
const name = fc.constantFrom('a', 'b', 'c', '.env', 'oracle', 'tmp');
const odd = fc.constantFrom('..', '.', '', '.git', '.GIT', '.bounded', '.Bounded');
const path = fc.tuple(fc.constantFrom('', '', '', '../api/', '../web/', '/'), fc.array(fc.oneof({ weight: 12, arbitrary: name }, { weight: 1, arbitrary: odd }), { minLength: 1, maxLength: 4 }))
  .map(([before, names]) => before + names.join('/'));
const blob: fc.Arbitrary<Blob> = fc.record({ oid: fc.constantFrom('1', '2'), mode: fc.constantFrom('100644', '100755', '120000') });
const tree = fc.array(fc.tuple(path, blob), { maxLength: 25 }).map((entries): ReadonlyMap<Path, Blob> => new Map(entries));
const frozenFiles = fc.option(fc.array(fc.record({ path, blob }).map(({ path: at, blob: { oid, mode } }): FrozenFile => ({ path: at, oid, mode })), { maxLength: 8 }), { nil: undefined });
const globs = fc.array(fc.oneof(path, name, fc.constantFrom('oracle/**', '**/a', 'b/*', '.env*', '../api/**', 'tmp/', '{a,b}/c')), { maxLength: 3 });
const scope = fc.record({ oracle: globs, secret: globs, scratch: globs }).map((some): Scope => ({ change: [], never: [], ...some }));
const roots = fc.constantFrom<readonly string[]>([], ['../api'], ['../api', '../web']);

interface Run {
  readonly measured: MeasuredTree;
  readonly stops: number;
}

/** Goes through it without a rest. */
function run(...given: Parameters<typeof measuring>): Run {
  const work = measuring(...given);
  for (let stops = 0; ; stops += 1) {
    const step = work.next();
    if (step.done === true) return { measured: step.value, stops };
  }
}

function foldersOf(of: Path): Path[] {
  const names = of.split('/');
  return names.slice(1).map((_, at) => names.slice(0, at + 1).join('/'));
}

/** What a run measures, said at once and for one path after the other, with nothing kept between two of them. */
function model(entries: ReadonlyMap<Path, Blob>, { oracle, secret, scratch }: Scope, frozen: readonly FrozenFile[] | undefined, others: readonly string[]) {
  const is = (some: readonly string[], of: Path): boolean => compileGlobs(some)(of) !== undefined;
  const isSafe = (of: Path): boolean => {
    const root = others.find((one) => of === one || of.startsWith(`${one}/`));
    const names = (root === undefined ? of : of.slice(root.length + 1)).split('/');
    return !names.some((one) => ['', '.', '..', '.git'].includes(one.toLowerCase())) && names[0]?.toLowerCase() !== '.bounded';
  };
  const kept = [...entries].filter(([of]) => isSafe(of) && !is(scratch, of) && (!is(secret, of) || is(oracle, of)));
  if (frozen === undefined) return { files: kept, tampered: [], unfrozen: [] };
  const fixed = [...new Map(frozen.filter(({ path: of }) => isSafe(of)).map(({ path: of, oid, mode }) => [of, { oid, mode }]))];
  const isInTheWay = (of: Path) => fixed.some(([one]) => one === of || foldersOf(one).includes(of) || foldersOf(of).includes(one));
  return {
    files: [...kept.filter(([of]) => !is(oracle, of) && !isInTheWay(of)), ...fixed],
    tampered: fixed.filter(([of, { oid, mode }]) => entries.get(of)?.oid !== oid || entries.get(of)?.mode !== mode).map(([of]) => of),
    unfrozen: kept.map(([of]) => of).filter((of) => is(oracle, of) && !fixed.some(([one]) => one === of)),
  };
}

describe('the tree that a run measures', () => {
  it('is the candidate without what is private, under the oracle as it was frozen', function () {
    this.timeout(20_000);
    fc.assert(fc.property(tree, scope, frozenFiles, roots, (entries, of, frozen, others) => {
      const { files, tampered, unfrozen } = run(entries, of, frozen, others).measured;
      assert.deepEqual({ files: [...files], tampered, unfrozen }, model(entries, of, frozen, others));
    }), { numRuns: 400 });
  });

  it('lets others have their turn at every path', () => {
    const entries = new Map(['a', 'b', 'c'].map((at): [Path, Blob] => [at, { oid: '1', mode: '100644' }]));
    assert.ok(run(entries, { change: [], never: [], oracle: [], secret: [], scratch: [] }).stops >= entries.size);
  });
});
