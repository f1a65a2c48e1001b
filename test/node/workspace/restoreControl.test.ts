import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { controlStates } from '../../../src/agent/control.ts';
import type { BesideItem } from '../../../src/core/session/facts.ts';
import { repoAt, type TestRepo } from '../../support/repo.ts';
import { dyingAfter } from './faults.ts';
import { newRepo, open, removeRepos } from './opened.ts';

/** What differs between two looks at the control files, the way back. */
async function changed(repo: TestRepo, act: () => void): Promise<{ readonly items: readonly BesideItem[]; readonly workspace: Awaited<ReturnType<typeof open>> }> {
  const workspace = await open(repo);
  const before = controlStates((await workspace.capture()).control);
  act();
  const after = controlStates((await workspace.capture()).control);
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((file) => before[file] !== after[file]);
  const word = <K extends string>(key: K, state: string | undefined) => (state === undefined ? {} : { [key]: state }) as { readonly [key in K]?: string };
  return { workspace, items: paths.map((file) => ({ path: file, ...word('target', before[file]), ...word('expected', after[file]) })) };
}

describe('bringing a control file of git back', function () {
  this.timeout(60_000);
  afterEach(removeRepos);

  it('waits for nobody: while git holds its lock the file is left, and no lock of ours stays', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    const before = repo.read('.git/config');
    const { workspace, items } = await changed(repo, () => repo.git('config', 'x.y', 'z'));
    repo.write('.git/config.lock', '');
    assert.deepEqual((await workspace.restoreBeside(items)).map(({ path: file, why }) => [file, /config\.lock, by which git is changing it/.test(why)]), [['.git/config', true]]);
    fs.rmSync(repo.at('.git/config.lock'));
    assert.deepEqual(await workspace.restoreBeside(items), []);
    assert.equal(repo.read('.git/config'), before);
    assert.deepEqual(await workspace.restoreBeside(items), [], 'once more is no fault');
    assert.deepEqual(fs.readdirSync(repo.at('.git')).filter((name) => /lock|bounded/.test(name)), []);
  });

  it('that is interrupted at any step is brought to its end by the next process, and nothing of ours stays: no lock that keeps git waiting', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    const before = repo.read('.git/config');
    for (let allowed = 0; ; allowed += 1) {
      const { workspace, items } = await changed(repo, () => repo.git('config', 'x.y', `z${allowed}`));
      const asked = await dyingAfter(allowed, () => workspace.restoreBeside(items));
      assert.deepEqual(await (await open(repo)).restoreBeside(items), [], `after ${allowed}`);
      assert.deepEqual([repo.read('.git/config'), fs.readdirSync(repo.at('.git')).filter((name) => /lock|bounded/.test(name))], [before, []], `after ${allowed}`);
      if (asked <= allowed) break;
    }
    // The lock of a process that is still at it is nobody's to remove.
    const { workspace, items } = await changed(repo, () => repo.git('config', 'x.y', 'last'));
    repo.write('.git/config.lock', `bounded ${process.ppid}\n`);
    assert.equal((await workspace.restoreBeside(items)).length, 1);
    assert.ok(repo.exists('.git/config.lock'));
  });

  it('brings refs back and takes them away, packed or not, and runs no hook for it', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    repo.git('branch', 'packed');
    repo.git('pack-refs', '--all');
    repo.git('branch', 'loose');
    const refs = repo.git('for-each-ref');
    const { workspace, items } = await changed(repo, () => {
      repo.git('branch', '-D', 'packed', 'loose');
      repo.git('branch', 'group/made');
      repo.git('update-ref', 'refs/notes/x', repo.git('rev-parse', 'HEAD^{tree}'));
      repo.git('pack-refs', '--all');
      repo.git('branch', 'unpacked');
    });
    repo.git('symbolic-ref', 'refs/remotes/x/HEAD', 'refs/heads/main');
    repo.write('.git/hooks/reference-transaction', '#!/bin/sh\ntouch "$GIT_DIR/hook-ran"\n', 0o755);
    assert.deepEqual(await workspace.restoreBeside([...items, { path: '.git/refs/remotes/x/HEAD', expected: 'ref ref: refs/heads/main' }]), []);
    assert.deepEqual([repo.git('for-each-ref'), repo.exists('.git/hook-ran')], [refs, false]);
  });

  it('finds those of a linked work tree, a submodule and a repository inside where they are, and nothing else', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    const library = newRepo({ 'l.txt': 'l\n' });
    repo.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.root, 'deep/lib');
    repo.git('commit', '-qm', 'lib');
    repo.git('init', '-q', 'inner');
    const files = ['.git/modules/deep/lib/config', 'inner/.git/HEAD', '.git/config'];
    const before = files.map((file) => repo.read(file));
    const { workspace, items } = await changed(repo, () => files.forEach((file) => fs.appendFileSync(repo.at(file), '# planted\n')));
    assert.deepEqual(items.map((item) => item.path).sort(), [...files].sort());
    assert.deepEqual(await workspace.restoreBeside(items), []);
    assert.deepEqual(files.map((file) => repo.read(file)), before);
    const others = ['.git/objects/info/packs', '.git/../a.txt', '.git/packed-refs', 'a.txt/.git', '.git/modules/none/config', 'inner/.git/objects/x'];
    const refused = await workspace.restoreBeside(others.map((file) => ({ path: file, target: items[0]?.target ?? '' })));
    assert.deepEqual(refused.map(({ why }) => why), others.map(() => 'it is no control file of this repository'));

    repo.git('worktree', 'add', '-q', '-b', 'side', path.join(repo.outside, 'linked'));
    const linked = repoAt(path.join(repo.outside, 'linked'), repo.outside);
    const moved = await changed(linked, () => linked.git('checkout', '-q', '--detach'));
    await moved.workspace.restoreBeside(moved.items);
    assert.deepEqual([linked.git('symbolic-ref', 'HEAD'), repo.git('symbolic-ref', 'HEAD')], ['refs/heads/side', 'refs/heads/main']);
  });

  it('needs no HEAD: that may be what is gone', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    const { workspace, items } = await changed(repo, () => fs.rmSync(repo.at('.git/HEAD')));
    assert.deepEqual([items.map((item) => item.path), await workspace.restoreBeside(items), repo.git('symbolic-ref', 'HEAD')], [['.git/HEAD'], [], 'refs/heads/main']);
  });

  it('keeps what is larger than 4 MiB as it is, and holds every content for the next process', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    repo.write('.git/hooks/large', Buffer.alloc(4 * 1024 ** 2 + 1, 'x'), 0o755);
    const { items } = await changed(repo, () => {
      fs.appendFileSync(repo.at('.git/hooks/large'), 'y');
      repo.write('.git/info/attributes', '* -text\n');
      fs.rmSync(repo.at('.git/info/exclude'));
    });
    assert.equal(items.find((item) => item.path === '.git/hooks/large')?.expected, `seen file 755 ${repo.git('hash-object', '.git/hooks/large')}`);
    const next = await open(repo);
    assert.deepEqual(await next.restoreBeside(items.filter((item) => item.path !== '.git/hooks/large')), []);
    assert.deepEqual([repo.exists('.git/info/attributes'), repo.exists('.git/info/exclude')], [false, true]);
  });
});
