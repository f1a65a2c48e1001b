import assert from 'node:assert/strict';
import fc from 'fast-check';
import { judgeCell } from '../../../src/core/oracle/judge.ts';
import type { CellClass, RawRun } from '../../../src/core/oracle/result.ts';
import { check, errorCheck, judged, raw, recorded, testsCheck } from './support.ts';

const good = '{"max_abs_error":1e-7}';
const bad = '{"max_abs_error":0.5}';

describe('a process that is judged by its metrics', () => {
  const rows: readonly (readonly [string, string, Partial<RawRun>, CellClass])[] = [
    ['met, wanted status', good, {}, 'pass'],
    ['missed, wanted status', bad, {}, 'fail'],
    ['missed, another status: it ended by itself and its report is complete', bad, { exit: 1 }, 'fail'],
    ['met, another status', good, { exit: 1 }, 'fail'],
    ['met, but the report itself says that it failed', '{"max_abs_error":1e-7,"pass":false}', {}, 'fail'],
    ['missed, but the report itself says that it passed', '{"max_abs_error":0.5,"pass":true}', {}, 'fail'],
    ['further fields do not matter', '{"max_abs_error":1e-7,"when":"now","n":[1]}', {}, 'pass'],
    ['no output at all', '', {}, 'could-not-run'],
    ['words only', 'everything is fine: PASS', {}, 'could-not-run'],
    ['no report and another status', 'SyntaxError: x', { exit: 1 }, 'could-not-run'],
    ['command not found', '', { exit: 127 }, 'could-not-run'],
    ['command not executable', '', { exit: 126 }, 'could-not-run'],
    ['a good report and status 127', good, { exit: 127 }, 'could-not-run'],
    ['could not be started', '', { exit: null, spawnError: 'ENOENT' }, 'could-not-run'],
    ['could not be started, whatever else is said', good, { spawnError: 'ENOENT' }, 'could-not-run'],
    ['killed by a signal, whatever else is said', good, { signal: 'SIGKILL' }, 'could-not-run'],
    ['killed by a signal after a good report', good, { exit: null, signal: 'SIGKILL' }, 'could-not-run'],
    ['killed by a signal, told by a shell', good, { exit: 137 }, 'could-not-run'],
    ['timed out after a good report', good, { timedOut: true }, 'timed-out'],
    ['neither status nor signal', good, { exit: null }, 'could-not-run'],
    ['NaN', '{"max_abs_error":NaN}', {}, 'invalid-report'],
    ['Infinity', '{"max_abs_error":-Infinity}', {}, 'invalid-report'],
    ['a number too large to be finite', '{"max_abs_error":1e999}', {}, 'invalid-report'],
    ['a string', '{"max_abs_error":"1e-7"}', {}, 'invalid-report'],
    ['a boolean', '{"max_abs_error":false}', {}, 'invalid-report'],
    ['a list', '{"max_abs_error":[0]}', {}, 'invalid-report'],
    ['a metric missing', '{"max_rel_error":0}', {}, 'invalid-report'],
    ['a metric only in the prototype', '{"__proto__":{"max_abs_error":0}}', {}, 'invalid-report'],
    ['a metric twice', '{"max_abs_error":0.5,"max_abs_error":0}', {}, 'invalid-report'],
    ['a metric twice, once escaped', '{"max_abs_error":0.5,"max\\u005fabs_error":0}', {}, 'invalid-report'],
    ['a name twice further down', '{"max_abs_error":0,"x":{"a":1,"a":2}}', {}, 'invalid-report'],
    ['null without a reason', '{"max_abs_error":null}', {}, 'invalid-report'],
    ['null that is not implemented', '{"max_abs_error":null,"reason":"not-implemented"}', {}, 'fail'],
    ['cut off', '{"max_abs_error":1e-', {}, 'invalid-report'],
    ['a good line, then a cut one', `${good}\n{"max_abs_error":`, {}, 'invalid-report'],
    ['a good line, then a bad one', `${good}\n${bad}\n`, {}, 'fail'],
    ['words after the report', `${good}\nnpm notice new version\n`, {}, 'pass'],
    ['a list of reports', `[${good}]`, {}, 'could-not-run'],
    ['the nonce of this run', '{"max_abs_error":1e-7,"nonce":"n-1"}', {}, 'pass'],
    ['the nonce of another run', '{"max_abs_error":1e-7,"nonce":"n-0"}', {}, 'invalid-report'],
    ['a nonce that is no text', '{"max_abs_error":1e-7,"nonce":1}', {}, 'invalid-report'],
    ['it changed the oracle', good, { changed: ['oracle/compare.mjs'] }, 'invalid-report'],
  ];
  for (const [what, stdout, fields, wanted] of rows) {
    it(`${wanted}: ${what}`, () => {
      const result = judged(errorCheck, stdout, fields);
      assert.equal(result.class, wanted, result.reason);
      assert.equal(result.reason === undefined, wanted === 'pass');
    });
  }

  it('does not take what every object has for a metric', () => {
    const odd = check({ metrics: { constructor: { kind: 'at-most' as const, value: 1 } } });
    assert.equal(judged(odd, '{}').class, 'invalid-report');
    assert.equal(judged(odd, '{"constructor":0}').class, 'pass');
  });

  it('says that a value is not implemented, and only then', () => {
    assert.equal(judged(errorCheck, '{"max_abs_error":null,"reason":"not-implemented"}').notImplemented, true);
    assert.equal(judged(errorCheck, bad).notImplemented, undefined);
  });

  it('keeps every figure with its threshold', () => {
    assert.deepEqual(judged(errorCheck, bad).metrics, [{ name: 'max_abs_error', value: 0.5, wanted: '<= 1e-6', limit: 1e-6, met: false }]);
  });

  it('may want another status than 0', () => {
    const wanted = check({ ...errorCheck, exit: 3 });
    assert.equal(judged(wanted, good, { exit: 3 }).class, 'pass');
    assert.equal(judged(wanted, good).class, 'fail');
  });
});

