import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Workspace } from '../../../src/agent/ports.ts';
import type { TreeId } from '../../../src/core/session/changes.ts';
import { storeSize } from '../../../src/node/workspace/store/prune.ts';
import { contentsOf, repoAt, type TestRepo, untouchable } from '../../support/repo.ts';
import { House, Template } from './histories/house.ts';
import { newRepo, open, removeRepos } from './opened.ts';

/** Everything that differs between two checkpoints, back to the first. */
async function rewind(workspace: Workspace, base: TreeId, left: TreeId): ReturnType<Workspace['restore']> {
  return workspace.restore((await workspace.diff(base, left)).map((diff) => ({ path: diff.path, target: diff.before ?? null, expected: diff.after ?? null })));
}

/** Times and inodes by path: what a watcher of files would notice. */
function times(repo: TestRepo): Record<string, string> {
  return Object.fromEntries(Object.keys(contentsOf(repo.root)).map((file) => {
    const stats = fs.lstatSync(repo.at(file), { bigint: true });
    return [file, `${stats.mtimeNs} ${stats.ino}`];
  }));
}

/** Puts a git in front of PATH that counts how often it is started. */
async function countingGit(repo: TestRepo, work: (started: () => number) => Promise<void>): Promise<void> {
  const folder = path.join(repo.outside, 'bin');
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, 'git'), `#!/bin/sh\necho x >> ${repo.outside}/started\nexec ${real} "$@"\n`, { mode: 0o755 });
  const { PATH } = process.env;
  process.env['PATH'] = `${folder}${path.delimiter}${PATH}`;
  try {
    await work(() => (fs.existsSync(`${repo.outside}/started`) ? fs.readFileSync(`${repo.outside}/started`).length / 2 : 0));
  } finally {
    process.env['PATH'] = PATH;
  }
}

