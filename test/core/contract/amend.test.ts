import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { applyAmendment } from '../../../src/core/contract/amend.ts';
import { readContract } from '../../../src/core/contract/reader.ts';
import { exampleContract, smallestContract } from './exampleContract.ts';

function amended(text: string, fragment: string): Exclude<ReturnType<typeof applyAmendment>, { problems: unknown }> {
  const result = applyAmendment(text, fragment);
  assert.ok(!('problems' in result), JSON.stringify(result));
  return result;
}

/** The lines that differ, old ones with `-` and new ones with `+`. */
function changedLines(before: string, after: string): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  return [...old.filter((line) => !now.includes(line)).map((line) => `-${line}`), ...now.filter((line) => !old.includes(line)).map((line) => `+${line}`)];
}

describe('an amendment', function () {
  this.timeout(60_000);

  it('adds a glob to a list in brackets and keeps the comment beside it', () => {
    const { text, contract, changes } = amended(exampleContract, 'scope: { change: [src/tracing/**] }');
    assert.deepEqual(changedLines(exampleContract, text), [
      '-  change: [src/model/**, test/activations/**, docs/activations.md]   # may be created, edited, deleted',
      '+  change: [src/model/**, test/activations/**, docs/activations.md, src/tracing/**]   # may be created, edited, deleted',
    ]);
    assert.deepEqual(contract.scope.change.at(-1), { glob: 'src/tracing/**' });
    assert.deepEqual(changes, [{ path: 'scope.change', how: 'appended' }]);
  });

  it('replaces single values and leaves the rest of the line', () => {
    const { text, changes } = amended(exampleContract, 'diff:\n  lines: 600\nbudget:\n  cost: 30 USD\n');
    assert.deepEqual(changedLines(exampleContract, text), [
      '-  lines: 400                # added + removed',
      '-budget: { time: 7h, cost: 20 USD, turns: 400, repairs: 5, explore: { turns: 40, time: 20m } }   # time = active time',
      '+  lines: 600                # added + removed',
      '+budget: { time: 7h, cost: 30 USD, turns: 400, repairs: 5, explore: { turns: 40, time: 20m } }   # time = active time',
    ]);
    assert.deepEqual(changes, [{ path: 'diff.lines', how: 'replaced' }, { path: 'budget.cost', how: 'replaced' }]);
  });

  it('adds a check in the layout of the fragment, with its comments', () => {
    const { text, contract } = amended(exampleContract, 'oracle:\n checks:\n  - id: lint\n    run: npm run lint   # quick\n    exit: 0\n    by: production-shape\n');
    assert.deepEqual(changedLines(exampleContract, text), [
      '+    - id: lint', '+      run: npm run lint   # quick', '+      exit: 0', '+      by: production-shape',
    ]);
    assert.deepEqual(contract.oracle.checks.map(({ id }) => id), ['activations-match', 'generation-unchanged', 'forecast', 'lint']);
  });

  it('changes a check that has the id, and adds a cell to its matrix', () => {
    const { text, contract, changes } = amended(exampleContract, 'oracle: { checks: [{ id: activations-match, matrix: { batch: [16] }, metrics: { max_abs_error: { at-most: 1e-5 } } }] }');
    assert.deepEqual(contract.oracle.checks[0]?.matrix['batch'], [1, 4, 16]);
    assert.ok(text.includes('max_abs_error: { at-most: 1e-5 }\n'));
    assert.deepEqual(changes, [{ path: 'oracle.checks[0].matrix.batch', how: 'appended' }, { path: 'oracle.checks[0].metrics.max_abs_error', how: 'replaced' }]);
  });

  it('replaces a condition as a whole, so that no metric gets two', () => {
    const { contract } = amended(exampleContract, 'oracle: { checks: [{ id: forecast, metrics: { p75: { at-least: 3 } } }] }');
    assert.deepEqual(contract.oracle.checks[2]?.metrics['p75'], { kind: 'at-least', value: 3 });
  });

  it('adds maps that were not there', () => {
    const { text, contract } = amended(smallestContract, 'diff: { files: 3 }\nbudget:\n    # less\n    turns: 10\n    explore: { turns: 4 }\n');
    assert.equal(text, `${smallestContract}diff: { files: 3 }\nbudget:\n  turns: 10\n  explore: { turns: 4 }\n`);
    assert.equal(contract.budget.explore.turns, 4);
  });

  it('replaces the task by a text of several lines', () => {
    const { text, contract } = amended(smallestContract, 'task: |\n    First.\n      Indented.\n\n    Last.\n');
    assert.equal(contract.task, 'First.\n  Indented.\n\nLast.\n');
    assert.ok(text.startsWith('task: |\n  First.\n    Indented.\n\n  Last.\nscope:'), text);
  });

  it('gives an area its expected shape without listing its glob twice', () => {
    const { contract } = amended(exampleContract, 'scope: { change: [{ glob: src/model/**, why: plumbing, lines: 90 }] }');
    assert.deepEqual(contract.scope.change[0], { glob: 'src/model/**', why: 'plumbing', lines: 90 });
    assert.equal(contract.scope.change.length, 3);
  });

  it('keeps a byte order mark and the ends of lines', () => {
    const windows = `\uFEFF${smallestContract.replaceAll('\n', '\r\n')}`;
    const { text } = amended(windows, 'diff:\n  files: 3\noracle:\n  checks:\n    - id: b\n      run: x\n      exit: 0\n');
    assert.ok(text.startsWith('\uFEFFtask'));
    assert.equal(text.replaceAll('\r\n', '').includes('\n'), false);
  });

  it('writes to a text without a last end of line', () => {
    assert.equal(amended(smallestContract.trimEnd(), 'diff: { files: 3 }').text, `${smallestContract}diff: { files: 3 }`);
  });

  const refusals: readonly (readonly [string, string, RegExp])[] = [
    ['what is not YAML', 'scope: [', /not readable/],
    ['what is no map', '- a', /a map of keys/],
    ['what changes nothing', 'diff: { files: 8 }', /changes nothing/],
    ['an unknown key', 'scop: {}', /did you mean/],
    ['a key that is kept for later', 'diff: { bytes: 4 }', /later version/],
    ['a value that no contract may have', 'scope: { change: ["../x"] }', /\.\./],
    ['an empty text', '', /changes nothing/],
  ];
  for (const [name, fragment, message] of refusals) {
    it(`refuses ${name}`, () => {
      const result = applyAmendment(exampleContract, fragment);
      assert.ok('problems' in result);
      assert.match(result.problems.map((problem) => problem.message).join('\n'), message);
    });
  }

  it('is not guessed into a value that is shared by an alias', () => {
    const shared = `${smallestContract.replace('change: [src/**]', 'change: &a [src/**]')}diff: { uncounted: *a }\n`;
    const result = applyAmendment(shared, 'diff: { uncounted: [b] }');
    assert.ok('problems' in result);
    assert.match(result.problems[0]?.message ?? '', /by hand/);
  });

  it('says nothing but what the contract says already when its own text comes back', () => {
    assert.ok('problems' in applyAmendment(exampleContract, exampleContract));
  });

  it('fits every layout: whatever is named comes in, whatever is not named stays, comments too', () => {
    fc.assert(fc.property(fc.constantFrom(exampleContract, smallestContract), layout, fragment, layout, (contract, baseLayout, change, changeLayout) => {
      const base = commented(laidOut(parse(contract) as object, baseLayout));
      const result = applyAmendment(base, laidOut(change, changeLayout));
      if ('problems' in result) return assert.deepEqual(result.problems.map(({ message }) => message), ['this changes nothing: the contract says so already']);
      assert.deepEqual(readContract(result.text).contract, result.contract);
      for (const comment of base.match(/#c\d+/g) ?? []) assert.ok(result.text.includes(comment), `${comment} is gone`);
      for (const glob of change.scope?.change ?? []) assert.ok(result.contract.scope.change.some((area) => area.glob === (typeof glob === 'string' ? glob : glob.glob)));
      if (change.diff?.lines !== undefined) assert.equal(result.contract.diff.lines, change.diff.lines);
      if (change.diff === undefined) assert.deepEqual(result.contract.diff, readContract(contract).contract?.diff);
    }), { numRuns: 50 });
  });
});

type Layout = 'flow' | 'block' | 'mixed';
const layout = fc.constantFrom<Layout>('flow', 'block', 'mixed');

const oneLine = { lineWidth: 0, blockQuote: false, doubleQuotedMinMultiLineLength: 1e9 } as const;

function laidOut(value: object, how: Layout): string {
  if (how === 'mixed') return Object.entries(value).map(([key, inner]) => `${key}: ${stringify(inner, { collectionStyle: 'flow', ...oneLine })}`).join('');
  return stringify(value, { collectionStyle: how, ...(how === 'flow' ? oneLine : { lineWidth: 0 }) });
}

/** Puts a comment at the end of each line on which one can stand, but inside of values that a fragment replaces. */
function commented(text: string): string {
  return text.split('\n').map((line, index) => (/^\s*[\w-]+:( |$)/.test(line) && !/\||target|bands|reproduces|partial/.test(line) ? `${line} #c${index}` : line)).join('\n');
}

const words = fc.constantFrom('a, b', 'plain', 'it\'s', 'a: b', '- x', '#no', 'say "x"', '[x]', 'ends:', '{y', 'a\nb\n', 'x\n  y', '*', '&a', 'yes', '12', 'é');
const globs = fc.uniqueArray(fc.constantFrom('a/**', 'b/*.ts', '*.md', '**/c', 'd e/**', '{a,b}/**', '/x'), { minLength: 1, maxLength: 3 });
const check = fc.record({ id: fc.constantFrom('forecast', 'new', 'other', 'tests'), run: words, exit: fc.nat(9), metrics: fc.dictionary(fc.constantFrom('p75', 'q w', 'r'), fc.constantFrom({ 'at-most': 1e-7 }, { equals: 3 }), { minKeys: 1 }) });
const fragment = fc.record({
  task: words,
  scope: fc.record({ change: fc.array(fc.oneof(globs.map(([glob = 'z']) => glob), fc.record({ glob: fc.constantFrom('src/model/**', 'q/**'), lines: fc.nat(90) })), { minLength: 1, maxLength: 2 }), secret: globs }, { requiredKeys: [] }),
  diff: fc.record({ lines: fc.integer({ min: 1, max: 900 }), uncounted: globs }, { requiredKeys: [] }),
  oracle: fc.record({ setup: words, checks: fc.uniqueArray(check, { minLength: 1, maxLength: 2, selector: ({ id }) => id }) }, { requiredKeys: [] }),
  consent: fc.array(words.filter((word) => !word.includes('\n')), { maxLength: 2 }),
  gates: fc.constant({ explore: 'auto' }),
}, { requiredKeys: [] });
