import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { OracleRequest } from '../../../src/agent/ports.ts';
import type { Check } from '../../../src/core/contract/contract.ts';
import type { CellClass, OracleRun } from '../../../src/core/oracle/result.ts';
import { belowBaseline } from '../../../src/core/oracle/tests.ts';
import { verdictOf } from '../../../src/core/oracle/verdict.ts';
import { Bed, type Files, firstCell, inBoth, measured, testScope } from './support.ts';

const good = 'exports.add = (a, b) => a + b;\n';
const test = `const assert = require('node:assert'); const { add } = require('../src/calc.js'); const { describe, it } = require('node:test');
describe('calc', () => { it('adds', () => { assert.strictEqual(add(1, 2), 3); }); it('adds more', () => { assert.strictEqual(add(5, 5), 10); }); });\n`;
const project: Files = { 'src/calc.js': good, 'oracle/calc.test.js': test, 'package.json': '{"scripts":{"test":"node --test oracle/"}}' };
const tests: Partial<Check> = { id: 'tests', run: 'node --test oracle/', tests: { atLeast: 2, skipped: 0 } };
const metric: Partial<Check> = { id: 'metric', run: 'node oracle/metric.js', metrics: { error: { kind: 'at-most', value: 1e-6 } } };

/** What a process is that did not measure, or that measured something bad: real runners, real processes. */
const rows: readonly (readonly [string, Partial<Check>, Files, CellClass])[] = [
  ['the honest work (control)', tests, {}, 'pass'],
  ['a runner that never ran', { ...tests, run: 'true' }, {}, 'could-not-run'],
  ['a runner that is not there', { ...tests, run: 'no-such-runner --test' }, {}, 'could-not-run'],
  ['an import error', tests, { 'oracle/calc.test.js': `require('./absent.js');\n${test}` }, 'could-not-run'],
  ['a check whose program is not there', { ...metric, run: 'node oracle/absent.js' }, {}, 'could-not-run'],
  ['a syntax error in a test', tests, { 'oracle/calc.test.js': `${test}describe(` }, 'could-not-run'],
  ['no tests', tests, { 'oracle/calc.test.js': '' }, 'invalid-report'],
  ['every test skipped', tests, { 'oracle/calc.test.js': test.replaceAll('it(', 'it.skip(') }, 'could-not-run'],
  ['every test expected to fail', tests, { 'oracle/calc.test.js': test.replaceAll('it(', 'it.todo(') }, 'fail'],
  ['an error in a set-up hook', tests, { 'oracle/calc.test.js': `${test}require('node:test').describe('s', () => { require('node:test').before(() => { throw new Error('x'); }); require('node:test').it('t', () => {}); });` }, 'fail'],
  ['product code that ends the process at once', tests, { 'src/calc.js': 'process.exit(0);' }, 'invalid-report'],
  ['product code that ends the process in a test', tests, { 'src/calc.js': 'exports.add = () => process.exit(0);' }, 'invalid-report'],
  ['product code that ends it later', tests, { 'src/calc.js': 'exports.add = (a, b) => a + b; let n = 0; exports.add = (a, b) => (n++ ? process.exit(0) : a + b);' }, 'invalid-report'],
  ['a wrong result', tests, { 'src/calc.js': 'exports.add = (a, b) => a - b;' }, 'fail'],
  ['a wrong result whose status is thrown away', { ...tests, run: 'node --test oracle/ || true' }, { 'src/calc.js': 'exports.add = () => 0;' }, 'fail'],
  ['a runner that runs only some tests', { ...tests, run: 'node --test --test-name-pattern "adds more" oracle/' }, {}, 'fail'],
  ['a product that prints a report of its own', tests, { 'src/calc.js': 'console.log("TAP version 13\\nok 1 - a\\nok 2 - b\\n1..2\\n# tests 2"); process.exit(0);' }, 'invalid-report'],
  ['a product that hangs', { ...tests, timeoutMs: 600 }, { 'src/calc.js': 'while (true);' }, 'timed-out'],
  ['a product that kills its process', { ...tests, run: 'node oracle/calc.test.js' }, { 'src/calc.js': 'process.kill(process.pid, "SIGKILL");' }, 'could-not-run'],
  ['a metric that is missed', metric, { 'oracle/metric.js': 'console.log(JSON.stringify({ error: 1 }))' }, 'fail'],
  ['a metric that is missed, with status 1', metric, { 'oracle/metric.js': 'console.log(JSON.stringify({ error: 1 })); process.exitCode = 1' }, 'fail'],
  ['a metric that is met, with status 1', metric, { 'oracle/metric.js': 'console.log(JSON.stringify({ error: 0, pass: true })); process.exitCode = 1' }, 'fail'],
  ['status 0 and a report that says fail', metric, { 'oracle/metric.js': 'console.log(JSON.stringify({ error: 0, pass: false }))' }, 'fail'],
  ['NaN', metric, { 'oracle/metric.js': 'console.log(\'{"error":NaN}\')' }, 'invalid-report'],
  ['a metric twice', metric, { 'oracle/metric.js': 'console.log(\'{"error":1,"error":0}\')' }, 'invalid-report'],
  ['an oracle that crashes before its report', metric, { 'oracle/metric.js': 'throw new Error("x")' }, 'could-not-run'],
  ['an oracle that crashes while it writes', metric, { 'oracle/metric.js': 'process.stdout.write("{\\"error\\":0"); process.kill(process.pid, "SIGKILL")' }, 'could-not-run'],
  ['a metric that is not implemented yet', metric, { 'oracle/metric.js': 'console.log(JSON.stringify({ error: null, reason: "not-implemented" }))' }, 'fail'],
];

