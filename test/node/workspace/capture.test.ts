import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { contentsOf } from '../../support/repo.ts';
import { newRepo, open, removeRepos } from './opened.ts';

describe('a capture', () => {
  afterEach(removeRepos);

  it('holds tracked, untracked and ignored files with their bytes, modes and links', async () => {
    const repo = newRepo({ 'a.txt': 'a\r\nb', '.gitignore': 'build/\n' });
    repo.write('new.bin', Buffer.from([0, 255, 1]));
    repo.write('build/out.js', 'x', 0o755);
    fs.symlinkSync('nowhere', repo.at('link'));
    const workspace = await open(repo);
    const { tree, notCovered } = await workspace.capture();
    const entries = await workspace.entries(tree);
    assert.deepEqual([...entries.keys()].sort(), ['.gitignore', 'a.txt', 'build/out.js', 'link', 'new.bin']);
    assert.equal(entries.get('build/out.js')?.mode, '100755');
    assert.equal(entries.get('link')?.mode, '120000');
    assert.deepEqual(notCovered, []);
    assert.equal(execFileSync('git', ['cat-file', 'blob', entries.get('a.txt')?.oid ?? ''], { env: { ...process.env, GIT_DIR: repo.store } }).toString(), 'a\r\nb');
    assert.match(execFileSync('git', ['fsck', '--strict', '--no-dangling'], { env: { ...process.env, GIT_DIR: repo.store }, stdio: ['ignore', 'pipe', 'pipe'] }).toString(), /^$/);
  });

  it('has the same id for the same content, whoever made it', async () => {
    const repo = newRepo({ 'a.txt': 'a', 'b/c.txt': 'c' });
    const workspace = await open(repo);
    const first = await workspace.capture();
    repo.write('a.txt', 'changed');
    const second = await workspace.capture();
    repo.write('a.txt', 'a');
    const third = await workspace.capture();
    assert.notEqual(second.tree, first.tree);
    assert.equal(third.tree, first.tree);
    assert.equal((await (await open(repo)).capture()).tree, first.tree);
  });

  it('sees a change that keeps size and modification time', async () => {
    const repo = newRepo({ 'a.txt': 'one' });
    const workspace = await open(repo);
    const before = fs.statSync(repo.at('a.txt'));
    const first = await workspace.capture();
    fs.writeFileSync(repo.at('a.txt'), 'two');
    fs.utimesSync(repo.at('a.txt'), before.atime, before.mtime);
    assert.notEqual((await workspace.capture()).tree, first.tree);
  });

  it('keeps its objects in the store when git collects garbage there', async () => {
    const repo = newRepo({ 'a.txt': 'one' });
    const workspace = await open(repo);
    const { tree } = await workspace.capture();
    execFileSync('git', ['gc', '-q', '--prune=now'], { env: { ...process.env, GIT_DIR: repo.store } });
    const again = await open(repo);
    assert.equal(await again.blobText((await again.entries(tree)).get('a.txt') ?? { oid: '', mode: '100644' }), 'one');
  });

  it('takes many and large files in one pack that is spooled, and leaves nothing in the spool', async () => {
    const repo = newRepo({});
    for (let i = 0; i < 300; i += 1) repo.write(`many/${i % 7}/${i}.txt`, `file ${i}\n`);
    const large = Buffer.alloc(5_000_000, 'some text that repeats\n');
    repo.write('large.txt', large);
    const workspace = await open(repo);
    const { tree } = await workspace.capture();
    const entries = await workspace.entries(tree);
    assert.equal(entries.size, 301);
    assert.equal(await workspace.blobText(entries.get('many/6/6.txt') ?? { oid: '', mode: '100644' }), 'file 6\n');
    assert.equal(await workspace.blobText(entries.get('large.txt') ?? { oid: '', mode: '100644' }), large.toString());
    assert.equal(fs.readdirSync(path.join(repo.store, 'spool')).length, 0);
  });

  it('holds names that are not UTF-8 or have quotes and line breaks', async () => {
    const repo = newRepo({});
    fs.writeFileSync(Buffer.concat([Buffer.from(`${repo.root}/caf`), Buffer.from([0xe9])]), 'latin1');
    repo.write('quote"\n\\x', 'odd');
    const workspace = await open(repo);
    const { tree } = await workspace.capture();
    const entries = await workspace.entries(tree);
    assert.deepEqual([...entries.keys()].sort(), ['caf\udce9', 'quote"\n\\x']);
    assert.deepEqual((await workspace.diff(tree, tree)), []);
  });

  it('leaves out .bounded and scratch', async () => {
    const repo = newRepo({ 'a.txt': 'a' });
    repo.write('.bounded/task/PLAN.md', 'plan');
    repo.write('coverage/index.html', 'html');
    const workspace = await open(repo, { scratch: ['coverage/**'] });
    assert.deepEqual([...(await workspace.entries((await workspace.capture()).tree)).keys()], ['a.txt']);
  });

  it('names pipes, nested repositories and empty folders beside the content', async () => {
    const repo = newRepo({ 'a.txt': 'a' });
    execFileSync('sh', ['-c', 'mkfifo pipe'], { cwd: repo.root });
    fs.mkdirSync(repo.at('empty/deep'), { recursive: true });
    fs.mkdirSync(repo.at('inner'));
    execFileSync('git', ['init', '-q'], { cwd: repo.at('inner') });
    repo.write('inner/file', 'in');
    const workspace = await open(repo);
    const { tree, notCovered, beside } = await workspace.capture();
    assert.deepEqual([...(await workspace.entries(tree)).keys()].sort(), ['a.txt', 'inner/file']);
    assert.deepEqual(notCovered, ['inner/.git: a repository of its own', 'pipe: a pipe']);
    assert.deepEqual(beside, { 'empty/deep': 'empty folder', 'inner/.git': 'repository', pipe: 'pipe' });
  });

  it('never takes an unreadable workspace folder for an empty one', async () => {
    const repo = newRepo({ 'a.txt': 'a' });
    const workspace = await open(repo);
    await workspace.capture();
    fs.renameSync(repo.root, `${repo.root}-moved`);
    await assert.rejects(workspace.capture(), /is gone; put it back as it was/);
  });

  it('keeps what it knew of a file that cannot be read any more', async function () {
    if (process.getuid?.() === 0) this.skip();
    const repo = newRepo({ 'a.txt': 'a', 'b/c.txt': 'c' });
    const workspace = await open(repo);
    const first = await workspace.capture();
    fs.chmodSync(repo.at('b'), 0);
    repo.write('d.txt', 'd', 0);
    try {
      const second = await workspace.capture();
      assert.deepEqual(await workspace.diff(first.tree, second.tree), []);
      assert.deepEqual(second.notCovered, ['b: it cannot be read (EACCES); its last known content is kept', 'd.txt: it cannot be read (EACCES)']);
    } finally {
      fs.chmodSync(repo.at('b'), 0o755);
    }
    fs.chmodSync(repo.at('d.txt'), 0o644);
    assert.deepEqual((await workspace.diff(first.tree, (await workspace.capture()).tree)), [], 'd.txt was there all the time: it is not a created file');
  });

  it('says what changed among git\'s own files', async () => {
    const repo = newRepo({ 'a.txt': 'a' });
    const workspace = await open(repo);
    const before = (await workspace.capture()).control;
    repo.write('.git/hooks/pre-commit', '#!/bin/sh\n', 0o755);
    repo.git('config', 'core.pager', 'evil');
    repo.git('update-ref', 'refs/heads/other', 'HEAD');
    const after = (await workspace.capture()).control;
    const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => before[key] !== after[key]).sort();
    assert.deepEqual(changed, ['config', 'hooks/pre-commit', 'refs/heads/other']);
    assert.equal(before['.git'], 'folder');
    repo.git('pack-refs', '--all');
    repo.git('gc', '-q');
    assert.deepEqual((await workspace.capture()).control, after, 'packing refs and objects is no change');
    repo.git('update-ref', 'refs/heads/other', repo.git('commit-tree', '-m', 'x', 'HEAD^{tree}'));
    assert.notEqual((await workspace.capture()).control['refs/heads/other'], after['refs/heads/other']);
  });

  it('notices when .git is swapped for a pointer to elsewhere, and what changes in repositories inside', async () => {
    const repo = newRepo({ 'a.txt': 'a' });
    fs.mkdirSync(repo.at('inner'));
    execFileSync('git', ['init', '-q'], { cwd: repo.at('inner') });
    const workspace = await open(repo);
    const before = (await workspace.capture()).control;
    repo.write('inner/.git/hooks/post-checkout', 'evil', 0o755);
    assert.notEqual((await workspace.capture()).control['inner/.git/hooks/post-checkout'], before['inner/.git/hooks/post-checkout']);
    fs.renameSync(repo.at('.git'), path.join(repo.outside, 'moved'));
    repo.write('.git', `gitdir: ${repo.outside}/moved\n`);
    const after = (await workspace.capture()).control;
    assert.deepEqual([before['.git'], after['.git'] === 'folder', after['HEAD']], ['folder', false, before['HEAD']]);
  });

  it('leaves the work tree as it is', async () => {
    const repo = newRepo({ 'a.txt': 'a' });
    const before = contentsOf(repo.root);
    const workspace = await open(repo);
    await workspace.capture();
    assert.deepEqual(contentsOf(repo.root), before);
  });
});
