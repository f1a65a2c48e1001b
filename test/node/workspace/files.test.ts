import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Blob } from '../../../src/core/session/changes.ts';
import type { Workspace } from '../../../src/agent/ports.ts';
import { lexicalPath } from '../../../src/node/workspace/disk/lexicalPath.ts';
import { newRepo, open, removeRepos } from './opened.ts';

async function blobOf(workspace: Workspace, file: string): Promise<Blob> {
  const read = await workspace.read(file);
  assert.ok(read.kind === 'text' || read.kind === 'binary', read.kind);
  return read.blob;
}

describe('the form of a path', () => {
  const resolve = (text: string, platform: NodeJS.Platform = 'linux') => lexicalPath(text, ['/ws', '/real/ws'], platform);
  const allowed: [string, string][] = [
    ['src/a.ts', 'src/a.ts'], ['./src//a.ts', 'src/a.ts'], ['src/../b', 'b'], ['/ws/src/a.ts', 'src/a.ts'], ['/real/ws/x', 'x'], ['/ws', ''], ['.', ''],
    ['src\\a.ts', 'src/a.ts'], ['.github/x', '.github/x'], ['git/x', 'git/x'], ['src/.gitignore', 'src/.gitignore'], ['src/aux.c', 'src/aux.c'], ['$HOME/x', '$HOME/x'], ['src/café.ts', 'src/café.ts'],
  ];
  for (const [text, expected] of allowed) it(`takes ${text}`, () => assert.deepEqual(resolve(text), { path: expected }));

  const refused = [
    '', '../x', 'src/../../x', '/etc/passwd', '/ws-evil/x', '/', '~/x', '~root/x', 'file:///etc/passwd', 'C:\\Windows\\x', 'c:x', '\\\\server\\share', '\\\\?\\C:\\x', '//server/share',
    '.git/config', '.GIT/config', 'sub/.git', '.git./x', '.git /x', '.g\u200cit/config', 'GIT~1/config', 'git~2', '.git::$INDEX_ALLOCATION/x', 'a\0b', 'a\nb', 'src/\u202etxt.exe', `src/${'a'.repeat(300)}`, 'a/'.repeat(2000), 'a\udc80',
  ];
  for (const text of refused) it(`refuses ${JSON.stringify(text).slice(0, 40)}`, () => assert.ok('refused' in resolve(text)));

  for (const text of ['src/CON', 'nul.txt', 'a/com1', 'x.', 'x ', 'a:b', 'PROGRA~1/x', 'a?b']) it(`refuses ${text} on Windows`, () => assert.ok('refused' in resolve(text, 'win32')));
  it('takes an absolute path on Windows whatever its case', () => assert.deepEqual(lexicalPath('c:\\WS\\a.ts', ['C:/ws'], 'win32'), { path: 'a.ts' }));
});