inBoth('an oracle that is fooled', (sandbox) => {
  const bed = new Bed();
  const oracle = bed.oracle(sandbox);
  for (const [what, check, files, wanted] of rows) {
    it(`${wanted}: ${what}`, async () => {
      const cell = await firstCell(oracle, bed.request({ ...project, ...files }, [check]));
      assert.equal(cell.class, wanted, cell.reason);
    });
  }
});

inBoth('a report file', (sandbox) => {
  const bed = new Bed();
  const oracle = bed.oracle(sandbox);
  const filed = (run: string): Partial<Check> => ({ ...metric, report: 'out/report.json', run });
  const write = `mkdir -p out; echo "{\\"error\\":0,\\"nonce\\":\\"$BOUNDED_NONCE\\"}"`;
  const files: readonly (readonly [string, string, Files, CellClass])[] = [
    ['that this run wrote (control)', `${write} > out/report.json`, {}, 'pass'],
    ['that this run wrote over an old one', `${write} > out/report.json`, { 'out/report.json': '{"error":5}' }, 'pass'],
    ['left from a run before', 'true', { 'out/report.json': '{"error":0}' }, 'could-not-run'],
    ['without the nonce of this run', 'mkdir -p out; echo "{\\"error\\":0}" > out/report.json', {}, 'invalid-report'],
    ['older than the run', `${write} > out/report.json; touch -d 2001-01-01 out/report.json`, {}, 'invalid-report'],
    ['that is a link', `${write} > r.json; ln -s ../r.json out/report.json`, {}, 'invalid-report'],
    ['behind a link that leaves the checkout', `${write} > /dev/null; rm -rf out; mkdir -p ${bed.base}/o; ln -s ${bed.base}/o out; echo "{\\"error\\":0,\\"nonce\\":\\"$BOUNDED_NONCE\\"}" > out/report.json`, {}, sandbox.kind === 'none' ? 'invalid-report' : 'could-not-run'],
    ['that is a folder', 'mkdir -p out/report.json', {}, 'invalid-report'],
  ];
  for (const [what, run, extra, wanted] of files) {
    it(`${wanted}: ${what}`, async () => {
      const cell = await firstCell(oracle, bed.request({ 'a.txt': '', ...extra }, [filed(run)]));
      assert.equal(cell.class, wanted, cell.reason);
    });
  }
});

