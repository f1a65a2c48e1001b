import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Wish } from '../../../src/core/contract/draft.ts';
import { draftContract, templates } from '../../../src/core/contract/draft.ts';
import { readContract } from '../../../src/core/contract/reader.ts';
import { compileGlobs } from '../../../src/core/guard/globs.ts';

const wish: Wish = { task: 'Add a cache.\nNothing else.', template: 'feature', folders: ['src/cache', 'docs'], command: 'npm test' };

describe('a drafted contract', function () {
  this.timeout(60_000);

  for (const template of templates) {
    for (const more of [{}, { countsTests: true }, { unchanged: 'npm run old' }, { oracle: ['spec'] }, { folders: ['oracle'], files: ['package.json'] }]) {
      it(`reads without problems: ${template} with ${JSON.stringify(more)}`, () => {
        const { contract, problems } = readContract(draftContract({ ...wish, template, ...more }));
        assert.deepEqual(problems, []);
        assert.equal(contract?.task, 'Add a cache.\nNothing else.\n');
        assert.equal(contract.oracle.checks[0]?.run, 'npm test');
      });
    }
  }

  it('opens the chosen folders and no more', () => {
    const { contract } = readContract(draftContract({ ...wish, folders: ['src/app/(auth)/[id]', './lib/', 'a b'], files: ['README.md'] }));
    const change = compileGlobs(contract?.scope.change.map(({ glob }) => glob) ?? []);
    for (const inside of ['src/app/(auth)/[id]/page.tsx', 'lib/x/y.ts', 'a b/c', 'README.md']) assert.notEqual(change(inside), undefined, inside);
    for (const outside of ['src/app/auth/i/page.tsx', 'src/x', 'docs/README.md', 'library/x', 'package.json']) assert.equal(change(outside), undefined, outside);
  });

  it('opens the whole workspace only if that is chosen', () => {
    assert.equal(compileGlobs(readContract(draftContract(wish)).contract?.scope.change.map(({ glob }) => glob) ?? [])('other/x'), undefined);
    const { contract, problems } = readContract(draftContract({ ...wish, folders: ['.'] }));
    assert.deepEqual(contract?.scope.change, [{ glob: '**' }]);
    assert.deepEqual(problems.map(({ severity }) => severity), ['warning']);
  });

  it('of a fix has one gate, and wants a command that fails now', () => {
    const { contract } = readContract(draftContract({ ...wish, template: 'fix' }));
    assert.deepEqual(contract?.phases, ['explore', 'baseline', 'minimal-hook', 'review']);
    assert.deepEqual(contract.phases.filter((phase) => contract.gates[phase] === 'person'), ['review']);
    assert.equal(contract.oracle.checks[0]?.before, 'fail');
  });

  it('has comments for each part', () => {
    for (const template of templates) assert.ok((draftContract({ ...wish, template }).match(/# /g) ?? []).length >= 8, template);
  });

  const refused: readonly (readonly [string, Partial<Wish>, RegExp])[] = [
    ['no folder', { folders: [] }, /at least one folder/], ['no task', { task: ' \n' }, /task/], ['no command', { command: '' }, /run/],
    ['a folder outside', { folders: ['../x'] }, /scope\.change/], ['an absolute folder', { folders: ['/etc/x'] }, /scope\.change/], ['git\'s folder', { folders: ['.git'] }, /\.git/],
  ];
  for (const [name, change, message] of refused) {
    it(`is refused for ${name}, in a sentence`, () => assert.throws(() => draftContract({ ...wish, ...change }), (thrown) => thrown instanceof RangeError && message.test(thrown.message)));
  }

  it('keeps a command that ends in a space of another kind', () => {
    assert.equal(readContract(draftContract({ ...wish, command: 'node a\u00a0' })).contract?.oracle.checks[0]?.run, 'node a\u00a0');
  });

  it('is valid or refused for any words', () => {
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.constantFrom('a', ' ', '\n', '#', ':', '- ', '"', '\'', '{', '}', '[', ',', '&', '*', '!', '|', '>', '%', '@', '`', '\t', '\\', '${x}', '~') }));
    fc.assert(fc.property(text, fc.constantFrom(...templates), fc.array(text, { minLength: 1, maxLength: 3 }), text, fc.boolean(), (task, template, folders, command, countsTests) => {
      const draft = drafted({ task, template, folders, command, countsTests });
      if (draft === undefined) return;
      const { contract, problems } = readContract(draft);
      assert.ok(contract !== undefined && problems.every(({ severity }) => severity !== 'error'));
      assert.equal(contract.oracle.checks[0]?.run, command);
      assert.equal(contract.scope.change.length, new Set(contract.scope.change.map(({ glob }) => glob)).size);
    }), { numRuns: 60 });
  });
});

function drafted(any: Wish): string | undefined {
  try {
    return draftContract(any);
  } catch (thrown) {
    assert.ok(thrown instanceof RangeError, String(thrown));
    return undefined;
  }
}