/** What users of other agents lost, each told again as something that must not happen here. The names are those of the public reports. */
describe('incidents elsewhere', () => {
  afterEach(removeRepos);

  it('1: the undo in one folder of a monorepo takes its siblings with it (opencode#3176)', async () => {
    const top = newRepo({ 'packages/one/a.txt': 'a\n', 'packages/two/b.txt': 'b\n', 'c.txt': 'c\n' });
    const one = { ...repoAt(top.at('packages/one'), top.outside), store: top.store };
    const workspace = await open(one);
    const base = (await workspace.capture()).tree;
    one.write('a.txt', 'session\n');
    one.write('new.txt', 'session\n');
    const left = (await workspace.capture()).tree;
    top.write('packages/two/b.txt', 'mine\n');
    top.write('packages/three/d.txt', 'mine\n');
    fs.rmSync(top.at('c.txt'));
    const before = times(top);
    assert.deepEqual((await rewind(workspace, base, left)).left, []);
    const after = times(top);
    const changed = Object.keys({ ...before, ...after }).filter((file) => before[file] !== after[file]);
    assert.deepEqual(changed.sort(), ['packages/one/a.txt', 'packages/one/new.txt']);
    assert.deepEqual([top.read('packages/two/b.txt'), top.exists('c.txt'), one.read('a.txt')], ['mine\n', false, 'a\n']);
  });

  it('5: the undo of one session takes back another, or the user\'s edits (vscode#296245, opencode#3176)', async () => {
    const template = new Template();
    try {
      await template.make();
      const folder = template.copy('repository');
      const file = path.join(folder, 'work/src/a.txt');
      const start = fs.readFileSync(file, 'utf8');
      const first = await House.open(folder, 'flag');
      await first.write('src/a.txt', start.replace('a1 line', 'first session'));
      await first.look();
      await first.close();
      fs.renameSync(path.join(folder, 'trace.jsonl'), path.join(folder, 'first.jsonl'));
      const second = await House.open(folder, 'flag');
      await second.write('src/a.txt', fs.readFileSync(file, 'utf8').replace('a6 line', 'second session'));
      fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('a10 line', 'the user'));
      assert.equal((await second.act({ type: 'rewind-boundary', to: 'base' })).ok, true);
      assert.equal(fs.readFileSync(file, 'utf8'), start.replace('a1 line', 'first session').replace('a10 line', 'the user'));
      assert.equal((await second.act({ type: 'undo-rewind', rewind: second.session.rewinds[0]?.id ?? '' })).ok, true);
      assert.equal(fs.readFileSync(file, 'utf8'), start.replace('a1 line', 'first session').replace('a6 line', 'second session').replace('a10 line', 'the user'));
      await second.close();
    } finally {
      template.remove();
    }
  });

  it('6: the undo touches every file, and every watcher wakes (zed#59099)', async () => {
    const repo = newRepo(Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`src/${index % 9}/${index}.txt`, `${index}\n`])));
    const workspace = await open(repo);
    const base = (await workspace.capture()).tree;
    for (const index of [3, 77, 200]) repo.write(`src/${index % 9}/${index}.txt`, 'session\n');
    repo.write('src/0/9.txt', 'there and back\n');
    repo.write('src/0/9.txt', '9\n');
    const left = (await workspace.capture()).tree;
    const before = times(repo);
    assert.deepEqual((await rewind(workspace, base, left)).left, []);
    const after = times(repo);
    assert.deepEqual(Object.keys(before).filter((file) => before[file] !== after[file]).sort(), ['src/2/200.txt', 'src/3/3.txt', 'src/5/77.txt']);
    const again = await rewind(workspace, base, left);
    assert.deepEqual([again.left, times(repo)], [[], after], 'a second time there is nothing to write');
  });

  it('7: checkpoints eat the disk (cline#1311, cline#1873, opencode#6845, opencode#3182)', async () => {
    const repo = newRepo({ '.gitignore': 'target/\n', ...Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`src/${index}.txt`, `${index}\n`.repeat(50)])) });
    const workspace = await open(repo);
    await workspace.capture();
    const once = await storeSize(repo.store);
    for (let round = 0; round < 30; round += 1) await workspace.capture();
    assert.ok(await storeSize(repo.store) - once < 65_536, 'checkpoints of what has not changed take no space, but for the notes of what was read');
    for (let round = 0; round < 30; round += 1) {
      repo.write('src/7.txt', `round ${round}\n`.repeat(50));
      await workspace.capture();
    }
    const grown = await storeSize(repo.store) - once;
    assert.ok(grown < 30 * 16_384, `30 checkpoints of one small change took ${grown} bytes`);
    const built = Buffer.alloc(80 * 1024 * 1024);
    for (let at = 0; at < built.length; at += 4096) built.writeUInt32LE(at, at);
    repo.write('target/debug/app', built);
    const { notCovered } = await workspace.capture();
    assert.ok(await storeSize(repo.store) - once < 30 * 16_384 + 65_536, 'what is built and ignored is not copied');
    assert.deepEqual(notCovered, ['target: ignored, and more than 64 MiB of ignored files (1 file)']);
    await assert.rejects(open({ ...repo, root: os.homedir() }), /no workspace/);
  });

  it('8: the time of a checkpoint grows with the project or with every changed file (cline#13131, zed#62283, opencode#18072)', async function () {
    this.timeout(60_000);
    const files = (text: string) => Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`src/${index % 20}/${index}.txt`, `${text} ${index}\n`]));
    const repo = newRepo(files('old'));
    await countingGit(repo, async (started) => {
      const workspace = await open(repo);
      await workspace.capture();
      const base = await workspace.capture();
      const quiet = started();
      for (const [file, text] of Object.entries(files('new'))) repo.write(file, text);
      const left = await workspace.capture();
      const many = started() - quiet;
      assert.ok(many <= 3, `a checkpoint of 1000 changed files started git ${many} times`);
      const some = (await workspace.diff(base.tree, left.tree)).slice(0, 100);
      assert.equal((await workspace.restore(some.map((diff) => ({ path: diff.path, target: diff.before ?? null, expected: diff.after ?? null })))).restored.length, 100);
      const all = started() - quiet;
      assert.ok(all <= 10, `with the rewind of 100 of them, git was started ${all} times`);
      const before = started();
      for (let round = 0; round < 20; round += 1) await workspace.capture();
      assert.equal(started(), before, 'looking again starts no git at all');
    });
  });

  it('9: repositories inside, submodules and work trees switch the undo off, or are damaged by it (cline#2868, Roo#10636, zed#56336)', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    const git = (folder: string, ...args: string[]) => execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@localhost', '-c', 'protocol.file.allow=always', ...args], { cwd: folder, stdio: 'pipe' });
    fs.mkdirSync(path.join(repo.outside, 'origin'));
    git(path.join(repo.outside, 'origin'), 'init', '-q');
    fs.writeFileSync(path.join(repo.outside, 'origin/s.txt'), 's\n');
    git(path.join(repo.outside, 'origin'), 'add', '.');
    git(path.join(repo.outside, 'origin'), 'commit', '-qm', 's');
    git(repo.root, 'submodule', 'add', '-q', path.join(repo.outside, 'origin'), 'sub');
    git(repo.root, 'worktree', 'add', '-q', path.join(repo.root, 'linked'), '-b', 'linked');
    git(repo.root, 'init', '-q', 'inner');
    repo.write('inner/i.txt', 'i\n');
    git(repo.at('inner'), 'add', '.');
    git(repo.at('inner'), 'commit', '-qm', 'i');
    const gits = ['.git', 'sub/.git', 'linked/.git', 'inner/.git'].map((name) => [name, fs.lstatSync(repo.at(name)).ino]);
    const [before, own] = [contentsOf(repo.root), untouchable(repo)];
    const workspace = await open(repo);
    const base = (await workspace.capture()).tree;
    for (const file of ['a.txt', 'sub/s.txt', 'linked/a.txt', 'inner/i.txt', 'inner/new.txt']) repo.write(file, 'session\n');
    fs.rmSync(repo.at('sub/s.txt'));
    const left = (await workspace.capture()).tree;
    assert.deepEqual((await rewind(workspace, base, left)).restored, ['a.txt', 'inner/i.txt', 'inner/new.txt', 'linked/a.txt', 'sub/s.txt']);
    assert.deepEqual(contentsOf(repo.root), before);
    assert.deepEqual(gits.map(([name]) => [name, fs.lstatSync(repo.at(String(name))).ino]), gits, 'no git folder was moved, not even for a moment');
    const kept = (state: Record<string, string>) => Object.fromEntries(Object.entries(state).filter(([name]) => /(^|\/)\.git(\/|$)/.test(name)));
    assert.deepEqual(kept(untouchable(repo)), kept(own));
  });

  it('10: a large file is left out of a checkpoint without a word, and comes back wrong later (opencode#20548)', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    const medium = Buffer.alloc(3 * 1024 * 1024, 'more than two megabytes\n');
    repo.write('medium.bin', medium);
    repo.write('huge.bin', 'h');
    fs.truncateSync(repo.at('huge.bin'), 256 * 1024 * 1024 + 1);
    const workspace = await open(repo);
    const base = await workspace.capture();
    assert.deepEqual(base.notCovered, ['huge.bin: larger than 256 MiB (1 file)'], 'what is left out is named');
    repo.write('medium.bin', 'session\n');
    repo.write('huge.bin', 'now it is small\n');
    const left = await workspace.capture();
    assert.notEqual(left.beside?.['huge.bin'], base.beside?.['huge.bin'], 'its change is noticed');
    assert.deepEqual((await workspace.diff(base.tree, left.tree)).map((diff) => diff.path), ['medium.bin'], 'what was left out once stays out, and was not made now');
    assert.deepEqual((await rewind(workspace, base.tree, left.tree)).restored, ['medium.bin']);
    assert.ok(fs.readFileSync(repo.at('medium.bin')).equals(medium));
    assert.equal(repo.read('huge.bin'), 'now it is small\n');
  });

  it('11: checkpoints fill the repository with refs and objects, or clobber its index (codex#28241, codex#8214)', async () => {
    const repo = newRepo({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
    repo.write('b.txt', 'staged\n');
    repo.git('add', 'b.txt');
    repo.write('b.txt', 'and changed\n');
    const git = () => Object.fromEntries(Object.entries(untouchable(repo)).filter(([name]) => name.startsWith('.git/')));
    const before = git();
    const workspace = await open(repo);
    const base = (await workspace.capture()).tree;
    let parent = await workspace.commit({ tree: base, branch: 'bounded/task/s1/1', message: 'base', author: 'user' });
    for (let round = 0; round < 10; round += 1) {
      repo.write('a.txt', `round ${round}\n`);
      const { tree } = await workspace.capture();
      parent = await workspace.commit({ tree, branch: 'bounded/task/s1/1', parent, message: `round ${round}`, author: 'bounded' });
      await workspace.dirty();
      await rewind(workspace, base, tree);
    }
    assert.deepEqual(git(), before, 'not one file below .git is new, gone or touched');
    assert.match(repo.git('fsck', '--strict'), /^$/);
  });
});
