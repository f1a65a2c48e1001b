import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { RestoreItem } from '../../../src/agent/ports.ts';
import { compileGlobs } from '../../../src/core/guard/globs.ts';
import { Blobs } from '../../../src/node/workspace/store/blobs.ts';
import { findProgram } from '../../../src/node/workspace/git/findProgram.ts';
import { PathGuard } from '../../../src/node/workspace/disk/guard.ts';
import { restorePaths } from '../../../src/node/workspace/rewind/restore.ts';
import { Store } from '../../../src/node/workspace/store/store.ts';
import { contentsOf, type TestRepo } from '../../support/repo.ts';
import { dyingAfter, syncing, watching } from './faults.ts';
import { newRepo, open, removeRepos } from './opened.ts';

const many = Object.fromEntries(['d/a', 'd/b', 'd/c', 'e/a', 'e/b', 'top'].map((file) => [file, `old ${file}\n`]));

/** The session changed every file of `many` and made two; answers what brings all of it back. */
async function changed(repo: TestRepo): Promise<{ readonly items: readonly RestoreItem[]; readonly wanted: Record<string, string>; readonly workspace: Awaited<ReturnType<typeof open>> }> {
  const workspace = await open(repo);
  const wanted = contentsOf(repo.root);
  const base = (await workspace.capture()).tree;
  for (const file of Object.keys(many)) repo.write(file, `session ${file}\n`);
  for (const file of ['made/x', 'made/y']) repo.write(file, 'made');
  const left = (await workspace.capture()).tree;
  return { workspace, wanted, items: (await workspace.diff(base, left)).map((diff) => ({ path: diff.path, target: diff.before ?? null, expected: diff.after ?? null })) };
}

const withoutBeside = (repo: TestRepo) => Object.fromEntries(Object.entries(contentsOf(repo.root)).filter(([file]) => !/\.bounded-\w+\.(tmp|old)$/.test(file)));