describe('a report file', () => {
  const filed = check({ ...errorCheck, report: 'out/report.json' });
  const text = '{"max_abs_error":1e-7,"nonce":"n-1"}';
  const rows: readonly (readonly [string, Partial<RawRun>, CellClass])[] = [
    ['of this run', { report: text }, 'pass'],
    ['over several lines', { report: '{\n "max_abs_error": 1e-7,\n "nonce": "n-1"\n}\n' }, 'pass'],
    ['that was not written', { stdout: good }, 'could-not-run'],
    ['that is older than the run', { report: text, reportStale: true }, 'invalid-report'],
    ['without the nonce', { report: good }, 'invalid-report'],
    ['with the nonce of a run before', { report: text.replace('n-1', 'n-0') }, 'invalid-report'],
    ['that is a link', { reportFault: 'is a link' }, 'invalid-report'],
    ['that is empty', { report: '' }, 'invalid-report'],
  ];
  for (const [what, fields, wanted] of rows) {
    it(`${wanted}: ${what}`, () => {
      assert.equal(judgeCell(filed, {}, raw(fields)).class, wanted);
    });
  }
});

describe('a process that is judged by its exit status alone', () => {
  const bare = check();
  it('passes by the wanted status and fails by another', () => {
    assert.equal(judged(bare, '').class, 'pass');
    assert.equal(judged(bare, '3 problems', { exit: 1 }).class, 'fail');
    assert.equal(judged(check({ exit: 1 }), '', { exit: 1 }).class, 'pass');
  });

  it('could not run where the program was not found, not loaded or killed', () => {
    for (const fields of [
      { exit: 126 }, { exit: 127 }, { exit: 139 }, { exit: null, signal: 'SIGSEGV' },
      { exit: 1, stderr: 'file:///x.mjs:1\nSyntaxError: Unexpected end of input\n' },
      { exit: 1, stderr: "Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/x/y.mjs' imported from /x/z.mjs" },
      { exit: 1, stderr: "node:internal/modules/cjs/loader:1\nError: Cannot find module './nope'\n" },
      { exit: 1, stderr: "Traceback\nModuleNotFoundError: No module named 'torch'" },
      { exit: 1, stderr: 'npm error Missing script: "test"' },
    ]) assert.equal(judged(bare, '', fields).class, 'could-not-run', JSON.stringify(fields));
  });
});

/** What fooled a verifier that counted failures: none of these may pass. */
describe('an oracle that did not measure', () => {
  const one = (name: string) => recorded(name);
  const rows: readonly (readonly [string, string, number, CellClass])[] = [
    ['a runner that never ran', '', 0, 'could-not-run'],
    ['an import error at collection', one('pytest.importError.txt'), 2, 'could-not-run'],
    ['a syntax error in a test', one('pytest.syntaxError.txt'), 2, 'could-not-run'],
    ['no test collected', one('pytest.noTests.txt'), 5, 'invalid-report'],
    ['every test skipped', one('pytest.allSkipped.txt'), 0, 'could-not-run'],
    ['every test expected to fail', one('pytest.allXfail.txt'), 0, 'fail'],
    ['an error in a fixture', one('pytest.quiet.txt'), 1, 'fail'],
    ['tested code that ends the process', one('pytest.exits.txt'), 0, 'invalid-report'],
    ['failures whose status was thrown away', one('mocha.mixed.txt'), 0, 'fail'],
  ];
  for (const [what, stdout, exit, wanted] of rows) {
    it(`${wanted}: ${what}`, () => {
      const result = judged(testsCheck, stdout, { exit });
      assert.equal(result.class, wanted, result.reason);
    });
  }
});

