import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { Bed, firstCell, inBoth, measured, testScope } from './support.ts';

const report = (expression: string) => `console.log(JSON.stringify({ value: ${expression} }));`;
const value = { kind: 'at-most', value: 10 } as const;

inBoth('the oracle', (sandbox) => {
  const bed = new Bed();
  const oracle = bed.oracle(sandbox);
  const measure = (...args: Parameters<Bed['request']>) => measured(oracle, bed.request(...args));
  const listing = async (...args: Parameters<Bed['request']>) => {
    const cell = await firstCell(oracle, bed.request(...args));
    return bed.artifacts.texts[Number(cell.log)] ?? '';
  };
  const list = [{ run: 'find . -mindepth 1 | LC_ALL=C sort; ls -l run.sh 2>/dev/null | cut -c1-10' }];

  afterEach(() => assert.deepEqual(bed.left(), [], 'no checkout is left behind'));

  it('measures the tree, not the work tree', async () => {
    bed.write({ 'src/a.js': report('1'), 'src/extra.js': '' });
    const run = await measure({ 'src/a.js': report('7') }, [{ run: 'node src/a.js; test ! -e src/extra.js', metrics: { value } }]);
    assert.deepEqual(run.cells.map((cell) => [cell.class, cell.metrics[0]?.value]), [['pass', 7]]);
    assert.equal(run.sandboxed, sandbox.kind === 'bubblewrap');
  });

  it('makes files, programs and links as they are, and nothing else', async () => {
    const files = { 'src/a.js': '', 'run.sh': { run: '#!/bin/sh\n' }, 'src/link': { link: 'a.js' }, 'up/link': { link: '../src/a.js' }, '.bounded/x.bounded.yaml': '', 'coverage/old.json': '', '.env': 'PASSWORD=1', 'a b/ü.txt': '' };
    assert.equal(await listing(files, list), './a b\n./a b/ü.txt\n./run.sh\n./src\n./src/a.js\n./src/link\n./up\n./up/link\n-rwxr-xr-x\n');
  });

  it('makes no link that leaves the checkout', async () => {
    const links = { 'abs': { link: '/etc/passwd' }, 'out': { link: '../x' }, 'deep/out': { link: '../../x' }, 'self': { link: '.' }, 'twice': { link: 'self/../../x' }, 'git': { link: '.git/config' }, 'fine': { link: 'self/here' } };
    assert.equal(await listing({ ...links, here: '' }, list), './fine\n./here\n./self\n');
  });

  it('runs every cell of the matrix in order, each with a nonce of its own', async () => {
    const seen: string[] = [];
    const request = bed.request({}, [{ id: 'grid', run: 'echo "${a}-${b}-$BOUNDED_NONCE"', matrix: { a: ['x y', "it's"], b: [1, 2] } }, { id: 'last' }]);
    const run = await oracle.run(request, (cell, done, of) => seen.push(`${cell.check} ${done}/${of}`), new AbortController().signal);
    assert.deepEqual(run?.cells.map(({ check, cell }) => [check, ...Object.values(cell)]), [['grid', 'x y', 1], ['grid', 'x y', 2], ['grid', "it's", 1], ['grid', "it's", 2], ['last']]);
    assert.deepEqual(seen, ['grid 1/5', 'grid 2/5', 'grid 3/5', 'grid 4/5', 'last 5/5']);
    const logs = run.cells.slice(0, 4).map((cell) => bed.artifacts.texts[Number(cell.log)] ?? '');
    assert.deepEqual(logs.map((text) => text.slice(0, -34)), ['x y-1', 'x y-2', "it's-1", "it's-2"]);
    assert.equal(new Set(logs.map((text) => text.slice(-33))).size, 4);
  });

  it('puts the frozen oracle over the tree, and tells what differed', async () => {
    const frozen = bed.store.frozen({ 'oracle/check.mjs': report('1'), 'oracle/same.txt': 's', 'oracle/gone.txt': 'g', 'oracle/run.sh': { run: 'x' } });
    const files = { 'oracle/check.mjs': report('0'), 'oracle/same.txt': 's', 'oracle/run.sh': 'x', 'oracle/planted.test.mjs': 'process.exit(0)', 'src/a.js': '' };
    const request = bed.request(files, [{ run: 'node oracle/check.mjs && test ! -e oracle/planted.test.mjs && cat oracle/gone.txt >/dev/null', metrics: { value } }], { frozen });
    const run = await measured(oracle, request);
    assert.deepEqual(run.cells.map((cell) => [cell.class, cell.metrics[0]?.value]), [['pass', 1]]);
    assert.deepEqual([run.tampered, run.unfrozen], [['oracle/check.mjs', 'oracle/gone.txt', 'oracle/run.sh'], ['oracle/planted.test.mjs']]);
  });

  it('puts a frozen file in the place of whatever the tree has there', async () => {
    const frozen = bed.store.frozen({ 'oracle/deep/a.txt': 'frozen', 'oracle/b': 'frozen' });
    const run = await measured(oracle, bed.request({ 'oracle': { link: 'src' }, 'src/deep/a.txt': 'planted', 'src/b': 'planted' }, [{ run: 'cat oracle/deep/a.txt oracle/b; test -d oracle -a ! -L oracle' }], { frozen }));
    assert.deepEqual([run.cells[0]?.class, bed.artifacts.texts[Number(run.cells[0]?.log)], run.tampered], ['pass', 'frozenfrozen', ['oracle/deep/a.txt', 'oracle/b']]);
  });

  it('records the environment without the place of the checkout', async () => {
    const record = ['node -p 6*7', 'pwd', 'echo out; echo err >&2; exit 3', 'no-such-program-here 2>/dev/null'];
    const run = await measure({ 'a.txt': '' }, [{}], { record });
    assert.deepEqual(run.environment, [{ command: record[0], output: '42' }, { command: 'pwd', output: '.' }, { command: record[2], output: 'out\nerr\n(exit status 3)' }, { command: record[3], output: '(exit status 127)' }]);
  });

  it('sees no key, no repository and no home of the user', async () => {
    process.env['ANTHROPIC_API_KEY'] = 'sk-ant-visible-nowhere';
    execFileSync('git', ['init', '-q', bed.base]);
    const text = await listing({ 'a.txt': '' }, [{ run: 'env; ls -A $HOME; git rev-parse --show-toplevel 2>&1; true' }]);
    delete process.env['ANTHROPIC_API_KEY'];
    assert.doesNotMatch(text, /ANTHROPIC|sk-ant|\.ssh|\.gitconfig/);
    assert.match(text, /not a git repository/);
  });

  it('leaves known secrets out of logs', async () => {
    assert.equal(await listing({}, [{ run: 'echo a-known-secret-value' }]), '[redacted]\n');
  });

  it('runs for other checks than those that are asked for nothing', async () => {
    const request = bed.request({}, [{ id: 'one' }, { id: 'two' }]);
    const run = await measured(oracle, { ...request, checks: request.checks.slice(1) });
    assert.deepEqual(run.cells.map((cell) => cell.check), ['two']);
  });

  it('is stopped quickly, and then has only what was finished', async () => {
    const control = new AbortController();
    const request = bed.request({}, [{ id: 'quick' }, { id: 'slow', run: 'sleep 30' }, { id: 'never' }]);
    const began = performance.now();
    const run = await oracle.run(request, () => setTimeout(() => control.abort(), 100), control.signal);
    assert.ok(performance.now() - began < 2500);
    assert.deepEqual(run?.cells.map((cell) => cell.check), ['quick']);
  });

  it('answers a tree or content that the store does not have as a run that could not start', async () => {
    const { tree: _, ...request } = bed.request({}, [{}]);
    assert.match((await measured(oracle, { ...request, tree: '1234567890123456789012345678901234567890' })).setupFailed ?? '', /git|store/);
    const frozen = [{ path: 'oracle/a', oid: '1234567890123456789012345678901234567890', mode: '100644' as const }];
    assert.match((await measured(oracle, { ...request, tree: bed.store.tree({}), frozen })).setupFailed ?? '', /store does not have 1234/);
  });

  it('does not measure a content that is not what its id says', async () => {
    const request = bed.request({ 'src/a.js': 'not damaged yet' }, [{}]);
    const oid = bed.store.blob('not damaged yet');
    const file = path.join(bed.store.folder, 'objects', oid.slice(0, 2), oid.slice(2));
    const whole = fs.readFileSync(file);
    fs.chmodSync(file, 0o644);
    fs.writeFileSync(file, deflateSync('blob 15\0planted content'));
    assert.match((await measured(oracle, request)).setupFailed ?? '', /damaged/);
    fs.writeFileSync(file, whole);
    assert.equal((await measured(oracle, request)).setupFailed, undefined);
  });

  it('does not reach for a report outside of its checkout', async () => {
    const victim = path.join(bed.base, 'victim.json');
    fs.writeFileSync(victim, '{}');
    for (const report of ['../../victim.json', '../../../victim.json', victim]) {
      const run = await measured(oracle, bed.request({}, [{ report, run: 'true', metrics: { value } }]));
      assert.match(run.setupFailed ?? '', /not a path of the checkout/);
    }
    assert.equal(fs.readFileSync(victim, 'utf8'), '{}');
  });

  it('runs a command for a finding, and tells its end from not having run', async () => {
    const request = bed.request({ 'src/a.js': report('3') }, [{}]);
    const of = (command: string) => oracle.runCommand(request, command, new AbortController().signal);
    assert.deepEqual(await of('node src/a.js; echo a-known-secret-value; exit 4'), { kind: 'exit', exit: 4, output: '{"value":3}\n[redacted]' });
    assert.deepEqual(await of('true'), { kind: 'exit', exit: 0, output: '' });
    for (const command of ['no-such-program-here', 'kill -9 $$', './src/a.js']) assert.equal((await of(command)).kind, 'could-not-run', command);
  });
});

