import assert from 'node:assert/strict';
import type { TestResult } from '../../../src/core/oracle/result.ts';
import { belowBaseline, readTests, testsBelow } from '../../../src/core/oracle/tests.ts';
import { judged, recorded, run, testsCheck } from './support.ts';

function complete(text: string): TestResult {
  const reading = readTests(text);
  assert.equal(reading.kind, 'complete', JSON.stringify(reading));
  return reading.kind === 'complete' ? reading.tests : assert.fail();
}

for (const version of ['node20', 'node24', 'node26']) {
  for (const reporter of ['tap', 'spec']) {
    const read = (name: string) => recorded(`${version}/${name}.${reporter}.txt`);

    describe(`the ${reporter} report of node --test, ${version}`, () => {
      it('gives nested names, whatever the tests print', () => {
        const result = complete(read('nested'));
        const leaves = ['calc > adds', 'calc > adds # two', 'calc > inner > deep', 'top > sub one', 'top > sub two'];
        assert.deepEqual(result.ids.filter((id) => id !== 'top'), leaves);
        assert.deepEqual({ total: result.total, passed: result.passed, failed: result.failed, skipped: result.skipped }, { total: 6, passed: 6, failed: 0, skipped: 0 });
      });

      it('counts what failed, and what was skipped or is to do, a skipped suite too', () => {
        const { total, passed, failed, skipped, ids } = complete(read('mixed'));
        assert.deepEqual({ total, passed, failed, skipped }, { total: 8, passed: 1, failed: 2, skipped: 5 });
        assert.ok(ids.includes('suite > in suite ok') && !ids.includes('todo one') && !ids.includes('suite > in suite fails'));
        assert.equal(judged(testsCheck, read('mixed'), { exit: 1 }).class, 'fail');
      });

      it('of a file whose process ended in the middle is no evidence, although the runner ends with status 0', () => {
        assert.deepEqual(complete(read('exits')).silent?.map((file) => file.endsWith('c.test.mjs')), [true]);
        assert.equal(judged(testsCheck, read('exits')).class, 'invalid-report');
      });

      it('of several files is one report, in which a silent file shows', () => {
        assert.equal(complete(read('several')).silent?.length, 1);
        assert.equal(complete(read('several')).total, 7);
        assert.equal(judged(testsCheck, read('several'), { exit: 1 }).class, 'invalid-report');
      });

      it('of a file without tests is no evidence', () => {
        assert.equal(judged(testsCheck, read('noTests')).class, 'invalid-report');
      });

      for (const name of ['importError', 'syntaxError', 'endsLate']) {
        it(`tells a file that could not be loaded or broke as a whole (${name})`, () => {
          assert.equal(readTests(read(name)).kind, 'not-loaded');
          assert.equal(judged(testsCheck, read(name), { exit: 1 }).class, 'could-not-run');
        });
      }

      it('tells a failed set-up hook as a failure', () => {
        assert.equal(judged(testsCheck, read('hookFails'), { exit: 1 }).class, 'fail');
        assert.equal(complete(read('hookFails')).failed, 1);
      });

      it('is incomplete wherever it is cut off', () => {
        const lines = read('mixed').split('\n');
        const end = lines.findIndex((line) => /^(1\.\.8|ℹ todo 2)$/.test(line));
        for (let kept = 1; kept < end; kept += 7) {
          assert.notEqual(readTests(lines.slice(0, kept).join('\n')).kind, 'complete', `first ${kept} lines`);
          assert.notEqual(judged(testsCheck, lines.slice(0, kept).join('\n')).class, 'pass');
        }
      });

      it('is incomplete where a second report follows it', () => {
        assert.equal(readTests(read('nested') + read('nested')).kind, 'incomplete');
      });

      it('does not pass where its lines and its summary differ', () => {
        const forged = read('mixed').replace(/(fail|pass|tests) \d+/g, (_, word: string) => `${word} ${word === 'fail' ? 0 : 9}`);
        assert.equal(readTests(forged).kind, 'incomplete');
      });
    });
  }
}

