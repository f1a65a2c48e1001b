import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { newRepo, open, removeRepos } from './opened.ts';

describe('the checkpoint store as a repository', () => {
  afterEach(removeRepos);

  it('is put right when it is opened, where a power cut has emptied what only git reads', async () => {
    const repo = newRepo({ 'a.txt': 'one\n' });
    const { tree } = await (await open(repo)).capture();
    for (const name of ['HEAD', 'config', 'info/attributes']) fs.truncateSync(path.join(repo.store, name));
    const again = await open(repo);
    assert.equal((await again.capture()).tree, tree);
    assert.equal(execFileSync('git', ['cat-file', '-p', `${tree}:a.txt`], { env: { ...process.env, GIT_DIR: repo.store }, encoding: 'utf8' }), 'one\n');
  });

  it('takes a commit on a branch though a git that was killed has left its lock', async () => {
    const repo = newRepo({ 'a.txt': 'one\n' });
    const workspace = await open(repo);
    const { tree } = await workspace.capture();
    const commit = (message: string) => workspace.commit({ tree, branch: 'bounded/task/1', message, author: 'bounded' });
    await commit('first');
    fs.writeFileSync(path.join(repo.store, 'refs/heads/bounded/task/1.lock'), '');
    const second = await commit('second');
    assert.equal(execFileSync('git', ['rev-parse', 'bounded/task/1'], { env: { ...process.env, GIT_DIR: repo.store }, encoding: 'utf8' }).trim(), second);
  });

  it('takes no branch that leads out of it', async () => {
    const workspace = await open(newRepo({}));
    const { tree } = await workspace.capture();
    for (const branch of ['../config', 'a//b', 'a/../../HEAD', '', '.', 'a.lock']) await assert.rejects(workspace.commit({ tree, branch, message: 'x', author: 'bounded' }), /no name for a branch/, branch);
  });
});