inBoth('a check that writes where it should not', (sandbox) => {
  const bed = new Bed();
  const oracle = bed.oracle(sandbox);
  const files = { 'src/a.js': 'a\n', 'oracle/expected.snap': 'old\n', 'data.db': 'db\n' };
  const frozen = bed.store.frozen({ 'oracle/expected.snap': 'old\n' });
  const both = (run: string) => measured(oracle, bed.request(files, [{ id: 'writes', run }, { id: 'after', run: 'cat src/a.js oracle/expected.snap data.db; test ! -e droppings' }], { frozen }));
  const after = (run: OracleRun) => bed.artifacts.texts[Number(run.cells[1]?.log)];

  it('is no evidence where it changes the product', async () => {
    for (const write of ['echo b > src/a.js', 'rm src/a.js', 'chmod +x src/a.js', 'rm -r src; ln -s /tmp src', 'echo b > n; mv n src/a.js; touch -d 2001-01-01 src/a.js']) {
      const run = await both(write);
      assert.equal(run.cells[0]?.class, 'invalid-report', write);
      assert.match(run.cells[0]?.reason ?? '', /src\/a\.js/);
      assert.equal(after(run), 'a\nold\ndb\n');
    }
  });

  it('is no evidence where it updates what it compares with, or cannot do so at all', async () => {
    const run = await both('echo new > oracle/expected.snap; true');
    assert.equal(run.cells[0]?.class, sandbox.kind === 'none' ? 'invalid-report' : 'pass');
    assert.equal(after(run), 'a\nold\ndb\n');
  });

  it('is judged where it changes other files, and the next cell starts from a clean checkout', async () => {
    const run = await both('echo more >> data.db; touch droppings');
    assert.deepEqual(run.cells.map((cell) => cell.class), ['pass', 'pass']);
    assert.equal(after(run), 'a\nold\ndb\n');
  });

  it('is judged where a file is written again with the same bytes', async () => {
    assert.equal((await both('cp src/a.js x; rm src/a.js; mv x src/a.js')).cells[0]?.class, 'pass');
  });

  it('may write a report beside the frozen files', async () => {
    const run = await measured(oracle, bed.request({}, [{ ...metric, report: 'oracle/report.json', run: 'echo "{\\"error\\":0,\\"nonce\\":\\"$BOUNDED_NONCE\\"}" > oracle/report.json' }], { frozen }));
    assert.equal(run.cells[0]?.class, 'pass', run.cells[0]?.reason);
  });
});

inBoth('what a cell leaves behind', (sandbox) => {
  const bed = new Bed();
  const oracle = bed.oracle(sandbox);
  const files: Files = { 'src/a.js': 'a\n', 'src/deep/b.js': 'b\n', 'link': { link: 'src' } };
  const setup = 'mkdir -p made/inner && echo made > made/inner/tool && ln -s inner made/link && head -c 12 /dev/urandom | od -An -tx1 > made/stamp';
  const look = "find . -printf '%p %y %m %s %l\\n' | LC_ALL=C sort; cat made/inner/tool made/stamp 2>&1; find . -type d -printf '%p %T@\\n' | LC_ALL=C sort; ls ..; true";
  const texts = async (run: string, fields: Parameters<Bed['request']>[2]) => {
    const result = await measured(oracle, bed.request(files, [{ id: 'first', run: look }, { id: 'leaves', run }, { id: 'next', run: look }], fields));
    assert.deepEqual([result.setupFailed, result.cells.length], [undefined, 3]);
    return [0, 2].map((cell) => bed.artifacts.texts[Number(result.cells[cell]?.log)] ?? '');
  };
  const added = [
    'echo 0 > .cache', 'echo 0 > src/deep/.result', 'mkdir -p new/folder && echo 0 > new/folder/x', 'ln -s /etc/passwd src/l', 'mkdir -p made && echo 0 > made/x', 'mkdir -p made/inner/deep && echo 0 > made/inner/deep/x',
    'mkfifo pipe', 'mkdir closed && echo 0 > closed/x && chmod 0 closed', 'touch -d 2001-01-01 old', 'echo 0 > gone; rm gone', 'touch src/.x && rm src/.x', ...(sandbox.kind === 'none' ? ['echo 0 > ../beside'] : []),
  ];
  for (const run of added) {
    it(`is not there for the next one, in the checkout that it was: ${run}`, async () => {
      const [first, next] = await texts(run, { setup });
      assert.equal(next, first);
    });
  }
  it('is not there for the next one, without a set-up', async () => {
    for (const run of ['echo 0 > .cache', 'mkdir -p made/inner; echo 0 > made/inner/tool']) {
      const [first, next] = (await texts(run, {})).map((text) => text.replaceAll(/ \d{9,}\.\d+/g, ''));
      assert.equal(next, first, run);
    }
  });

  const times = /^.* \d{9,}\.\d+$/gm;
  const changing = [
    'echo evil > made/inner/tool', 'printf "evil\\n" > t; touch -r made/inner/tool t; cat t > made/inner/tool; touch -r t made/inner/tool; rm t', 'echo evil > n; mv n made/inner/tool', 'rm made/inner/tool', 'chmod +x made/inner/tool',
    'mv made/inner made/other; cp -a made/other made/inner; rm -r made/other', 'rm made/link; ln -s inner made/link', 'ln made/inner/tool hard', 'chmod 700 made', 'touch -d 2001-01-01 made/inner', 'rm -rf made', 'touch -a -d 2001-01-01 made/inner/tool',
  ];
  for (const run of changing) {
    it(`in what the set-up made leads to a new set-up: ${run}`, async () => {
      const [first = '', next = ''] = await texts(run, { setup });
      const stamp = /^( [0-9a-f]{2}){12}$/m;
      const plainly = (text: string) => text.replace(stamp, '').replaceAll(times, '').replace(/^run-.*$/m, '');
      assert.equal(plainly(next), plainly(first));
      assert.notEqual(stamp.exec(next)?.[0], stamp.exec(first)?.[0]);
    });
  }

  it('and what a record leaves behind is not there for the first', async () => {
    const run = await measured(oracle, bed.request(files, [{ run: 'test ! -e left && test -e src/a.js' }], { record: ['echo x > left', 'cat left'] }));
    assert.deepEqual([run.cells[0]?.class, run.environment[1]?.output], ['pass', 'x']);
  });

  it('is the report of a check no more than anything else', async () => {
    const checks = [{ id: 'reports', report: 'out.json', run: 'echo "{\\"error\\":0,\\"nonce\\":\\"$BOUNDED_NONCE\\"}" > out.json', metrics: metric.metrics ?? {} }, { id: 'next', run: 'test ! -e out.json' }];
    assert.deepEqual((await measured(oracle, bed.request(files, checks))).cells.map((cell) => cell.class), ['pass', 'pass']);
    assert.deepEqual((await measured(oracle, bed.request({ ...files, 'out.json': 'old' }, [checks[0] ?? {}, { id: 'next', run: 'test "$(cat out.json)" = old' }]))).cells.map((cell) => cell.class), ['pass', 'pass']);
  });
});