inBoth('the set-up', (sandbox) => {
  const bed = new Bed();
  const oracle = bed.oracle(sandbox);
  const setup = 'cat package.json package-lock.json > installed.txt 2>/dev/null; test ! -e yarn.lock && cat src/a.js >> installed.txt';
  const cat = [{ run: 'cat installed.txt package.json; ls; exit 0' }];

  afterEach(() => assert.deepEqual(bed.left(), []));

  it('runs on the manifests of the base, and the checks on those of the candidate', async () => {
    const baseTree = bed.store.tree({ 'package.json': '{"base":1}', 'package-lock.json': '{"lock":1}', 'src/a.js': 'old' });
    const cell = await firstCell(oracle, bed.request({ 'package.json': '{"own":1}', 'src/a.js': 'new', 'yarn.lock': '' }, cat, { setup, baseTree }));
    assert.equal(bed.artifacts.texts[Number(cell.log)], '{"base":1}{"lock":1}new{"own":1}installed.txt\npackage.json\nsrc\nyarn.lock\n');
  });

  it('that fails keeps every cell from running, and says why', async () => {
    const run = await measured(oracle, bed.request({}, [{}], { setup: 'echo no such package >&2; exit 3' }));
    assert.deepEqual([run.cells, run.setupFailed], [[], 'echo no such package >&2; exit 3: ended with status 3\nno such package']);
  });

  it('may not change what is to be measured', async () => {
    const files = { 'src/a.js': 'a', 'oracle/x': 'o', 'other.txt': 't' };
    assert.match((await measured(oracle, bed.request(files, [{}], { setup: 'echo b > src/a.js' }))).setupFailed ?? '', /changed what is to be measured: src\/a\.js/);
    assert.match((await measured(oracle, bed.request(files, [{}], { setup: 'rm oracle/x' }))).setupFailed ?? '', /oracle\/x/);
    assert.equal((await measured(oracle, bed.request(files, [{}], { setup: 'echo b > other.txt' }))).setupFailed, undefined);
  });

  it('does not get a manifest written through a link that it has put in the way', async () => {
    const outside = path.join(bed.base, 'outside');
    fs.mkdirSync(outside);
    const baseTree = bed.store.tree({ 'sub/package.json': '{"base":1}' });
    const run = await measured(oracle, bed.request({ 'sub/package.json': '{"own":1}' }, [{ run: 'cat sub/package.json' }], { setup: `rm -r sub; ln -s ${outside} sub`, baseTree }));
    assert.equal(run.cells[0]?.class ?? run.setupFailed, 'pass');
    assert.deepEqual(fs.readdirSync(outside), []);
  });
});