describe('a TAP report', () => {
  const tap = (...lines: readonly string[]) => readTests(lines.join('\n'));

  it('may have its plan first and no numbers', () => {
    assert.deepEqual(tap('1..2', 'ok - a', 'not ok - b'), { kind: 'complete', pending: 0, tests: { total: 2, passed: 1, failed: 1, skipped: 0, ids: ['a'] } });
  });

  it('without a plan, with fewer tests than planned, out of order, or bailed out is incomplete', () => {
    assert.equal(tap('ok 1 - a').kind, 'incomplete');
    assert.equal(tap('1..3', 'ok 1 - a', 'ok 2 - b').kind, 'incomplete');
    assert.equal(tap('ok 1 - a', 'ok 1 - forged', '1..2').kind, 'incomplete');
    assert.equal(tap('1..1', 'ok 1 - a', 'Bail out! database is away').kind, 'incomplete');
    assert.equal(tap('1..2', 'ok 1 - a', 'ok 2 - b', '1..2').kind, 'incomplete');
    assert.equal(tap('TAP version 13', 'ok 1 - a', 'TAP version 13', 'ok 2 - b', '1..2').kind, 'incomplete');
    assert.equal(tap('TAP version 13', '    ok 1 - a', '    1..2', 'ok 1 - s', '1..1').kind, 'incomplete');
  });

  it('with an empty plan has no test', () => {
    assert.equal(judged(testsCheck, 'TAP version 13\n1..0').class, 'invalid-report');
  });

  it('takes skip and todo in any case, and escaped marks as part of the name', () => {
    const reading = tap('1..3', 'ok 1 - a # skip not here', 'not ok 2 - b # TODO later', 'ok 3 - c \\# SKIP');
    assert.deepEqual(reading, { kind: 'complete', pending: 1, tests: { total: 3, passed: 1, failed: 0, skipped: 2, ids: ['c # SKIP'] } });
  });
});

describe('the report of mocha', () => {
  it('gives nested names and counts', () => {
    const { total, passed, failed, skipped, ids } = complete(recorded('mocha.mixed.txt'));
    assert.deepEqual({ total, passed, failed, skipped }, { total: 6, passed: 3, failed: 1, skipped: 2 });
    assert.deepEqual(ids, ['root level', 'calc > adds', 'calc > slow']);
  });

  it('that tells of failures never passes, even with exit status 0', () => {
    assert.equal(judged(testsCheck, recorded('mocha.mixed.txt')).class, 'fail');
  });

  it('that breaks off, that loads nothing or that has no test is no evidence', () => {
    assert.equal(judged(testsCheck, recorded('mocha.exits.txt')).class, 'invalid-report');
    assert.equal(judged(testsCheck, recorded('mocha.loadError.txt'), { exit: 1 }).class, 'could-not-run');
    assert.equal(judged(testsCheck, recorded('mocha.noTests.txt')).class, 'invalid-report');
  });
});

describe('the report of mocha beside another one', () => {
  it('of the same runner, of another runner, or with other figures than lines is none', () => {
    const mocha = recorded('mocha.mixed.txt');
    assert.equal(readTests(mocha + mocha).kind, 'incomplete');
    assert.equal(readTests(`${mocha}\nok 1 - a\n1..1\n`).kind, 'incomplete');
    assert.equal(readTests(mocha.replace('3 passing', '4 passing')).kind, 'incomplete');
    assert.equal(readTests(mocha.replace('  1 failing', '')).kind, 'incomplete');
    assert.equal(readTests(mocha.replace('2 pending', '1 pending')).kind, 'incomplete');
  });
});

