import assert from 'node:assert/strict';
import fs from 'node:fs';
import type { Capture, Workspace } from '../../../src/agent/ports.ts';
import { besideChanges, inverse, planBeside } from '../../../src/agent/beside.ts';
import type { BesideItem } from '../../../src/core/session/facts.ts';
import type { TestRepo } from '../../support/repo.ts';
import { newRepo, open, removeRepos } from './opened.ts';

const bits = (repo: TestRepo, file: string): string => (fs.statSync(repo.at(file)).mode & 0o7777).toString(8);

/** Lets a command work, and answers what a rewind would bring back, files and the rest. */
async function commanded(repo: TestRepo, command: () => void): Promise<{ readonly workspace: Workspace; readonly before: Capture; readonly after: Capture; readonly plan: readonly BesideItem[] }> {
  const workspace = await open(repo);
  const before = await workspace.capture();
  command();
  const after = await workspace.capture();
  return { workspace, before, after, plan: planBeside(besideChanges('c', before.beside, after.beside)) };
}

async function files(workspace: Workspace, from: string, to: string): Promise<void> {
  const outcome = await workspace.restore((await workspace.diff(from, to)).map((diff) => ({ path: diff.path, target: diff.before ?? null, expected: diff.after ?? null })));
  assert.deepEqual(outcome.left, []);
}

describe('what a command did to empty folders and permissions', () => {
  before(function () {
    if (process.platform === 'win32') this.skip();
  });
  afterEach(removeRepos);

  it('is noticed, but for what any new file gets', async () => {
    const repo = newRepo({ 'a.txt': 'a', 'run.sh': 'x' });
    fs.chmodSync(repo.at('run.sh'), 0o777 & ~process.umask());
    fs.mkdirSync(repo.at('empty/deep'), { recursive: true });
    const workspace = await open(repo);
    const first = await workspace.capture();
    assert.deepEqual(first.beside, { 'empty/deep': 'empty folder' });
    fs.chmodSync(repo.at('a.txt'), 0o600);
    fs.chmodSync(repo.at('run.sh'), 0o4755);
    const second = await workspace.capture();
    assert.deepEqual(second.beside, { 'a.txt': 'permissions 600', 'empty/deep': 'empty folder', 'run.sh': 'permissions 4755' });
    assert.deepEqual([second.tree, second.notCovered], [first.tree, []]);
  });

  it('comes back, and can be undone', async () => {
    const repo = newRepo({ 'key': 'k', 'open': 'o', 'gone': 'g', 'bin': 'b', 'locked': 'l' });
    for (const file of ['key', 'gone', 'bin']) fs.chmodSync(repo.at(file), 0o600);
    fs.mkdirSync(repo.at('uploads/today'), { recursive: true });
    const { workspace, before, after, plan } = await commanded(repo, () => {
      fs.chmodSync(repo.at('key'), 0o644);
      fs.chmodSync(repo.at('open'), 0o6777);
      fs.rmSync(repo.at('gone'));
      repo.write('bin', 'changed');
      fs.chmodSync(repo.at('bin'), 0o755);
      repo.write('locked', 'changed');
      fs.chmodSync(repo.at('locked'), 0o400);
      fs.rmSync(repo.at('uploads'), { recursive: true });
      fs.mkdirSync(repo.at('made/by/command'), { recursive: true });
    });
    await files(workspace, before.tree, after.tree);
    assert.deepEqual(await workspace.restoreBeside(plan), []);
    assert.deepEqual(['key', 'open', 'gone', 'bin', 'locked'].map((file) => bits(repo, file)), ['600', '644', '600', '600', '644']);
    assert.deepEqual([repo.exists('uploads/today'), repo.exists('made')], [true, false]);
    const back = await workspace.capture();
    assert.deepEqual([back.tree, back.beside], [before.tree, before.beside]);
    await files(workspace, after.tree, back.tree);
    assert.deepEqual(await workspace.restoreBeside(inverse(plan)), []);
    const again = await workspace.capture();
    assert.deepEqual([again.tree, again.beside], [after.tree, after.beside]);
  });

  it('leaves what the user did since', async () => {
    const repo = newRepo({ 'key': 'k', 'run': 'r' });
    for (const file of ['key', 'run']) fs.chmodSync(repo.at(file), 0o600);
    fs.mkdirSync(repo.at('gone'));
    fs.mkdirSync(repo.at('mine'));
    const { workspace, plan } = await commanded(repo, () => {
      for (const file of ['key', 'run']) fs.chmodSync(repo.at(file), 0o644);
      fs.rmdirSync(repo.at('gone'));
      fs.mkdirSync(repo.at('made'));
    });
    fs.chmodSync(repo.at('key'), 0o640);
    fs.chmodSync(repo.at('run'), 0o755);
    repo.write('made/mine.txt', 'mine');
    repo.write('gone', 'a file of mine');
    await workspace.capture();
    const left = await workspace.restoreBeside([...plan, { path: 'mine', expected: 'empty folder' }]);
    assert.deepEqual(left.map((one) => one.path), ['gone', 'key']);
    assert.match(left[1]?.why ?? '', /permissions 640, which are yours/);
    assert.deepEqual([bits(repo, 'key'), bits(repo, 'run'), repo.read('made/mine.txt'), repo.read('gone'), repo.exists('mine')], ['640', '700', 'mine', 'a file of mine', true]);
  });

  it('never follows a link, and touches nothing of git\'s', async () => {
    const repo = newRepo({ 'a': 'a' });
    fs.writeFileSync(`${repo.outside}/secret`, 's');
    fs.chmodSync(`${repo.outside}/secret`, 0o600);
    fs.symlinkSync(`${repo.outside}/secret`, repo.at('link'));
    fs.symlinkSync(repo.outside, repo.at('folder'));
    const workspace = await open(repo);
    await workspace.capture();
    const left = await workspace.restoreBeside([{ path: 'link', target: 'permissions 777', expected: 'permissions 600' }, { path: 'folder/secret', target: 'permissions 777', expected: 'permissions 600' },
      { path: 'folder/made', target: 'empty folder' }, { path: '.git/made', target: 'empty folder' }, { path: '../made', target: 'empty folder' }]);
    assert.deepEqual(left.map((one) => one.path), ['folder/made', '.git/made', '../made']);
    assert.deepEqual([(fs.statSync(`${repo.outside}/secret`).mode & 0o7777).toString(8), fs.readdirSync(repo.outside).sort()], ['600', ['secret', 'store', 'work']]);
  });
});
