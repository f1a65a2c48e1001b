import assert from 'node:assert/strict';
import fs from 'node:fs';
import type { RestoreItem } from '../../../src/agent/ports.ts';
import type { Path } from '../../../src/core/session/changes.ts';
import { compileGlobs } from '../../../src/core/guard/globs.ts';
import { Blobs } from '../../../src/node/workspace/store/blobs.ts';
import { stateAt } from '../../../src/node/workspace/disk/fileState.ts';
import { findProgram } from '../../../src/node/workspace/git/findProgram.ts';
import { PathGuard } from '../../../src/node/workspace/disk/guard.ts';
import { putFile, removeFile } from '../../../src/node/workspace/disk/replaceFile.ts';
import { restorePaths } from '../../../src/node/workspace/rewind/restore.ts';
import { Store } from '../../../src/node/workspace/store/store.ts';
import { contentsOf, type TestRepo } from '../../support/repo.ts';
import { dyingAfter, watching } from './faults.ts';
import { newRepo, open, removeRepos } from './opened.ts';

async function rewindable(repo: TestRepo): Promise<{ readonly items: RestoreItem[]; readonly wanted: Record<string, string>; readonly left: Record<string, string>; readonly restore: (items: readonly RestoreItem[]) => Promise<unknown>; readonly sweep: () => Promise<void> }> {
  const workspace = await open(repo);
  const wanted = contentsOf(repo.root);
  const base = (await workspace.capture()).tree;
  repo.write('a.txt', 'session');
  repo.write('made/new.txt', 'new');
  fs.rmSync(repo.at('gone/b.txt'));
  const after = (await workspace.capture()).tree;
  const items = (await workspace.diff(base, after)).map((diff) => ({ path: diff.path, target: diff.before ?? null, expected: diff.after ?? null }));
  return { items, wanted, left: contentsOf(repo.root), restore: (some) => workspace.restore(some), sweep: () => workspace.sweep(after) };
}

describe('an interruption', () => {
  afterEach(removeRepos);

  it('of a rewind at any step leaves each path as it was or as it shall be, and the rewind can be done again', async function () {
    this.timeout(120_000);
    for (let allowed = 0; ; allowed += 1) {
      const repo = newRepo({ 'a.txt': 'old', 'gone/b.txt': 'b', 'same.txt': 's' });
      const { items, wanted, left, restore, sweep } = await rewindable(repo);
      const asked = await dyingAfter(allowed, () => restore(items));
      const now = contentsOf(repo.root);
      for (const { path } of items) {
        const aside = Object.entries(now).some(([file, state]) => /\.bounded-\w+\.old$/.test(file) && state === left[path]);
        assert.ok(now[path] === left[path] || now[path] === wanted[path] || aside, `${path} after ${allowed} steps`);
      }
      assert.equal(now['same.txt'], left['same.txt']);
      await sweep();
      await restore(items);
      assert.deepEqual(contentsOf(repo.root), wanted, `after ${allowed} steps`);
      repo.remove();
      if (asked <= allowed) break;
      assert.ok(allowed < 100);
    }
  });

  it('of a write leaves nothing beside the file but what may be the user\'s', async () => {
    const repo = newRepo({ 'd/a.txt': 'one' });
    const workspace = await open(repo);
    const { tree } = await workspace.capture();
    for (const [file, text] of [['.bounded-0123456789ab.tmp', 'half of'], ['.bounded-0123456789ac.old', 'one'], ['.bounded-0123456789ad.old', 'one, by the user'], ['.bounded-notes.tmp', 'mine'], ['b.old', 'one']]) repo.write(`d/${file}`, text ?? '');
    await workspace.sweep(tree);
    assert.deepEqual(fs.readdirSync(repo.at('d')).sort(), ['.bounded-0123456789ad.old', '.bounded-notes.tmp', 'a.txt', 'b.old']);
  });

  it('of a capture at any step leaves a store in which the next capture succeeds', async function () {
    this.timeout(120_000);
    for (let allowed = 0; ; allowed += 3) {
      const repo = newRepo({ 'a.txt': 'a', 'd/b.txt': 'b' });
      const asked = await dyingAfter(allowed, async () => (await open(repo)).capture());
      const workspace = await open(repo);
      const { tree } = await workspace.capture();
      assert.deepEqual([...(await workspace.entries(tree)).keys()], ['a.txt', 'd/b.txt']);
      for (const blob of (await workspace.entries(tree)).values()) assert.equal((await workspace.blobText(blob)).length, 1);
      repo.remove();
      if (asked <= allowed) break;
      assert.ok(allowed < 300);
    }
  });
});