describe('the report of pytest', () => {
  it('gives counts, and names where it was asked for them', () => {
    for (const name of ['pytest.verbose.txt', 'pytest.quiet.txt']) {
      const { total, passed, failed, skipped } = complete(recorded(name));
      assert.deepEqual({ total, passed, failed, skipped }, { total: 8, passed: 3, failed: 2, skipped: 3 }, name);
    }
    assert.deepEqual(complete(recorded('pytest.verbose.txt')).ids, ['test_a.py::test_ok', 'test_a.py::test_p[1]', 'test_a.py::TestC::test_m']);
    assert.deepEqual(complete(recorded('pytest.quiet.txt')).ids, []);
  });

  it('as JUnit XML gives names and counts', () => {
    const { total, failed, skipped, ids } = complete(recorded('pytest.junit.xml'));
    assert.deepEqual({ total, failed, skipped }, { total: 8, failed: 2, skipped: 2 });
    assert.ok(ids.includes('test_a > test_p[1]') && !ids.includes('test_a > test_p[2]'));
    assert.equal(readTests(recorded('pytest.importError.xml')).kind, 'not-loaded');
  });
});

describe('a JUnit report', () => {
  const suite = '<testsuites><testsuite name="s" tests="1"><testcase name="a"/></testsuite></testsuites>';

  it('that is cut off, or lists fewer tests than it declares, is incomplete', () => {
    assert.equal(readTests(suite).kind, 'complete');
    for (let kept = '<testsuites>'.length; kept < suite.length; kept++) assert.notEqual(readTests(suite.slice(0, kept)).kind, 'complete', suite.slice(0, kept));
    assert.equal(readTests(suite.replace('tests="1"', 'tests="2"')).kind, 'incomplete');
  });

  it('does not take text for tests', () => {
    const text = suite.replace('<testcase name="a"/>', '<testcase name="a"><failure/><system-out><![CDATA[<testcase name="b"/>]]></system-out></testcase><!-- <testcase/> -->');
    assert.deepEqual(complete(text), { total: 1, passed: 0, failed: 1, skipped: 0, ids: [] });
  });
});

describe('an output without a report of tests', () => {
  it('is absent, and never passes', () => {
    for (const text of ['', 'all good\n', '{"passed":12}']) {
      assert.equal(readTests(text).kind, 'absent');
      assert.equal(judged(testsCheck, text).class, 'could-not-run');
    }
  });
});

describe('a result of tests against the baseline', () => {
  const before: TestResult = { total: 3, passed: 2, failed: 0, skipped: 1, ids: ['a', 'b'], silent: ['test/helper.js'] };

  it('falls by fewer tests, fewer passed ones, a name that no longer passes, or a file gone silent', () => {
    assert.deepEqual(testsBelow(before, before), []);
    assert.deepEqual(testsBelow({ ...before, total: 4, passed: 3, ids: ['a', 'b', 'c'] }, before), []);
    assert.deepEqual(testsBelow({ ...before, total: 2 }, before), ['2 tests, 3 at the baseline']);
    assert.deepEqual(testsBelow({ ...before, passed: 1 }, before), ['1 tests passed, 2 at the baseline']);
    assert.deepEqual(testsBelow({ ...before, ids: ['a', 'c'] }, before), ['passed at the baseline and not now: b']);
    assert.deepEqual(testsBelow({ ...before, silent: ['test/helper.js', 'test/calc.js'] }, before), ['reported no test of their own: test/calc.js']);
  });

  it('is compared cell by cell', () => {
    const cell = { check: 'tests', cell: {}, class: 'pass', metrics: [], exit: 0, ms: 1 } as const;
    const baseline = run('baseline', [{ ...cell, tests: before }]);
    assert.deepEqual(belowBaseline(run('boundary', [{ ...cell, tests: { ...before, ids: ['b'] } }]), baseline), ['tests: passed at the baseline and not now: a']);
    assert.deepEqual(belowBaseline(run('boundary', [{ ...cell, check: 'other', tests: { ...before, ids: [] } }]), baseline), []);
    assert.deepEqual(belowBaseline(run('boundary', [cell]), undefined), []);
  });
});