describe('file tools', () => {
  afterEach(removeRepos);

  it('read text with its byte order mark and line ends, and tell binary from text', async () => {
    const repo = newRepo({ 'a.txt': '\ufeffone\r\ntwo', 'b.bin': Buffer.from([1, 0, 2]), 'latin.txt': Buffer.from([0x63, 0xe9]), 'empty': '' });
    const workspace = await open(repo);
    const read = await workspace.read('a.txt');
    assert.ok(read.kind === 'text');
    assert.deepEqual([read.text, read.lines], ['\ufeffone\r\ntwo', 2]);
    assert.equal((await workspace.read('b.bin')).kind, 'binary');
    assert.equal((await workspace.read('latin.txt')).kind, 'binary');
    assert.deepEqual([(await workspace.read('empty')).kind, (await workspace.read('')).kind, (await workspace.read('nope/x')).kind], ['text', 'directory', 'missing']);
  });

  it('never read or write through a link, what is secret, or what is git\'s', async () => {
    const repo = newRepo({ 'src/a.ts': 'a', '.env': 'KEY=1', 'deep/.env.local': 'KEY=2' });
    fs.writeFileSync(path.join(repo.outside, 'secret'), 'out');
    fs.symlinkSync(path.join(repo.outside, 'secret'), repo.at('leaf'));
    fs.symlinkSync(path.join(repo.outside, 'new'), repo.at('dangling'));
    fs.symlinkSync(repo.outside, repo.at('folder'));
    fs.symlinkSync('.git', repo.at('g'));
    const workspace = await open(repo);
    for (const file of ['leaf', 'dangling', 'folder/secret', 'folder/new', 'g/config', '.git/config', '.env', 'deep/.env.local', '../secret']) {
      const read = await workspace.read(file);
      assert.equal(read.kind, 'refused', file);
      const written = await workspace.apply({ kind: 'write', path: file, content: 'evil' });
      assert.ok(!written.ok, file);
    }
    for (const file of ['leaf', 'dangling', 'folder/secret', 'g/config', '.git/config', `${repo.outside}/secret`]) assert.ok('refused' in (await workspace.resolve(file)), file);
    assert.deepEqual(await workspace.resolve(`${repo.root}/src/a.ts`), { path: 'src/a.ts' });
    assert.deepEqual(fs.readdirSync(repo.outside).sort(), ['secret', 'store', 'work']);
    assert.equal(fs.readFileSync(path.join(repo.outside, 'secret'), 'utf8'), 'out');
    assert.ok(!(await workspace.apply({ kind: 'write', path: '.bounded/task.bounded.yaml', content: 'x' })).ok);
  });

  it('refuse a file of many gigabytes without reading it', async () => {
    const repo = newRepo({});
    fs.closeSync(fs.openSync(repo.at('big.bin'), 'w'));
    fs.truncateSync(repo.at('big.bin'), 20 * 2 ** 30);
    const read = await (await open(repo)).read('big.bin');
    assert.equal(read.kind, 'refused');
  });

  it('do not wait for a pipe', async () => {
    const repo = newRepo({});
    execFileSync('sh', ['-c', 'mkfifo pipe'], { cwd: repo.root });
    const workspace = await open(repo);
    assert.deepEqual(await workspace.read('pipe'), { kind: 'refused', why: 'it is a pipe' });
    assert.ok(!(await workspace.apply({ kind: 'write', path: 'pipe', content: 'x' })).ok);
    assert.equal(await workspace.hashOf('pipe'), undefined);
  });

  it('write exactly the bytes that were agreed and keep the mode', async () => {
    const repo = newRepo({ 'a.sh': 'old\r\n' });
    fs.chmodSync(repo.at('a.sh'), 0o750);
    const workspace = await open(repo);
    const content = '\ufeffnew\r\nlines\r\nno end ✓';
    assert.deepEqual(await workspace.apply({ kind: 'write', path: 'a.sh', content, expected: await blobOf(workspace, 'a.sh') }), { ok: true });
    assert.deepEqual([repo.read('a.sh'), fs.statSync(repo.at('a.sh')).mode & 0o777], [content, 0o750]);
    assert.deepEqual(await workspace.apply({ kind: 'write', path: 'new/deep/b.txt', content: 'b' }), { ok: true });
    assert.equal(repo.read('new/deep/b.txt'), 'b');
    assert.deepEqual(fs.readdirSync(repo.root).sort(), ['.git', 'a.sh', 'new']);
  });

  it('answer stale instead of overwriting what is not as expected', async () => {
    const repo = newRepo({ 'a.txt': 'one' });
    const workspace = await open(repo);
    const blob = await blobOf(workspace, 'a.txt');
    repo.write('a.txt', 'user');
    const answers = [
      await workspace.apply({ kind: 'write', path: 'a.txt', content: 'model', expected: blob }),
      await workspace.apply({ kind: 'write', path: 'a.txt', content: 'model' }),
      await workspace.apply({ kind: 'delete', path: 'a.txt', expected: blob }),
      await workspace.apply({ kind: 'delete', path: 'a.txt' }),
      await workspace.apply({ kind: 'write', path: 'gone.txt', content: 'model', expected: blob }),
      await workspace.apply({ kind: 'delete', path: 'gone/x.txt', expected: blob }),
    ];
    assert.deepEqual(answers.map((answer) => !answer.ok && answer.why), Array(6).fill('stale'));
    assert.equal(repo.read('a.txt'), 'user');
    fs.chmodSync(repo.at('a.txt'), 0o755);
    assert.ok(!(await workspace.apply({ kind: 'delete', path: 'a.txt', expected: { ...(await blobOf(workspace, 'a.txt')), mode: '100644' } })).ok, 'a changed mode is a change');
  });

  it('leave the other name of a hard link alone', async () => {
    const repo = newRepo({});
    fs.writeFileSync(path.join(repo.outside, 'victim'), 'victim');
    fs.linkSync(path.join(repo.outside, 'victim'), repo.at('v.txt'));
    const workspace = await open(repo);
    assert.deepEqual(await workspace.apply({ kind: 'write', path: 'v.txt', content: 'new', expected: await blobOf(workspace, 'v.txt') }), { ok: true });
    assert.deepEqual([repo.read('v.txt'), fs.readFileSync(path.join(repo.outside, 'victim'), 'utf8')], ['new', 'victim']);
  });

  it('delete files, never folders', async () => {
    const repo = newRepo({ 'd/a.txt': 'a' });
    const workspace = await open(repo);
    const blob = await blobOf(workspace, 'd/a.txt');
    assert.ok(!(await workspace.apply({ kind: 'delete', path: 'd', expected: blob })).ok);
    assert.deepEqual(await workspace.apply({ kind: 'delete', path: 'd/a.txt', expected: blob }), { ok: true });
    assert.equal(repo.exists('d/a.txt'), false);
  });

  it('refuse content that has no form in UTF-8', async () => {
    const repo = newRepo({});
    const workspace = await open(repo);
    assert.deepEqual(await workspace.apply({ kind: 'write', path: 'a', content: 'x\ud800' }), { ok: false, why: 'refused', detail: 'the content is not valid Unicode' });
    assert.deepEqual(await workspace.apply({ kind: 'write', path: 'a', content: '/*\0*/\n'.repeat(9) }), { ok: false, why: 'refused', detail: 'with a NUL at its beginning the content would be no text' });
  });

  it('write nothing outside while somebody swaps a folder for a link', async function () {
    if (process.platform !== 'linux') this.skip();
    this.timeout(60_000);
    const repo = newRepo({});
    const out = path.join(repo.outside, 'out');
    fs.mkdirSync(out);
    fs.mkdirSync(repo.at('sub'));
    const swap = "const fs=require('fs');const [a,b,out]=process.argv.slice(1);console.log('ready');for(;;){try{fs.renameSync(a,b);fs.symlinkSync(out,a);fs.unlinkSync(a);fs.renameSync(b,a)}catch{}}";
    const child = spawn(process.execPath, ['-e', swap, repo.at('sub'), repo.at('aside'), out], { stdio: ['ignore', 'pipe', 'ignore'] });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    try {
      const workspace = await open(repo);
      for (let i = 0; i < 300; i += 1) await workspace.apply({ kind: 'write', path: `sub/f${i}`, content: 'x' });
    } finally {
      child.kill('SIGKILL');
    }
    assert.deepEqual(fs.readdirSync(out), []);
  });

  it('keep what somebody writes into the file at the moment of the change', async () => {
    const repo = newRepo({ 'a.txt': 'start' });
    const workspace = await open(repo);
    let seen = 'start';
    for (let i = 0; i < 60; i += 1) {
      const expected = await blobOf(workspace, 'a.txt');
      const descriptor = fs.openSync(repo.at('a.txt'), 'r+');
      const applying = workspace.apply({ kind: 'write', path: 'a.txt', content: `model ${i}`, expected });
      for (let wait = 0; wait < i % 12; wait += 1) await new Promise((resolve) => setImmediate(resolve));
      fs.ftruncateSync(descriptor);
      fs.writeSync(descriptor, `user ${i}`, 0);
      const inPlace = fs.fstatSync(descriptor).ino === fs.statSync(repo.at('a.txt')).ino;
      fs.closeSync(descriptor);
      const done = await applying;
      seen = repo.read('a.txt');
      if (inPlace) assert.equal(seen, `user ${i}`, `after ${JSON.stringify(done)}`);
      if (!done.ok) assert.equal(seen, `user ${i}`);
    }
  });

  it('write reports and the contract, and no other file', async () => {
    const repo = newRepo({ '.bounded/task.bounded.yaml': 'task: x\n' });
    const workspace = await open(repo);
    await workspace.writeReport('task', 'PLAN.md', 'plan');
    await workspace.writeReport('task', 'PLAN.md', 'better plan');
    await workspace.writeContract('.bounded/task.bounded.yaml', 'task: y\n');
    assert.deepEqual([repo.read('.bounded/task/PLAN.md'), repo.read('.bounded/task.bounded.yaml')], ['better plan', 'task: y\n']);
    await assert.rejects(workspace.writeReport('..', 'x', 'x'));
    await assert.rejects(workspace.writeReport('task', '../../x', 'x'));
    await assert.rejects(workspace.writeContract('src/a.ts', 'x'));
    fs.rmSync(repo.at('.bounded/task'), { recursive: true });
    fs.symlinkSync(repo.outside, repo.at('.bounded/task'));
    await assert.rejects(workspace.writeReport('task', 'PLAN.md', 'plan'), { name: 'Paused', message: /^\.bounded\/task\/PLAN\.md could not be written: .*; put that aside, then go on$/ });
    assert.match((await workspace.hashOf('.bounded/task.bounded.yaml')) ?? '', /^[0-9a-f]{64}$/);
    assert.equal(await workspace.hashOf('.bounded/gone.yaml'), undefined);
  });
});