inBoth('installed packages that the contract does not install', (sandbox) => {
  const bed = new Bed();
  bed.write({ 'node_modules/dep/index.js': 'module.exports = 5', 'node_modules/@own/dep/index.js': 'module.exports = 6', 'packages/member/index.js': 'module.exports = "work tree"' });
  fs.symlinkSync('../packages/member', path.join(bed.workspace, 'node_modules/member'));
  const oracle = bed.oracle(sandbox, { dependencies: ['node_modules', 'vendor'] });
  const files = { 'src/a.js': 'console.log(require("dep"), require("@own/dep"), require("member"))', 'packages/member/index.js': 'module.exports = "candidate"' };
  const text = async (run: string, fields = {}) => bed.artifacts.texts[Number((await firstCell(oracle, bed.request(files, [{ run }], fields))).log)];

  it('are there, and members of the same repository are the candidate\'s', async () => {
    assert.equal(await text('node src/a.js'), '5 6 candidate\n');
  });

  it('are not there where the contract installs its own', async () => {
    assert.match(await text('node src/a.js; exit 0', { setup: 'true' }) ?? '', /Cannot find module 'dep'/);
  });

  it('stay as they are', async () => {
    await text('echo "module.exports = 0" > node_modules/dep/index.js; touch node_modules/new; rm -rf node_modules/@own/dep/*; rm -rf node_modules; echo x');
    assert.equal(fs.readFileSync(path.join(bed.workspace, 'node_modules/dep/index.js'), 'utf8'), 'module.exports = 5');
    assert.deepEqual(fs.readdirSync(path.join(bed.workspace, 'node_modules/@own/dep')), ['index.js']);
  });

  it('are part of the environment by their content', async () => {
    const digest = async () => (await measured(oracle, bed.request(files, [{}]))).environment.find((record) => record.command === 'content of node_modules')?.output;
    const file = path.join(bed.workspace, 'node_modules/dep/index.js');
    fs.utimesSync(file, 1_700_000_000, 1_700_000_000);
    const before = await digest();
    assert.match(before ?? '', /^[0-9a-f]{64}$/);
    assert.equal(await digest(), before);
    fs.writeFileSync(file, 'module.exports = 4');
    fs.utimesSync(file, 1_700_000_000, 1_700_000_000);
    assert.notEqual(await digest(), before);
    fs.writeFileSync(file, 'module.exports = 5');
    assert.equal(await digest(), before);
  });
});

