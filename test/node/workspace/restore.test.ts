import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { RestoreItem, RestoreOutcome, Workspace } from '../../../src/agent/ports.ts';
import type { TreeId } from '../../../src/core/session/changes.ts';
import { contentsOf } from '../../support/repo.ts';
import { newRepo, open, removeRepos } from './opened.ts';

/** What a rewind asks for: everything that differs between two checkpoints, back to the first. */
async function items(workspace: Workspace, target: TreeId, left: TreeId): Promise<RestoreItem[]> {
  return (await workspace.diff(target, left)).map((diff) => ({ path: diff.path, target: diff.before ?? null, expected: diff.after ?? null }));
}

/** Takes a checkpoint, lets `session` work, rewinds, and lets `user` work in between. */
async function rewind(repo: ReturnType<typeof newRepo>, session: () => void, user: () => void = () => undefined): Promise<{ workspace: Workspace; outcome: RestoreOutcome; base: TreeId }> {
  const workspace = await open(repo);
  const base = (await workspace.capture()).tree;
  session();
  const left = (await workspace.capture()).tree;
  user();
  const wanted = await items(workspace, base, left);
  await workspace.capture();
  return { workspace, base, outcome: await workspace.restore(wanted) };
}

describe('a rewind', () => {
  afterEach(removeRepos);

  it('brings back bytes, modes and links, and takes away what was made', async () => {
    const repo = newRepo({ 'crlf.txt': 'a\r\nb\r\n', 'bin.dat': Buffer.from([0, 1, 2]), 'run.sh': '#!/bin/sh\n', 'gone/deep/x.txt': 'x' });
    fs.chmodSync(repo.at('run.sh'), 0o755);
    fs.symlinkSync('crlf.txt', repo.at('link'));
    const before = contentsOf(repo.root);
    const { outcome, workspace, base } = await rewind(repo, () => {
      repo.write('crlf.txt', 'a\nb\n');
      repo.write('bin.dat', Buffer.from([9]));
      fs.chmodSync(repo.at('run.sh'), 0o644);
      fs.rmSync(repo.at('gone'), { recursive: true });
      fs.rmSync(repo.at('link'));
      fs.symlinkSync('/etc/passwd', repo.at('link'));
      repo.write('made/by/session.txt', 'new');
    });
    assert.deepEqual(outcome.left, []);
    assert.deepEqual(outcome.restored, ['bin.dat', 'crlf.txt', 'gone/deep/x.txt', 'link', 'made/by/session.txt', 'run.sh']);
    assert.deepEqual(contentsOf(repo.root), before);
    assert.equal(repo.exists('made'), false, 'folders that the session made go with their last file');
    assert.equal((await workspace.capture()).tree, base);
  });

  it('leaves untouched files alone, times included', async () => {
    const repo = newRepo({ 'a.txt': 'a', 'b.txt': 'b' });
    fs.utimesSync(repo.at('b.txt'), 1000, 1000);
    const before = fs.statSync(repo.at('b.txt'), { bigint: true });
    await rewind(repo, () => repo.write('a.txt', 'changed'));
    assert.deepEqual([fs.statSync(repo.at('b.txt'), { bigint: true }).mtimeNs, fs.statSync(repo.at('b.txt'), { bigint: true }).ino], [before.mtimeNs, before.ino]);
  });

  it('never removes an untracked or ignored file of the user, nor what the user made meanwhile', async () => {
    const repo = newRepo({ '.gitignore': '*.log\ndata/\n', 'a.txt': 'a' });
    repo.write('notes.md', 'mine');
    repo.write('data/big.csv', '1,2,3');
    repo.write('run.log', 'log');
    const { outcome } = await rewind(repo, () => { repo.write('a.txt', 'b'); repo.write('dir/new.txt', 'n'); }, () => { repo.write('dir/mine.txt', 'mine'); repo.write('later.txt', 'later'); });
    assert.deepEqual(outcome.left, []);
    for (const [file, text] of [['notes.md', 'mine'], ['data/big.csv', '1,2,3'], ['run.log', 'log'], ['dir/mine.txt', 'mine'], ['later.txt', 'later'], ['a.txt', 'a']] as const) assert.equal(repo.read(file), text);
    assert.equal(repo.exists('dir/new.txt'), false);
  });

  it('keeps files that an uncommitted .gitignore covers, whether the session changed it or not', async () => {
    const repo = newRepo({ '.gitignore': '' });
    repo.write('.gitignore', 'secrets/\n');
    repo.write('secrets/key', 'k');
    const { outcome } = await rewind(repo, () => { repo.write('.gitignore', ''); repo.write('x', 'x'); });
    assert.deepEqual([outcome.left, repo.read('.gitignore'), repo.read('secrets/key'), repo.exists('x')], [[], 'secrets/\n', 'k', false]);
  });

  it('restores an ignored file that a command changed', async () => {
    const repo = newRepo({ '.gitignore': 'node_modules/\n' });
    repo.write('node_modules/lib/index.js', 'good');
    const { outcome } = await rewind(repo, () => repo.write('node_modules/lib/index.js', 'evil'));
    assert.deepEqual([outcome.restored, repo.read('node_modules/lib/index.js')], [['node_modules/lib/index.js'], 'good']);
  });

  it('merges what the user changed in other lines of the same file', async () => {
    const lines = Array.from({ length: 20 }, (_, i) => `line ${i}\n`);
    const repo = newRepo({ 'a.txt': lines.join('') });
    const { outcome } = await rewind(repo,
      () => repo.write('a.txt', lines.with(2, 'session\n').join('')),
      () => repo.write('a.txt', lines.with(2, 'session\n').with(15, 'user\n').join('')));
    assert.deepEqual([outcome.merged, outcome.left], [['a.txt'], []]);
    assert.equal(repo.read('a.txt'), lines.with(15, 'user\n').join(''));
  });

  it('leaves a file whose same lines the user changed, and says why', async () => {
    const repo = newRepo({ 'a.txt': 'one\n' });
    const { outcome } = await rewind(repo, () => repo.write('a.txt', 'session\n'), () => repo.write('a.txt', 'user\n'));
    assert.deepEqual(outcome, { restored: [], merged: [], left: [{ path: 'a.txt', why: 'you changed the same lines since: line 1', conflict: true }], now: new Map() });
    assert.equal(repo.read('a.txt'), 'user\n');
  });

  it('leaves binary files, deleted files and session files that the user changed', async () => {
    const repo = newRepo({ 'a.bin': Buffer.from([0, 1]), 'b.txt': 'b' });
    const { outcome } = await rewind(repo,
      () => { repo.write('a.bin', Buffer.from([0, 2])); repo.write('b.txt', 'c'); repo.write('made.txt', 'm'); },
      () => { repo.write('a.bin', Buffer.from([0, 3])); fs.rmSync(repo.at('b.txt')); repo.write('made.txt', 'mine'); });
    assert.deepEqual(new Set(outcome.left.map((one) => `${one.path}: ${one.why}`)), new Set(['a.bin: you changed it since, and it is no text', 'b.txt: you deleted it since', 'made.txt: you changed it since it was made']));
    assert.equal(repo.exists('b.txt'), false);
    assert.equal(repo.read('made.txt'), 'mine');
  });

  it('keeps the execution bit that the user set', async () => {
    const repo = newRepo({ 'a.sh': 'old\n' });
    const { outcome } = await rewind(repo, () => repo.write('a.sh', 'new\n'), () => fs.chmodSync(repo.at('a.sh'), 0o755));
    assert.deepEqual([outcome.merged, repo.read('a.sh'), fs.statSync(repo.at('a.sh')).mode & 0o777], [['a.sh'], 'old\n', 0o755]);
  });

  it('swaps a file for a folder and back', async () => {
    const repo = newRepo({ 'a': 'file', 'b/x': 'x', 'b/y': 'y' });
    const before = contentsOf(repo.root);
    const { outcome } = await rewind(repo, () => {
      fs.rmSync(repo.at('a'));
      repo.write('a/inside/z', 'z');
      fs.rmSync(repo.at('b'), { recursive: true });
      repo.write('b', 'now a file');
    });
    assert.deepEqual(outcome.left, []);
    assert.deepEqual(contentsOf(repo.root), before);
  });

  it('brings a file back in whose place there are only empty folders', async () => {
    const repo = newRepo({ 'a': 'file' });
    // Only Linux takes a name that is no text.
    const name = process.platform === 'linux' ? 0xff : 0x78;
    const { outcome } = await rewind(repo, () => { fs.rmSync(repo.at('a')); fs.mkdirSync(repo.at('a/b/c'), { recursive: true }); fs.mkdirSync(Buffer.from([...Buffer.from(`${repo.at('a')}/`), name])); });
    assert.deepEqual([outcome.left, repo.read('a')], [[], 'file']);
  });

  it('brings a file back in whose place there is scratch alone, and loses none of that', async () => {
    const repo = newRepo({ 'a': 'file', 'b': 'other' });
    const workspace = await open(repo, { scratch: ['__pycache__/', '*.tsbuildinfo'] });
    const base = (await workspace.capture()).tree;
    for (const name of ['a', 'b']) fs.rmSync(repo.at(name));
    repo.write('a/x.tsbuildinfo', 'perhaps mine');
    repo.write('a/deep/__pycache__/m.pyc', Buffer.from([0, 1]));
    fs.chmodSync(repo.at('a/x.tsbuildinfo'), 0o640);
    repo.write('b/x.tsbuildinfo', 'x');
    repo.write('b/notes', 'no scratch');
    const left = (await workspace.capture()).tree;
    const wanted = (await items(workspace, base, left)).filter((item) => item.target !== null);
    const outcome = await workspace.restore(wanted);
    assert.deepEqual([outcome.restored, outcome.left], [['a'], [{ path: 'b', why: 'there is a folder in its place' }]]);
    assert.deepEqual([repo.read('a'), repo.read('b/notes'), repo.read('b/x.tsbuildinfo')], ['file', 'no scratch', 'x']);
    const [moved, ...more] = outcome.moved ?? [];
    assert.deepEqual([moved?.path, more], ['a', []]);
    assert.match(moved?.to ?? '', /^\.bounded\/aside\/[0-9a-f]+\/a$/);
    assert.deepEqual([repo.read(`${moved?.to}/x.tsbuildinfo`), repo.read(`${moved?.to}/deep/__pycache__/m.pyc`), fs.statSync(repo.at(`${moved?.to}/x.tsbuildinfo`)).mode & 0o777], ['perhaps mine', '\0\u0001', 0o640]);
    assert.deepEqual((await workspace.entries((await workspace.capture()).tree, ['a'])).get('a'), wanted.find((item) => item.path === 'a')?.target);
  });

  it('leaves scratch in the way where it cannot be moved', async () => {
    const repo = newRepo({ 'a': 'file' });
    const workspace = await open(repo, { scratch: ['__pycache__/'] });
    const base = (await workspace.capture()).tree;
    fs.rmSync(repo.at('a'));
    repo.write('a/__pycache__/m.pyc', 'm');
    fs.symlinkSync(repo.outside, repo.at('.bounded'));
    const outcome = await workspace.restore(await items(workspace, base, (await workspace.capture()).tree));
    assert.deepEqual(outcome, { restored: [], merged: [], left: [{ path: 'a', why: 'there is a folder in its place' }], now: new Map() });
    assert.deepEqual([repo.read('a/__pycache__/m.pyc'), fs.readdirSync(repo.outside).sort()], ['m', ['store', 'work']]);
  });

  it('leaves an empty folder that the user put in place of a file', async () => {
    const repo = newRepo({ 'a': 'file' });
    const { outcome } = await rewind(repo, () => repo.write('a', 'changed'), () => { fs.rmSync(repo.at('a')); fs.mkdirSync(repo.at('a')); });
    assert.deepEqual([outcome.left.map((one) => one.path), fs.statSync(repo.at('a')).isDirectory()], [['a'], true]);
  });

  it('leaves a file whose place a folder with the user\'s files has taken', async () => {
    const repo = newRepo({ 'a': 'file' });
    const { outcome } = await rewind(repo, () => fs.rmSync(repo.at('a')), () => repo.write('a/mine', 'mine'));
    assert.deepEqual(outcome.left, [{ path: 'a', why: 'there is a folder in its place' }]);
    assert.equal(repo.read('a/mine'), 'mine');
  });

  it('never follows a link that took the place of a folder', async () => {
    const repo = newRepo({ 'lib/a.txt': 'old' });
    fs.mkdirSync(path.join(repo.outside, 'elsewhere'));
    fs.writeFileSync(path.join(repo.outside, 'elsewhere/a.txt'), 'new');
    const { outcome } = await rewind(repo, () => repo.write('lib/a.txt', 'new'), () => { fs.rmSync(repo.at('lib'), { recursive: true }); fs.symlinkSync(path.join(repo.outside, 'elsewhere'), repo.at('lib')); });
    assert.equal(outcome.left[0]?.path, 'lib/a.txt');
    assert.equal(fs.readFileSync(path.join(repo.outside, 'elsewhere/a.txt'), 'utf8'), 'new');
  });

  it('brings a folder back that the session swapped for a link to outside', async () => {
    const repo = newRepo({ 'lib/a.txt': 'old', 'lib/b.txt': 'b' });
    fs.mkdirSync(path.join(repo.outside, 'elsewhere'));
    fs.writeFileSync(path.join(repo.outside, 'elsewhere/a.txt'), 'theirs');
    const { outcome } = await rewind(repo, () => { fs.rmSync(repo.at('lib'), { recursive: true }); fs.symlinkSync(path.join(repo.outside, 'elsewhere'), repo.at('lib')); });
    assert.deepEqual([outcome.left, repo.read('lib/a.txt'), fs.readFileSync(path.join(repo.outside, 'elsewhere/a.txt'), 'utf8')], [[], 'old', 'theirs']);
  });

  it('does not remove an empty folder that was there before', async () => {
    const repo = newRepo({ 'a.txt': 'a' });
    fs.mkdirSync(repo.at('uploads'));
    await rewind(repo, () => repo.write('uploads/x.txt', 'x'));
    assert.equal(repo.exists('uploads'), true);
    assert.equal(repo.exists('uploads/x.txt'), false);
  });

  it('restores a file in a nested repository and in a submodule\'s folder, and leaves their git data', async () => {
    const repo = newRepo({ 'a.txt': 'a' });
    fs.mkdirSync(repo.at('inner'));
    execFileSync('git', ['init', '-q'], { cwd: repo.at('inner') });
    repo.write('inner/file', 'in');
    const config = repo.read('inner/.git/config');
    const { outcome } = await rewind(repo, () => { repo.write('inner/file', 'changed'); repo.write('inner/new', 'n'); });
    assert.deepEqual([outcome.left, repo.read('inner/file'), repo.exists('inner/new'), repo.read('inner/.git/config')], [[], 'in', false, config]);
  });

  it('restores names that are not UTF-8 and renames that change case only', async () => {
    const repo = newRepo({ 'Readme.md': 'text' });
    const odd = Buffer.concat([Buffer.from(`${repo.root}/caf`), Buffer.from([0xe9])]);
    fs.writeFileSync(odd, 'old');
    const before = contentsOf(repo.root);
    const { outcome } = await rewind(repo, () => { fs.writeFileSync(odd, 'new'); fs.renameSync(repo.at('Readme.md'), repo.at('README.md')); });
    assert.deepEqual(outcome.left, []);
    assert.deepEqual(contentsOf(repo.root), before);
  });

  it('refuses paths of git, of Bounded and outside', async () => {
    const repo = newRepo({ 'a.txt': 'a' });
    const workspace = await open(repo);
    const { tree } = await workspace.capture();
    const blob = (await workspace.entries(tree)).get('a.txt') ?? null;
    for (const file of ['.git/config', 'sub/.GIT/hooks/x', '../outside', '/etc/x', 'a/../b', '.bounded/x', 'a//b', '']) {
      assert.equal((await workspace.restore([{ path: file, target: blob, expected: null }])).left.length, 1, file);
    }
    assert.deepEqual(fs.readdirSync(repo.outside).sort(), ['store', 'work']);
  });

  it('leaves names that some systems take for the folder of git, and the preview says so', async () => {
    const repo = newRepo({ 'a.txt': 'a' });
    const workspace = await open(repo);
    const base = (await workspace.capture()).tree;
    const odd = ['.GIT/y', '.git./y', '.g\u200cit', 'sub/git~1/x', '.BOUNDED/x'];
    for (const file of odd) repo.write(file, 'made');
    const after = (await workspace.capture()).tree;
    const wanted = await items(workspace, base, after);
    assert.deepEqual(wanted.map(({ path }) => path).sort(), [...odd].sort());
    const { left, restored } = await workspace.restore(wanted);
    assert.deepEqual([restored, left.length], [[], odd.length]);
    for (const { path: file, why } of left) {
      assert.match(why, /some systems take (it|\S+) for, the folder of Bounded|some systems take \S+ for the folder of git/);
      assert.deepEqual(await workspace.rehearse(file, wanted.filter((item) => item.path === file)), { path: file, does: 'left', why });
    }
  });

  it('can itself be rewound', async () => {
    const repo = newRepo({ 'a.txt': 'a', 'b.txt': 'b' });
    const workspace = await open(repo);
    const base = (await workspace.capture()).tree;
    repo.write('a.txt', 'session');
    repo.write('made/c.txt', 'c');
    fs.rmSync(repo.at('b.txt'));
    const left = (await workspace.capture()).tree;
    await workspace.restore(await items(workspace, base, left));
    const rewound = (await workspace.capture()).tree;
    assert.equal(rewound, base);
    const outcome = await workspace.restore(await items(workspace, left, rewound));
    assert.deepEqual(outcome.left, []);
    assert.equal((await workspace.capture()).tree, left);
  });

  it('keeps the permissions of a file that it writes, and hides a secret one', async () => {
    const repo = newRepo({ 'a.txt': 'a', '.env': 'KEY=1' });
    fs.chmodSync(repo.at('a.txt'), 0o640);
    await rewind(repo, () => { repo.write('a.txt', 'b'); fs.rmSync(repo.at('.env')); });
    assert.deepEqual([fs.statSync(repo.at('a.txt')).mode & 0o777, fs.statSync(repo.at('.env')).mode & 0o777], [0o640, 0o600]);
  });

  it('leaves no temporary files behind', async () => {
    const repo = newRepo({ 'a.txt': 'a', 'd/b.txt': 'b' });
    await rewind(repo, () => { repo.write('a.txt', 'x'); repo.write('d/b.txt', 'y'); repo.write('d/c.txt', 'c'); }, () => repo.write('d/b.txt', 'user'));
    assert.deepEqual(Object.keys(contentsOf(repo.root)).sort(), ['a.txt', 'd/b.txt']);
  });
});