describe('a rewind of many files at once', () => {
  afterEach(removeRepos);

  it('writes and syncs all contents before the first takes its place, and syncs each folder once', async function () {
    if (process.platform !== 'linux') this.skip();
    const repo = newRepo(many);
    const { workspace, items } = await changed(repo);
    const steps: string[] = [];
    const folderOf = (place: string) => path.relative(repo.root, fs.realpathSync(path.dirname(place)));
    const record = (descriptor: number) => {
      const file = fs.readlinkSync(`/proc/self/fd/${descriptor}`);
      steps.push(file.endsWith('.tmp') ? `content in ${folderOf(file)}` : `folder ${path.relative(repo.root, file)}`);
    };
    const placing = (name: string, args: readonly unknown[]) => { if (name === 'rename' && String(args[0]).endsWith('.tmp')) steps.push(`place in ${folderOf(String(args[0]))}`); };
    await syncing(record, () => watching(placing, () => workspace.restore(items)));
    const inD = steps.filter((step) => step.endsWith(' d'));
    assert.deepEqual(inD, ['content in d', 'content in d', 'content in d', 'place in d', 'place in d', 'place in d', 'folder d']);
    assert.equal(steps.filter((step) => step === 'folder made').length, 1);
    const back = steps.filter((step) => /^(content|place|folder) /.test(step) && step !== 'folder made');
    assert.deepEqual(back.map((step) => step.split(' ')[0]), ['content', 'place', 'folder'].flatMap((what) => Array.from({ length: what === 'folder' ? 3 : 6 }, () => what)), 'of all folders');
  });

  it('that is interrupted at any step leaves each path as it was or as it shall be, and can be done again', async function () {
    this.timeout(240_000);
    for (let allowed = 0; ; allowed += 2) {
      const repo = newRepo(many);
      const { workspace, items, wanted } = await changed(repo);
      const left = contentsOf(repo.root);
      const asked = await dyingAfter(allowed, () => workspace.restore(items));
      const now = contentsOf(repo.root);
      for (const { path: file } of items) {
        const aside = Object.entries(now).some(([name, state]) => /\.bounded-\w+\.old$/.test(name) && state === left[file]);
        assert.ok(now[file] === left[file] || now[file] === wanted[file] || aside, `${file} after ${allowed} steps`);
      }
      const again = await workspace.restore(items);
      assert.deepEqual([again.left, withoutBeside(repo)], [[], wanted], `after ${allowed} steps`);
      repo.remove();
      if (asked <= allowed) break;
    }
  });

  it('keeps what the user writes after all contents lie beside their places', async () => {
    const repo = newRepo(many);
    const { workspace, items, wanted } = await changed(repo);
    let done = false;
    const user = (name: string) => {
      if (name !== 'link' || done) return;
      done = true;
      for (const file of ['d/a', 'd/b', 'd/c', 'e/a', 'e/b', 'top']) fs.writeFileSync(repo.at(file), 'of the user\n');
    };
    const outcome = await watching(user, () => workspace.restore(items));
    assert.deepEqual(outcome.left.map((one) => one.path).sort(), Object.keys(many));
    const kept = Object.fromEntries(Object.keys(many).map((file) => [file, repo.read(file)]));
    assert.deepEqual(kept, Object.fromEntries(Object.keys(many).map((file) => [file, 'of the user\n'])));
    assert.deepEqual(Object.keys(withoutBeside(repo)).sort(), Object.keys(wanted).sort());
    assert.ok(!Object.keys(contentsOf(repo.root)).some((file) => file.includes('.bounded-')));
  });

  it('keeps permissions that the user gives a file after its content lies beside it', async () => {
    const repo = newRepo(many);
    const { workspace, items, wanted } = await changed(repo);
    let asked = false;
    const user = (name: string) => {
      if (name !== 'link' || asked) return;
      asked = true;
      fs.chmodSync(repo.at('d/b'), 0o600);
      fs.chmodSync(repo.at('d/c'), 0o600);
    };
    const outcome = await watching(user, () => workspace.restore(items));
    assert.deepEqual([outcome.left, repo.read('d/b'), repo.read('d/c')], [[], 'old d/b\n', 'old d/c\n']);
    assert.deepEqual(['d/b', 'd/c'].map((file) => fs.statSync(repo.at(file)).mode & 0o777), [0o600, 0o600]);
    assert.equal(Object.keys(contentsOf(repo.root)).length, Object.keys(wanted).length);
  });

  it('makes no folder for a path that is left', async () => {
    const repo = newRepo(many);
    const { workspace, items } = await changed(repo);
    fs.rmSync(repo.at('d'), { recursive: true });
    const outcome = await workspace.restore(items);
    assert.deepEqual([outcome.left, repo.exists('d')], [['d/a', 'd/b', 'd/c'].map((file) => ({ path: file, why: 'you deleted it since' })), false]);
    assert.deepEqual(outcome.restored, ['e/a', 'e/b', 'made/x', 'made/y', 'top']);
  });

  it('of more files than are held at once brings all of them back', async () => {
    const files = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`f${n % 7}/${n}`, `content ${n}\n`]));
    const repo = newRepo(files);
    const workspace = await open(repo);
    const wanted = contentsOf(repo.root);
    const base = (await workspace.capture()).tree;
    for (const file of Object.keys(files)) repo.write(file, 'session\n');
    fs.rmSync(repo.at('f3'), { recursive: true });
    const left = (await workspace.capture()).tree;
    const items = (await workspace.diff(base, left)).map((diff) => ({ path: diff.path, target: diff.before ?? null, expected: diff.after ?? null }));
    const outcome = await workspace.restore(items);
    assert.deepEqual([outcome.restored.length, outcome.left, contentsOf(repo.root)], [300, [], wanted]);
  });

  it('writes nothing when the store answers other bytes than were asked for', async () => {
    const repo = newRepo(many);
    const { items } = await changed(repo);
    const blobs = new Blobs(await Store.open(repo.store, (await findProgram('git', repo.root)) ?? assert.fail()));
    const before = contentsOf(repo.root);
    blobs.note(items.find((item) => item.path === 'd/b')?.target?.oid ?? '', Buffer.from('old d/X\n'));
    const parts = { root: repo.root, blobs, guard: new PathGuard(repo.root, [], compileGlobs([])), made: () => false, skip: () => false };
    await assert.rejects(restorePaths(parts, items.filter((item) => item.target !== null)), /other bytes for d\/b/);
    assert.deepEqual(contentsOf(repo.root), before);
  });
});