describe('a candidate that turns what decides', () => {
  const bed = new Bed();
  const oracle = bed.oracle({ kind: 'none', detail: '' });
  const npm: Partial<Check> = { ...tests, run: 'npm test' };
  const baseTree = bed.store.tree(project);
  const run = (files: Files, fields: Partial<OracleRequest> = {}) => measured(oracle, bed.request({ ...project, ...files }, [npm], { baseTree, ...fields }));

  it('by the test script of package.json is found out', async () => {
    for (const script of ['true', 'node --test oracle/ || true', 'npm run other']) {
      assert.deepEqual((await run({ 'package.json': JSON.stringify({ scripts: { test: script } }) })).tampered, ['package.json (script test)'], script);
    }
    assert.deepEqual((await run({ 'package.json': '{"scripts":{"test":"node --test oracle/","pretest":"true"}}' })).tampered, ['package.json (script pretest)']);
    assert.deepEqual((await run({ 'package.json': '{"scripts":{"test":"node --test oracle/","other":"x"},"dependencies":{}}' })).tampered, []);
  });

  it('by a script of a package in a subfolder is found out, whatever leads there', async () => {
    const packages = (root: string, sub: string): Files => ({ 'package.json': JSON.stringify({ scripts: { test: root } }), 'pkg/package.json': JSON.stringify({ scripts: { 'test': sub, 'test-a': sub } }), 'node_modules/x/package.json': sub });
    const tamperedBy = async (check: Partial<Check>, root: string, scope = testScope) => {
      const request = bed.request({ ...project, ...packages(root, 'exit 0') }, [{ ...tests, ...check }], { baseTree: bed.store.tree({ ...project, ...packages(root, 'node --test ../oracle/') }), scope });
      return (await measured(oracle, request)).tampered;
    };
    for (const run of ['npm --prefix pkg test', 'cd pkg && npm test']) assert.deepEqual(await tamperedBy({ run }, 'true'), ['pkg/package.json (script test)'], run);
    assert.deepEqual(await tamperedBy({ run: 'npm test' }, 'npm --prefix pkg test'), ['pkg/package.json (script test)']);
    assert.deepEqual(await tamperedBy({ run: 'npm --prefix pkg run test-${which}', matrix: { which: ['a'] } }, 'true'), ['pkg/package.json (script test-a)']);
    assert.deepEqual(await tamperedBy({ run: 'npm test' }, 'true'), []);
    assert.deepEqual(await tamperedBy({ run: 'npm run test-${which}', matrix: { which: ['a'] } }, 'true'), [], 'a cell says plainly which script it runs');
    assert.deepEqual(await tamperedBy({ run: 'cd pkg && npm test' }, 'true', { ...testScope, scratch: ['pkg/'] }), [], 'neither side has what is scratch');
  });

  it('is not who was allowed to write the oracle', async () => {
    const files = { 'package.json': '{"scripts":{"test":"node --test oracle/"}}', 'oracle/package.json': '{"scripts":{"test":"node --test"}}' };
    const base = bed.store.tree({ ...project, 'package.json': '{}', 'oracle/package.json': '{"scripts":{"test":"old"}}', 'oracle/gone/package.json': '{"scripts":{"test":"old"}}' });
    const frozen = bed.store.frozen(files);
    assert.deepEqual((await run(files, { baseTree: base, frozen, checks: [{ ...bed.request({}, [tests]).checks[0], run: 'npm --prefix oracle test' } as Check] })).tampered, []);
  });

  it('has a verdict of tampered', async () => {
    const turned = await run({ 'package.json': '{"scripts":{"test":"true"}}' });
    assert.equal(verdictOf({ checks: [], runs: [turned], tree: turned.tree, contractTampered: false, frozenTampered: [], environmentChanged: [] }).verdict, 'tampered');
  });

  it('by .npmrc or NODE_OPTIONS in a file gets no hold of the runner', async () => {
    const cell = (await run({ 'src/calc.js': 'exports.add = () => 0;', '.npmrc': 'script-shell=/bin/true\n', '.env': 'NODE_OPTIONS=--require ./x.js' })).cells[0];
    assert.equal(cell?.class, 'fail', cell?.reason);
  });
});