describe('somebody else at the same moment', () => {
  afterEach(removeRepos);

  const content = (text: string) => ({ bytes: Buffer.from(text), mode: '100644' as const, secret: false });
  const blobAt = async (repo: TestRepo, file: string) => {
    const state = await stateAt(repo.root, file);
    return state.kind === 'file' ? state.blob : assert.fail();
  };

  it('who writes into a file that is being replaced finds their bytes in place', async () => {
    const repo = newRepo({ 'a.txt': 'one' });
    const expected = await blobAt(repo, 'a.txt');
    const write = (name: string, args: readonly unknown[]) => { if (name === 'rename' && String(args[0]).endsWith('.tmp')) fs.writeFileSync(repo.at('a.txt'), 'user'); };
    assert.equal(await watching(write, () => putFile(repo.root, 'a.txt', content('model'), expected)), 'another content');
    assert.deepEqual([repo.read('a.txt'), fs.readdirSync(repo.root).sort()], ['user', ['.git', 'a.txt']]);
  });

  it('who makes a file where one is being made keeps theirs', async () => {
    const repo = newRepo({});
    const write = (name: string) => { if (name === 'link') fs.writeFileSync(repo.at('a.txt'), 'user'); };
    assert.equal(await watching(write, () => putFile(repo.root, 'a.txt', content('model'), null)), 'something there by now');
    assert.deepEqual([repo.read('a.txt'), fs.readdirSync(repo.root).sort()], ['user', ['.git', 'a.txt']]);
  });

  it('who writes into a file that is being removed finds it again', async () => {
    const repo = newRepo({ 'a.txt': 'one' });
    const expected = await blobAt(repo, 'a.txt');
    const write = (name: string) => { if (name === 'rename') fs.writeFileSync(repo.at('a.txt'), 'user'); };
    assert.equal(await watching(write, () => removeFile(repo.root, 'a.txt', expected)), 'another content');
    assert.deepEqual([repo.read('a.txt'), fs.readdirSync(repo.root).sort()], ['user', ['.git', 'a.txt']]);
  });

  it('who makes a new file while the old one turns out to have changed keeps both', async () => {
    const repo = newRepo({ 'a.txt': 'one' });
    const expected = await blobAt(repo, 'a.txt');
    const write = (name: string) => { if (name === 'rename') fs.writeFileSync(repo.at('a.txt'), 'user'); else if (name === 'link') fs.writeFileSync(repo.at('a.txt'), 'newer'); };
    const hindrance = (await watching(write, () => removeFile(repo.root, 'a.txt', expected))) ?? '';
    const aside = /kept as (\S+)/.exec(hindrance)?.[1] ?? assert.fail(hindrance);
    assert.deepEqual([repo.read('a.txt'), repo.read(aside)], ['newer', 'user']);
  });

  it('who changes a restored file before it was looked at again has it listed as left', async () => {
    const repo = newRepo({ 'made/a.txt': 'made' });
    const store = await Store.open(repo.store, (await findProgram('git', repo.root)) ?? assert.fail());
    const expected = await blobAt(repo, 'made/a.txt');
    const made = (folder: Path) => { fs.writeFileSync(repo.at(`${folder}/a.txt`), 'again'); return false; };
    const parts = { root: repo.root, blobs: new Blobs(store), guard: new PathGuard(repo.root, [], compileGlobs([])), made, skip: () => false };
    const outcome = await restorePaths(parts, [{ path: 'made/a.txt', target: null, expected }]);
    assert.deepEqual([outcome.restored, outcome.left.map((one) => one.path)], [[], ['made/a.txt']]);
  });
});

describe('a file that was touched a moment ago', () => {
  afterEach(removeRepos);

  it('is read again by the next capture, because its times may not tell a later change', async () => {
    const repo = newRepo({ 'a.txt': 'a' });
    const workspace = await open(repo);
    await workspace.capture();
    let opened = 0;
    const openSync = fs.openSync;
    const { syncBuiltinESMExports } = await import('node:module');
    fs.openSync = (...args) => {
      opened += Number(String(args[0]).endsWith('a.txt'));
      return openSync(...args);
    };
    syncBuiltinESMExports();
    try {
      await workspace.capture();
    } finally {
      fs.openSync = openSync;
      syncBuiltinESMExports();
    }
    assert.equal(opened, 1);
  });
});
