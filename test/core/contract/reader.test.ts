import assert from 'node:assert/strict';
import fc from 'fast-check';
import { defaultBudgets, defaultCommands, defaultDiff, defaultGates, defaultModel, defaultScratch, defaultSecret } from '../../../src/core/contract/defaults.ts';
import { readContract } from '../../../src/core/contract/reader.ts';
import { exampleContract, smallestContract } from './exampleContract.ts';

describe('reading a contract', function () {
  this.timeout(60_000);

  it('understands a contract that uses nearly every key', () => {
    const { contract, problems } = readContract(exampleContract);
    assert.deepEqual(problems, []);
    assert.ok(contract !== undefined);
    assert.equal(contract.task, 'Extract activation vectors from chosen transformer layers.\nGeneration outputs stay unchanged.\n');
    assert.deepEqual(contract.scope.change, [{ glob: 'src/model/**' }, { glob: 'test/activations/**' }, { glob: 'docs/activations.md' }]);
    assert.deepEqual(contract.scope.secret, [...defaultSecret, '.env*', '**/*.pem']);
    assert.deepEqual(contract.scope.scratch, ['coverage/**']);
    assert.deepEqual(contract.oracle.checks[0], {
      id: 'activations-match', run: 'node oracle/compare.mjs --dtype ${dtype} --batch ${batch} --length ${length}',
      matrix: { dtype: ['float32', 'float16'], batch: [1, 4], length: [8, 128] }, timeoutMs: 120_000, exit: 0,
      metrics: { max_abs_error: { kind: 'at-most', value: 1e-6 }, max_rel_error: { kind: 'at-most', value: 1e-5 } },
      override: [{ when: { dtype: 'float16' }, metrics: { max_abs_error: { kind: 'at-most', value: 2e-3 }, max_rel_error: { kind: 'at-most', value: 1e-2 } } }],
      by: 'minimal-hook',
    });
    assert.deepEqual(contract.oracle.checks[1], {
      id: 'generation-unchanged', run: 'npm test', matrix: {}, timeoutMs: 600_000, exit: 0, metrics: {}, override: [], tests: { atLeast: 12, skipped: 0 }, before: 'pass', by: 'minimal-hook',
    });
    assert.deepEqual(contract.oracle.checks[2]?.metrics, { p75: { kind: 'target', value: 1_405_191, reproduces: 0.05, partial: 0.1 } });
    assert.deepEqual(contract.budget, { timeMs: 25_200_000, costUsd: 20, turns: 400, repairs: 5, explore: { turns: 40, timeMs: 1_200_000 } });
    assert.deepEqual(contract.commands, { allow: ['npm test'], network: 'none', sandbox: 'preferred' });
  });

  it('fills in every default', () => {
    const { contract, problems } = readContract(smallestContract);
    assert.deepEqual(problems, []);
    assert.deepEqual(contract, {
      task: 'Do it.',
      scope: { change: [{ glob: 'src/**' }], never: [], oracle: [], secret: defaultSecret, scratch: defaultScratch },
      onStray: 'rewind', diff: defaultDiff,
      oracle: { record: [], checks: [{ id: 'tests', run: 'npm test', matrix: {}, timeoutMs: 600_000, exit: 0, metrics: {}, override: [], tests: { atLeast: 1, skipped: 0 }, by: 'minimal-hook' }], decoys: 0 },
      budget: defaultBudgets, phases: ['explore', 'baseline', 'minimal-hook', 'production-shape', 'review'], gates: defaultGates,
      commands: defaultCommands, consent: [], model: defaultModel,
    });
  });

  it('takes oracle-only in where it has work', () => {
    const withFiles = smallestContract.replace('change: [src/**]', 'change: [src/**]\n  oracle: [oracle/**]');
    const withDecoys = `${smallestContract}  decoys: 2\n`;
    for (const text of [withFiles, withDecoys]) assert.equal(readContract(text).contract?.phases[2], 'oracle-only', text);
  });

  it('reads the same with other ends of lines and a byte order mark', () => {
    const { contract } = readContract(exampleContract);
    assert.deepEqual(readContract(exampleContract.replaceAll('\n', '\r\n')), { contract, problems: [] });
    assert.deepEqual(readContract(`\uFEFF${exampleContract}`), { contract, problems: [] });
  });

  it('follows aliases', () => {
    const { contract, problems } = readContract(`${smallestContract.replace('[src/**]', '&all [src/**, docs/**]')}diff: { uncounted: *all }\n`);
    assert.deepEqual(problems, []);
    assert.deepEqual(contract?.diff.uncounted, ['src/**', 'docs/**']);
  });

  it('does not follow aliases without end', () => {
    const messages = (text: string) => readContract(text).problems.map(({ message }) => message);
    assert.ok(messages('a: &a [*a]\n').includes('an alias leads back into itself'));
    assert.ok(messages(`a: &a x\nb: [${'*a, '.repeat(300)}]\n`).includes('there are more than 200 aliases'));
  });

  it('does not go deeper than a contract does', () => {
    const nested = (depth: number) => readContract(`a: ${'{ a: '.repeat(depth)}1${' }'.repeat(depth)}`).problems[0]?.message ?? '';
    assert.match(nested(40), /nested more than 32 levels deep/);
    assert.doesNotMatch(nested(20), /nested/);
    for (const text of ['['.repeat(60_000), '- '.repeat(30_000), 'a: '.repeat(20_000)]) assert.match(readContract(text).problems[0]?.message ?? '', /nested more than/);
  });

  it('has no partial band where none is written', () => {
    const { contract } = readContract(smallestContract.replace('tests: {}', 'metrics: { m: { target: 4, bands: { reproduces: 5% } } }'));
    assert.deepEqual(contract?.oracle.checks[0]?.metrics, { m: { kind: 'target', value: 4, reproduces: 0.05, partial: 0.05 } });
  });

  it('gives a contract if and only if no problem is an error', () => {
    const warned = readContract(smallestContract.replace('src/**', '\'**\''));
    assert.deepEqual(warned.problems.map(({ severity }) => severity), ['warning']);
    assert.ok(warned.contract !== undefined);
    assert.equal(readContract(`${smallestContract}foo: 1\n`).contract, undefined);
  });

  it('reports everything at once', () => {
    const { problems } = readContract('taks: x\nscope:\n  change: [../a]\n  never:\noracle:\n  checks:\n    - id: a b\n      run: x ${y}\n      exit: 0\n      timeout: 5\nbudget: { time: 7, cost: 20 EUR }\nphases: [baseline, explore, review]\n');
    assert.deepEqual(problems.map(({ path }) => path), [
      'task', 'taks', 'scope.change[0]', 'scope.never', 'oracle.checks[0].id', 'oracle.checks[0].run', 'oracle.checks[0].timeout', 'budget.time', 'budget.cost', 'phases', 'phases[1]',
    ]);
  });

  it('never throws, and says why there is no contract', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 200 }), yamlish), (text) => {
      const { contract, problems } = readContract(text);
      assert.ok(contract !== undefined || problems.some(({ severity }) => severity === 'error'));
      checkPlaces(text, problems);
    }), { numRuns: 200 });
  });

  it('never throws on a contract that was damaged anywhere', () => {
    const damage = fc.record({ at: fc.nat(exampleContract.length), length: fc.nat(40), text: fc.oneof(fc.string({ maxLength: 8 }), fc.constantFrom('\n', '\t', '[', '{', ': ', '- ', '*a', '&a ', '"', '!!x ', '---\n', '\0', '\r')) });
    fc.assert(fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), (damages) => {
      const text = damages.reduce((done, { at, length, text: by }) => done.slice(0, at) + by + done.slice(at + length), exampleContract);
      const { contract, problems } = readContract(text);
      assert.equal(contract === undefined, problems.some(({ severity }) => severity === 'error'));
      checkPlaces(text, problems);
    }), { numRuns: 60 });
  });

  describe('is bounded for', () => {
    const huge: readonly (readonly [string, string])[] = [
      ['a large text', `${smallestContract}${'# comment\n'.repeat(10_000)}`],
      ['brackets in brackets', '['.repeat(60_000)], ['closed brackets', '['.repeat(30_000) + ']'.repeat(30_000)], ['maps in maps', 'a: '.repeat(20_000)], ['lists in lists', '- '.repeat(30_000)],
      ['deep indentation', Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
      ['aliases that multiply', `${'abcdefgh'.split('').map((name, index, all) => `${name}: &${name} [${Array.from({ length: 9 }, () => (index === 0 ? 'x' : `*${all[index - 1] ?? ''}`)).join(', ')}]`).join('\n')}\n`],
      ['an alias of itself', 'a: &a [*a, *a]\n'], ['a merge key', 'x: &x {a: 1}\n<<: *x\n'],
      ['many values', `a: [${'b, '.repeat(6000)}b]\n`], ['many keys', Array.from({ length: 6000 }, (_, index) => `k${index}: 1`).join('\n')], ['many documents', '---\n'.repeat(15_000)], ['many problems', 'a: 1\n'.repeat(2000)],
    ];
    for (const [name, text] of huge) {
      it(name, () => {
        const { contract, problems } = readContract(text);
        assert.equal(contract, undefined);
        assert.ok(problems.length > 0 && problems.length <= 300);
      });
    }
  });
});

/** Places lie in the text, in order. */
function checkPlaces(text: string, problems: ReturnType<typeof readContract>['problems']): void {
  const lines = text.split('\n');
  for (const { line, column, endLine, endColumn, message } of problems) {
    assert.ok(line >= 1 && line <= lines.length && column >= 1 && column <= (lines[line - 1]?.length ?? 0) + 1, `${message} at ${line}:${column}`);
    assert.ok(endLine > line || (endLine === line && endColumn >= column), `${message} ends at ${endLine}:${endColumn}, begins at ${line}:${column}`);
  }
}

const yamlish = fc.array(fc.constantFrom('task', 'scope', 'change', 'oracle', 'checks', 'id', 'run', ': ', ':\n  ', ':\n    - ', '\n', '\n  ', ', ', '[', ']', '{', '}', '"', '\'', '|\n', '&a ', '*a', '<<', '? ', '- ', '!!str ', '# ', '1', '1.5', 'null', 'true', '~', '%YAML 1.1\n---\n', '---\n', '...\n', '\t', '\r\n', '__proto__', 'constructor', '.nan', '0x10', '${a}'), { maxLength: 60 }).map((parts) => parts.join(''));