describe('tests that go missing', () => {
  const bed = new Bed();
  const oracle = bed.oracle({ kind: 'none', detail: '' });
  const loose = { ...tests, tests: { atLeast: 1, skipped: 9 } };

  it('show against the baseline, whatever the check asks for', async () => {
    const baseline = await measured(oracle, bed.request(project, [loose], { purpose: 'baseline' }));
    for (const changed of [test.replace("it('adds more'", "it.skip('adds more'"), test.replace(/it\('adds more'.*\}\); \}\);/, '});'), test.replace('adds more', 'adds')]) {
      const now = await measured(oracle, bed.request({ ...project, 'oracle/calc.test.js': changed }, [loose]));
      assert.equal(now.cells[0]?.class, 'pass');
      assert.notDeepEqual(belowBaseline(now, baseline), [], changed);
    }
  });

  it('are not seen where a helper without tests lies among them, in one checkout after another', async () => {
    const files = { ...project, 'oracle/test/helper.js': '', 'oracle/test/sum.test.js': test.replace('../src', '../../src') };
    const check = { ...loose, run: 'cd oracle && node --test' };
    const [first, second] = [await measured(oracle, bed.request(files, [check])), await measured(oracle, bed.request(files, [check]))];
    assert.equal(first.cells[0]?.class, 'pass', first.cells[0]?.reason);
    assert.equal(first.cells[0]?.tests?.silent?.length, 1);
    assert.deepEqual(belowBaseline(second, first), []);
  });

  it('show as flaky where they come and go', async () => {
    const counter = path.join(bed.base, 'counter');
    const flaky = `const fs = require('fs'); const n = fs.existsSync('${counter}'); if (n) fs.rmSync('${counter}'); else fs.writeFileSync('${counter}', ''); console.log(JSON.stringify({ error: n ? 1 : 0 }))`;
    const request = bed.request({ 'oracle/metric.js': flaky }, [metric]);
    const runs = [await measured(oracle, request), await measured(oracle, { ...request, purpose: 'confirm' })];
    assert.deepEqual(runs.map((one) => one.cells[0]?.class), ['pass', 'fail']);
    assert.equal(verdictOf({ checks: request.checks, runs, tree: request.tree, contractTampered: false, frozenTampered: [], environmentChanged: [] }).verdict, 'flaky');
    fs.rmSync(counter, { force: true });
  });

  it('and a check that remembers its first run in its own folder gains nothing', async () => {
    const once = 'const fs = require("fs"); const n = fs.existsSync("/tmp/.ran-bounded") || fs.existsSync("ran") || fs.existsSync(process.env.HOME + "/ran"); for (const f of ["ran", process.env.HOME + "/ran"]) fs.writeFileSync(f, ""); console.log(JSON.stringify({ error: n ? 0 : 1 }))';
    const request = bed.request({ 'oracle/metric.js': once }, [metric]);
    for (let run = 0; run < 2; run++) assert.equal((await firstCell(oracle, request)).class, 'fail');
  });
});