describe('tests that are counted', () => {
  const tap = (lines: readonly string[]) => [...lines.map((line, index) => line.replace('ok', `ok ${index + 1}`)), `1..${lines.length}`].join('\n');
  it('must be enough, and no more skipped than agreed', () => {
    const wanted = check({ ...testsCheck, tests: { atLeast: 2, skipped: 1 } });
    assert.equal(judged(wanted, tap(['ok - a', 'ok - b'])).class, 'pass');
    assert.equal(judged(wanted, tap(['ok - a', 'ok - b', 'ok - c # SKIP'])).class, 'pass');
    assert.equal(judged(wanted, tap(['ok - a', 'ok - b', 'ok - c # SKIP', 'ok - d # SKIP'])).class, 'fail');
    assert.equal(judged(wanted, tap(['ok - a', 'ok - c # SKIP'])).class, 'fail');
  });

  it('never pass where one failed, whatever the status is', () => {
    assert.equal(judged(testsCheck, tap(['ok - a', 'not ok - b'])).class, 'fail');
  });

  it('never pass where none passed, whatever the contract leaves open', () => {
    const open = check({ ...testsCheck, tests: { atLeast: 0, skipped: 99 } });
    assert.equal(judged(open, tap(['not ok - a # TODO'])).class, 'fail');
    assert.equal(judged(open, tap(['ok - a # SKIP'])).class, 'could-not-run');
    assert.equal(judged(open, '1..0').class, 'invalid-report');
  });

  it('do not pass with a status that is not the wanted one', () => {
    assert.equal(judged(testsCheck, tap(['ok - a']), { exit: 1 }).class, 'fail');
  });

  it('may come from a JUnit file, which must be fresh', () => {
    const filed = check({ ...testsCheck, report: 'junit.xml' });
    const report = '<testsuite tests="1"><testcase name="a"/></testsuite>';
    assert.equal(judgeCell(filed, {}, raw({ report })).class, 'pass');
    assert.equal(judgeCell(filed, {}, raw({ report, reportStale: true })).class, 'invalid-report');
    assert.equal(judgeCell(filed, {}, raw({ stdout: tap(['ok - a']) })).class, 'could-not-run');
  });

  it('and metrics must both be met, and an incomplete part outweighs a missed one', () => {
    const both = check({ metrics: errorCheck.metrics, tests: { atLeast: 1, skipped: 0 } });
    assert.equal(judged(both, `${tap(['ok - a'])}\n${good}`).class, 'pass');
    assert.equal(judged(both, `${tap(['not ok - a'])}\n${good}`).class, 'fail');
    assert.equal(judged(both, `${tap(['ok - a'])}\n${bad}`).class, 'fail');
    assert.equal(judged(both, bad).class, 'could-not-run');
    assert.equal(judged(both, `ok 1 - a\n${bad}`).class, 'invalid-report');
  });

  it('of a helper without tests are not asked for, of a test file they are', () => {
    assert.equal(judged(testsCheck, tap(['ok - a', 'ok - test/helper.js'])).class, 'pass');
    for (const file of ['a.test.js', 'src/b_test.ts', 'test-c.mjs', 'test.cjs', 'd.spec.tsx', '/abs/e-test.js']) {
      assert.equal(judged(testsCheck, tap(['ok - a', `ok - ${file}`])).class, 'invalid-report', file);
    }
  });
});

describe('judging', () => {
  it('never passes without the wanted end and a report that meets everything', () => {
    for (const stdout of ['', good, bad, '{"max_abs_error":null}', 'x', `${good}\n{`]) {
      for (const exit of [0, 1, 2, 126, 127, 137, null]) {
        for (const timedOut of [false, true]) {
          for (const signal of [null, 'SIGTERM']) {
            const { class: kind } = judged(errorCheck, stdout, { exit, timedOut, signal });
            assert.equal(kind === 'pass', stdout === good && exit === 0 && !timedOut && signal === null, JSON.stringify({ stdout, exit, timedOut, signal }));
          }
        }
      }
    }
  });

  it('takes any text without throwing, and passes none that is not a report', () => {
    fc.assert(fc.property(fc.string(), (stdout) => judged(errorCheck, stdout).class !== 'pass' && judged(testsCheck, stdout).class !== 'pass'));
  });
});