describe('the sandbox of the oracle', () => {
  const bed = new Bed();
  const none = { kind: 'none', detail: 'bubblewrap is not installed' } as const;

  it('that the contract requires and nobody has keeps the oracle from running', async () => {
    const run = await measured(bed.oracle(none), bed.request({}, [{}], { commands: { allow: [], network: 'none', sandbox: 'required' } }));
    assert.deepEqual([run.cells, run.setupFailed, run.sandboxed], [[], 'the contract requires a sandbox: bubblewrap is not installed', false]);
  });

  it('that the contract switches off is not used, and the run says so', async () => {
    const run = await measured(bed.oracle({ kind: 'bubblewrap', detail: '' }), bed.request({}, [{}], { commands: { allow: [], network: 'none', sandbox: 'off' } }));
    assert.deepEqual([run.cells[0]?.class, run.sandboxed], ['pass', false]);
  });

  it('that has vanished is not replaced by running without', async () => {
    const run = await measured(bed.oracle({ kind: 'bubblewrap', detail: '' }, { bubblewrap: '/nowhere/bwrap' }), bed.request({}, [{}]));
    assert.deepEqual([run.cells[0]?.class, run.sandboxed], ['could-not-run', true]);
  });
});

describe('checkouts', () => {
  const beds = [new Bed(), new Bed(), new Bed()] as const;

  it('of processes that are gone are removed at the next start, those of living ones are not', async () => {
    const bed = beds[0];
    const gone = 4_194_303;
    for (const name of [`run-${gone}-abc`, `run-${process.ppid}-abc`, 'something-else']) fs.mkdirSync(path.join(bed.tmpRoot, name, 'tree'), { recursive: true });
    fs.chmodSync(path.join(bed.tmpRoot, `run-${gone}-abc`, 'tree'), 0);
    await measured(bed.oracle({ kind: 'none', detail: '' }), bed.request({}, [{}]));
    assert.deepEqual([...bed.left()].sort(), [`run-${process.ppid}-abc`, 'something-else'].sort());
  });

  it('go also where a command took away the rights to them', async () => {
    const bed = beds[1];
    await measured(bed.oracle({ kind: 'none', detail: '' }), bed.request({ 'src/a': '' }, [{ run: 'mkdir -p x/y && chmod 0 x/y x src' }]));
    assert.deepEqual(bed.left(), []);
  });

  it('ignore the scope\'s scratch, but not what is frozen there', async () => {
    const bed = beds[2];
    const scope = { ...testScope, scratch: ['oracle/**', 'coverage/**'] };
    const run = await measured(bed.oracle({ kind: 'none', detail: '' }), bed.request({ 'oracle/a': 'planted', 'coverage/x': '' }, [{ run: 'cat oracle/a; ls' }], { scope, frozen: bed.store.frozen({ 'oracle/a': 'frozen' }) }));
    assert.equal(bed.artifacts.texts[Number(run.cells[0]?.log)], 'frozenoracle\n');
  });
});
