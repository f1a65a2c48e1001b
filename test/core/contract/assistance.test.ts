import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { completionsAt } from '../../../src/core/contract/complete.ts';
import { applyEdits } from '../../../src/core/contract/edits.ts';
import { describeKey, hoverAt } from '../../../src/core/contract/hover.ts';
import { allKeys, keyInfo } from '../../../src/core/contract/keyTable.ts';
import { readContract } from '../../../src/core/contract/reader.ts';
import { exampleContract, smallestContract } from './exampleContract.ts';

const stepsOf = (key: string): (string | number)[] => key.split(/\.|(?=\[\])/).map((step) => (step === '[]' ? 0 : step));

describe('the documentation of a contract', () => {
  it('has every key, with a sentence and what is expected', () => {
    assert.ok(allKeys().length > 60);
    for (const key of allKeys()) {
      const info = keyInfo(stepsOf(key));
      assert.match(info?.doc ?? '', /^[A-Z`].*\.$/, key);
      assert.ok((info?.expected ?? '').length > 3, key);
    }
  });

  it('states the defaults that are in force', () => {
    const minimal = { task: 'x', scope: { change: ['a'] }, oracle: { checks: [{ id: 'a', run: 'b', tests: {} }] } };
    const stated = allKeys().filter((key) => keyInfo(stepsOf(key))?.whenAbsent !== undefined && !key.includes('*'));
    assert.ok(stated.length > 25);
    for (const key of stated) {
      const explicit = structuredClone(minimal) as Record<string, unknown>;
      setIn(explicit, stepsOf(key), parse(keyInfo(stepsOf(key))?.whenAbsent ?? ''));
      assert.deepEqual(readContract(stringify(explicit)).contract, readContract(stringify(minimal)).contract, key);
    }
  });
});

function setIn(map: Record<string, unknown>, [step = '', ...rest]: readonly (string | number)[], value: unknown): void {
  if (rest.length === 0) map[step] = value;
  else setIn((map[step] ??= {}) as Record<string, unknown>, rest, value);
}

describe('hover', function () {
  this.timeout(60_000);

  const at = (marked: string) => hoverAt(marked.replace('‸', ''), marked.indexOf('‸'));

  it('explains the key under the cursor, and the value', () => {
    assert.equal(at('budget: { ti‸me: 7h }')?.path, 'budget.time');
    assert.equal(at('budget: { time: 7‸h }')?.path, 'budget.time');
    assert.deepEqual(at('bud‸get: { time: 7h }')?.span, { start: 0, end: 6 });
    assert.match(at('budget: { ti‸me: 7h }')?.text ?? '', /^\*\*budget\.time\*\*\n\nLongest active time.*\n\nExpected: a duration.*\n\nDefault: `7h`$/s);
    assert.match(at('ta‸sk: x')?.text ?? '', /Required\.$/);
  });

  it('explains names that the user chose by the key that they belong to', () => {
    assert.match(at('oracle: { checks: [{ metrics: { my_er‸ror: { at-most: 1 } } }] }')?.text ?? '', /Numbers of the report/);
    assert.match(at('scope: { change: [src/‸**] }')?.text ?? '', /may create, edit and delete/);
    assert.match(at('task: x\nroots: [../a‸pi]')?.text ?? '', /Further folders[^]*Expected: a folder beside the workspace folder/);
  });

  it('says nothing about what is no key, and nothing in a broken text', () => {
    for (const marked of ['fo‸o: 1', '# com‸ment\ntask: x', 'task: [‸', '‸']) assert.equal(at(marked), undefined, marked);
    assert.equal(describeKey(['nothing']), undefined);
  });

  it('and completion never throw', () => {
    fc.assert(fc.property(fc.nat(exampleContract.length), fc.nat(20), fc.string({ maxLength: 5 }), (start, length, text) => {
      const broken = exampleContract.slice(0, start) + text + exampleContract.slice(start + length);
      hoverAt(broken, start);
      completionsAt(broken, start);
    }), { numRuns: 30 });
  });
});

describe('completion', () => {
  const at = (marked: string) => completionsAt(marked.replace('‸', ''), marked.indexOf('‸')).map(({ label }) => label);
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['‸', ['task', 'roots', 'scope', 'on-stray', 'diff', 'oracle', 'budget', 'phases', 'gates', 'commands', 'consent', 'model']],
    ['task: x\nsc‸', ['roots', 'scope', 'on-stray', 'diff', 'oracle', 'budget', 'phases', 'gates', 'commands', 'consent', 'model']],
    ['scope:\n  ‸', ['change', 'never', 'oracle', 'secret', 'scratch']],
    ['scope:\n  change: [a]\n  ‸\noracle: {}', ['never', 'oracle', 'secret', 'scratch']],
    ['on-stray: ‸', ['rewind', 'flag', 'stop']], ['on-stray: fl‸ag', ['rewind', 'flag', 'stop']], ['gates: { explore: ‸ }', ['person', 'auto']],
    ['phases: [explore, ‸]', ['baseline', 'oracle-only', 'minimal-hook', 'production-shape', 'review']], ['budget: { time: 1h, ‸ }', ['cost', 'turns', 'tokens', 'repairs', 'explore', 'deadline']],
    ['oracle:\n  checks:\n    - id: a\n      ‸', ['run', 'matrix', 'timeout', 'exit', 'report', 'metrics', 'override', 'tests', 'before', 'by']],
    ['oracle: { checks: [{ matrix: { d: [a, 4] }, override: [{ when: { ‸ } }] }] }', ['d']], ['oracle: { checks: [{ matrix: { d: [a, 4] }, override: [{ when: { d: ‸ } }] }] }', ['a', '4']],
    ['oracle: { checks: [{ metrics: { m: { ‸ } } }] }', ['at-most', 'at-least', 'equals', 'target', 'bands']], ['task: ‸', []], ['oracle: { checks: [{ metrics: { ‸ } }] }', []], ['budget: ‸', []],
  ];
  for (const [marked, labels] of rows) it(JSON.stringify(marked), () => assert.deepEqual(at(marked), labels));

  it('replaces the word at the cursor, and adds no second colon', () => {
    const [first] = completionsAt('gates: { exp: auto }', 11);
    assert.deepEqual([first?.span, first?.text], [{ start: 9, end: 12 }, 'explore']);
    assert.equal(completionsAt('gates: { exp }', 11)[0]?.text, 'explore: ');
  });
});

describe('a fix', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    [`${smallestContract}modle: {}\n`, 'Change to `model`', `${smallestContract}model: {}\n`],
    [`${smallestContract}foo: {}   # why\n`, 'Remove `foo`', smallestContract],
    [`${smallestContract}foo:\n  a: 1\n  b: [1,\n    2]\n# kept\ndiff: {}\n`, 'Remove `foo`', `${smallestContract}# kept\ndiff: {}\n`],
    [`${smallestContract}diff: { bytes: 1, lines: 3 }\n`, 'Remove `bytes`', `${smallestContract}diff: { lines: 3 }\n`],
    [`${smallestContract}diff: { lines: 3, bytes: 1 }\n`, 'Remove `bytes`', `${smallestContract}diff: { lines: 3 }\n`],
    [smallestContract.replace('- id: tests', '- foo: 1\n      id: tests'), 'Remove `foo`', smallestContract],
    [smallestContract.replace('tests: {}', 'metrics: { m: { at-most: 1, at-least: 2 } }'), 'Remove `at-least`', smallestContract.replace('tests: {}', 'metrics: { m: { at-most: 1 } }')],
    [`${smallestContract}on-stray: rewnd # x\n`, 'Change to `rewind`', `${smallestContract}on-stray: rewind # x\n`],
    [smallestContract.replace('run: npm test', 'run: "x ${dtyp}"\n      matrix: { dtype: [a] }'), 'Change to `${dtype}`', smallestContract.replace('run: npm test', 'run: "x ${dtype}"\n      matrix: { dtype: [a] }')],
    [smallestContract.replace('change:', 'chang:'), 'Change to `change`', smallestContract],
    [smallestContract.replaceAll('\n', '\r\n').concat('foo: 1\r\ndiff: {}\r\n'), 'Remove `foo`', smallestContract.replaceAll('\n', '\r\n').concat('diff: {}\r\n')],
  ];
  for (const [text, title, fixed] of rows) {
    it(`${title} in ${JSON.stringify(text.replace(smallestContract, '…').slice(0, 60))}`, () => {
      const fix = readContract(text).problems.flatMap(({ fixes }) => fixes ?? []).find((one) => one.title === title);
      assert.ok(fix !== undefined, JSON.stringify(readContract(text).problems));
      assert.equal(applyEdits(text, [fix]), fixed);
    });
  }
});
