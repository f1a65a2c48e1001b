import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Needs } from '../../../src/core/session/retention.ts';
import type { KeepingWorkspace } from '../../../src/node/workspace/keepingWorkspace.ts';
import type { TestRepo } from '../../support/repo.ts';
import { dyingAfter } from './faults.ts';
import { newRepo, open, removeRepos } from './opened.ts';

const git = (repo: TestRepo, ...args: string[]) => execFileSync('git', args, { env: { ...process.env, GIT_DIR: repo.store }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
const needs = (more: Partial<Needs>): Needs => ({ trees: [], blobs: [], commits: [], ...more });

/** Three boundaries, each with a large file of its own and a content that comes and goes. */
async function history(repo: TestRepo): Promise<{ readonly workspace: KeepingWorkspace; readonly trees: readonly string[]; readonly commits: readonly string[] }> {
  const workspace = await open(repo);
  const [trees, commits] = [[] as string[], [] as string[]];
  for (const [index, comes] of ['same', 'other', 'same', 'last'].entries()) {
    repo.write('large.bin', randomBytes(60_000));
    repo.write('comes.txt', comes);
    if (index === 0) repo.write('first/only.txt', 'x');
    else fs.rmSync(repo.at('first'), { recursive: true, force: true });
    const { tree } = await workspace.capture();
    const parent = commits.at(-1);
    trees.push(tree);
    commits.push(await workspace.commit({ tree, branch: 'bounded/task/s1/1', message: `boundary ${index}`, author: 'bounded', ...(parent === undefined ? {} : { parent }) }));
  }
  return { workspace, trees, commits };
}

const keepOnly = (workspace: KeepingWorkspace, wanted: Needs, stops: readonly string[]): Promise<void> => workspace.checkpoints.keepOnly(new Set(stops), wanted);

const there = (repo: TestRepo, oid: string) => {
  try {
    return git(repo, 'cat-file', '-t', oid) !== '';
  } catch {
    return false;
  }
};

describe('making room in the store', () => {
  const restored: (() => void)[] = [];
  afterEach(() => {
    for (const restore of restored.splice(0)) restore();
    removeRepos();
  });

  it('removes what nothing needs, keeps every content that what stays shares with it, and leaves a history that git reads', async () => {
    const repo = newRepo({ 'a.txt': 'a' });
    const { workspace, trees, commits } = await history(repo);
    const [base = '', , third = '', last = ''] = trees;
    const before = await workspace.checkpoints.measure();
    const gone = (await workspace.entries(trees[1] ?? '')).get('comes.txt')?.oid ?? assert.fail();
    await keepOnly(workspace, needs({ trees: [base, third], commits: [commits[0] ?? '', commits[2] ?? '', commits[3] ?? ''] }), commits);
    assert.ok((await workspace.checkpoints.measure()) < before - 50_000);
    assert.ok(!there(repo, trees[1] ?? '') && !there(repo, gone) && !there(repo, commits[1] ?? ''));
    for (const tree of [base, third, last]) assert.equal((await workspace.blobText((await workspace.entries(tree)).get('large.bin') ?? assert.fail())).length > 0, true);
    git(repo, 'fsck', '--strict', '--no-dangling');
    assert.deepEqual(git(repo, 'log', '--format=%s', 'bounded/task/s1/1').split('\n'), ['boundary 3', 'boundary 2']);
    assert.deepEqual(fs.readdirSync(path.join(repo.store, 'refs', 'kept')).sort(), [commits[0], commits[2], commits[3]].sort());
    assert.deepEqual(fs.readdirSync(path.join(repo.store, 'spool')), []);
  });

  it('leaves the last checkpoint, from which the next process goes on, and stores a content again that went', async () => {
    const repo = newRepo({ 'a.txt': 'a' });
    const { workspace, trees } = await history(repo);
    await keepOnly(workspace, needs({ trees: [trees[0] ?? ''] }), []);
    assert.equal((await (await open(repo)).capture()).tree, trees.at(-1));
    repo.write('comes.txt', 'other');
    const { tree } = await workspace.capture();
    const after = await open(repo);
    assert.equal(await after.blobText((await after.entries(tree)).get('comes.txt') ?? assert.fail()), 'other');
    git(repo, 'fsck', '--strict', '--no-dangling');
  });

  it('leaves what a look found again while it was reckoned what is needed, though nobody needed it when that began', async () => {
    const repo = newRepo({ 'a.txt': 'a' });
    const { workspace, trees } = await history(repo);
    repo.write('comes.txt', 'other');
    const sweeping = keepOnly(workspace, needs({ trees: [trees[0] ?? ''] }), []);
    const { tree } = await workspace.capture();
    await sweeping;
    const after = await open(repo);
    assert.equal(await after.blobText((await after.entries(tree)).get('comes.txt') ?? assert.fail()), 'other');
    git(repo, 'fsck', '--strict', '--no-dangling');
  });

  it('has the content of a control file again after the next look, where it went', async () => {
    const repo = newRepo({ 'a.txt': 'a' });
    const workspace = await open(repo);
    // Three seconds later a look takes the file for settled.
    const now = Date.now;
    Date.now = () => now() + 3000;
    restored.push(() => { Date.now = now; });
    const word = (await workspace.capture()).control['config'] ?? '';
    const oid = word.split(' ').at(-1) ?? '';
    assert.ok(there(repo, oid));
    await keepOnly(workspace, needs({}), []);
    assert.ok(!there(repo, oid), 'nobody said that it is needed');
    assert.equal((await workspace.capture()).control['config'], word);
    assert.ok(there(repo, oid));
  });

  it('leaves packs alone that have anything beside them', async () => {
    const repo = newRepo({ 'a.txt': 'a' });
    const { workspace } = await history(repo);
    const folder = path.join(repo.store, 'objects', 'pack');
    const packs = fs.readdirSync(folder);
    for (const name of packs) fs.writeFileSync(path.join(folder, `${path.parse(name).name}.keep`), '');
    await keepOnly(workspace, needs({}), []);
    assert.deepEqual(fs.readdirSync(folder).filter((name) => !name.endsWith('.keep')), packs);
  });

  it('that is interrupted at any step leaves a whole store with all that is needed, and the next time comes to the end', async function () {
    this.timeout(60_000);
    const original = newRepo({ 'a.txt': 'a' });
    const { trees, commits } = await history(original);
    const wanted = needs({ trees: [trees[0] ?? '', trees[2] ?? ''], commits: [commits[0] ?? '', commits[2] ?? '', commits[3] ?? ''] });
    for (let allowed = 0; ; allowed += 1) {
      const repo = { ...original, store: path.join(original.outside, `store-${allowed}`) };
      fs.cpSync(original.store, repo.store, { recursive: true });
      const workspace = await open(repo);
      const asked = await dyingAfter(allowed, () => keepOnly(workspace, wanted, commits));
      git(repo, 'fsck', '--strict', '--no-dangling');
      const after = await open(repo);
      for (const tree of [trees[0], trees[2], trees[3]]) for (const blob of (await after.entries(tree ?? '')).values()) await after.blobText(blob);
      // The next time comes to the end, wherever this one stopped; a few places are enough to see that.
      if (allowed % 4 === 0) await keepOnly(after, wanted, commits);
      if (allowed % 4 === 0) assert.ok(!there(repo, trees[1] ?? ''));
      if (asked <= allowed) break;
    }
  });

  it('removes nothing where something is missing below what is needed', async () => {
    const repo = newRepo({ 'b.txt': 'b' });
    const { workspace, trees } = await history(repo);
    const [base = '', ...others] = trees;
    // An id is kept for itself: what it leads to is not.
    await keepOnly(workspace, needs({ blobs: [base], trees: others }), []);
    const before = fs.readdirSync(path.join(repo.store, 'objects', 'pack'));
    await assert.rejects(keepOnly(await open(repo), needs({ trees: [base] }), []), /does not have/);
    assert.deepEqual(fs.readdirSync(path.join(repo.store, 'objects', 'pack')), before);
  });
});
