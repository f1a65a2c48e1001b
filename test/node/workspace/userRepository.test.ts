import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { findProgram } from '../../../src/node/workspace/git/findProgram.ts';
import { repoAt, untouchable, type TestRepo } from '../../support/repo.ts';
import { newRepo, open, removeRepos } from './opened.ts';

/** Everything that a session does with a workspace, on one changed file; answers what is left as the session's work. */
async function work(repo: TestRepo): Promise<void> {
  const workspace = await open(repo);
  const base = await workspace.capture();
  await workspace.head();
  await workspace.dirty();
  const parent = await workspace.commit({ tree: base.tree, branch: 'bounded/task/s1/1', message: 'base', author: 'user' });
  const read = await workspace.read('src/a.ts');
  assert.ok(read.kind === 'text');
  assert.deepEqual(await workspace.apply({ kind: 'write', path: 'src/a.ts', content: `${read.text}more\n`, expected: read.blob }), { ok: true });
  await workspace.apply({ kind: 'write', path: 'src/made/new.ts', content: 'new\n' });
  const after = await workspace.capture();
  const diff = await workspace.diff(base.tree, after.tree);
  await workspace.hunks(diff);
  await workspace.countLines('src/a.ts', 'x', base.tree);
  await workspace.grep('more');
  await workspace.glob('**/*.ts');
  await workspace.commit({ tree: after.tree, branch: 'bounded/task/s1/1', parent, message: 'work', author: 'bounded' });
  const outcome = await workspace.restore(diff.map((one) => ({ path: one.path, target: one.before ?? null, expected: one.after ?? null })));
  assert.deepEqual(outcome.left, []);
  await workspace.capture();
  await workspace.patch(base.tree, after.tree);
}

describe('the user\'s repository', () => {
  afterEach(removeRepos);

  it('keeps HEAD, index, refs, stash, config, hooks and the times of all other files', async () => {
    const repo = newRepo({ 'src/a.ts': 'a\n', 'b.txt': 'b\n', '.gitignore': 'ignored/\n' });
    repo.write('b.txt', 'stashed\n');
    repo.git('stash');
    repo.write('b.txt', 'staged\n');
    repo.git('add', 'b.txt');
    repo.write('b.txt', 'and changed\n');
    repo.write('untracked', 'u');
    repo.write('ignored/x', 'x');
    repo.git('branch', 'other');
    repo.git('tag', 'v1');
    const before = untouchable(repo);
    await work(repo);
    const after = untouchable(repo);
    const times = /^(\d+) /;
    assert.notEqual(after['src/a.ts'], before['src/a.ts'], 'a file that was written and rewound has new times');
    assert.deepEqual({ ...after, 'src/a.ts': after['src/a.ts']?.replace(times, '') }, { ...before, 'src/a.ts': before['src/a.ts']?.replace(times, '') });
    assert.match(repo.git('fsck', '--strict'), /^(dangling .*\n?)*$/);
  });

  it('runs nothing that is planted in its configuration, hooks or attributes', async () => {
    const repo = newRepo({ 'src/a.ts': 'a\n', 'b.txt': 'b\n' });
    const marker = path.join(repo.outside, 'marker');
    const script = path.join(repo.outside, 'planted.sh');
    fs.writeFileSync(script, `#!/bin/sh\necho "$0 $*" >> ${marker}\ncat 2>/dev/null\n`, { mode: 0o755 });
    const config = {
      'core.fsmonitor': script, 'core.pager': script, 'core.editor': script, 'core.sshCommand': script, 'core.hooksPath': path.join(repo.outside, 'hooks'), 'core.alternateRefsCommand': script,
      'diff.external': script, 'diff.x.textconv': script, 'diff.x.command': script, 'filter.x.clean': script, 'filter.x.smudge': script, 'filter.x.process': script, 'filter.x.required': 'true', 'merge.x.driver': script,
      'gpg.program': script, 'commit.gpgsign': 'true', 'credential.helper': script, 'alias.status': `!${script}`, 'uploadpack.packObjectsHook': script, 'remote.origin.url': `ext::${script}`, 'remote.origin.promisor': 'true', 'extensions.partialClone': 'origin', 'core.repositoryformatversion': '1',
    };
    for (const hook of ['pre-commit', 'post-checkout', 'post-index-change', 'reference-transaction', 'post-commit', 'pre-auto-gc', 'fsmonitor-watchman', 'prepare-commit-msg', 'commit-msg', 'post-rewrite']) {
      for (const folder of [path.join(repo.outside, 'hooks'), repo.at('.git/hooks')]) {
        fs.mkdirSync(folder, { recursive: true });
        fs.copyFileSync(script, path.join(folder, hook));
      }
    }
    repo.write('.gitattributes', '* filter=x diff=x merge=x\n');
    repo.write('.git/info/attributes', '* filter=x diff=x merge=x\n');
    const dirty = () => { repo.write('b.txt', 'changed\n'); repo.write('c.txt', 'new\n'); };
    dirty();
    for (const [key, value] of Object.entries(config)) repo.git('config', key, value);
    await work(repo);
    const workspace = await open(repo);
    const base = await workspace.capture();
    repo.write('src/a.ts', 'kept\n');
    const last = await workspace.capture();
    await workspace.keepBranch({ name: 'task', base: base.tree, dirty: await workspace.dirty(), head: (await workspace.head()).commit ?? '', steps: [{ tree: last.tree, message: 'm', seconds: 1, writes: [] }] });
    assert.equal(fs.existsSync(marker), false, fs.existsSync(marker) ? fs.readFileSync(marker, 'utf8') : '');
    try {
      repo.git('add', '-A');
    } catch {
      // The planted filter does not speak the protocol; that it was started is what counts.
    }
    assert.equal(fs.existsSync(marker), true, 'the trap does fire for plain git');
  });

  it('may have no commit, a detached HEAD, or a linked work tree', async () => {
    const bare = newRepo();
    bare.write('src/a.ts', 'a\n');
    await work(bare);
    const workspace = await open(bare);
    assert.deepEqual([await workspace.head(), await workspace.dirty()], [{ branch: 'main' }, ['src/a.ts']]);

    const detached = newRepo({ 'src/a.ts': 'a\n' });
    detached.git('checkout', '-q', '--detach');
    await work(detached);
    assert.deepEqual(await (await open(detached)).head(), { commit: detached.git('rev-parse', 'HEAD') });

    const main = newRepo({ 'src/a.ts': 'a\n' });
    main.git('worktree', 'add', '-q', '-b', 'side', path.join(main.outside, 'linked'));
    const linked = repoAt(path.join(main.outside, 'linked'), main.outside);
    const before = main.git('for-each-ref');
    await work(linked);
    const opened = await open(linked);
    assert.deepEqual([await opened.head(), await opened.dirty()], [{ commit: main.git('rev-parse', 'HEAD'), branch: 'side' }, []]);
    const { control } = await opened.capture();
    assert.ok(control['refs/heads/side'] !== undefined && control['HEAD'] !== undefined && control['config'] !== undefined && /^file \d+ [0-9a-f]{40}$/.test(control['.git'] ?? ''));
    assert.equal(main.git('for-each-ref'), before);
  });

  it('may have a configuration that git cannot take: then it says so, and nobody knows where HEAD is', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    const workspace = await open(repo);
    for (const [config, why] of [['[core\n', /bad config line 1/], ['[core]\n\trepositoryformatversion = 1\n[extensions]\n\tnonsense = 1\n', /nonsense/], ['[core]\n\trepositoryformatversion = 2\n', /version/]] as const) {
      repo.write('.git/config', config);
      const { unreadable, ...rest } = await workspace.head();
      assert.deepEqual([rest, why.test(unreadable ?? ''), why.test((await workspace.damage()) ?? '')], [{}, true, true], unreadable);
      assert.match((await workspace.capture()).control['config'] ?? '', /^file/);
    }
  });

  it('tells a merge, a rebase and a bisect that are going on', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    repo.git('checkout', '-q', '-b', 'other');
    repo.write('a.txt', 'b\n');
    repo.git('commit', '-qam', 'b');
    repo.git('checkout', '-q', 'main');
    repo.write('a.txt', 'c\n');
    repo.git('commit', '-qam', 'c');
    assert.throws(() => repo.git('merge', 'other'));
    const workspace = await open(repo);
    assert.equal((await workspace.head()).operation, 'merge');
    repo.git('merge', '--abort');
    assert.throws(() => repo.git('rebase', 'other'));
    assert.equal((await workspace.head()).operation, 'rebase');
    repo.git('rebase', '--abort');
    repo.git('bisect', 'start');
    assert.equal((await workspace.head()).operation, 'bisect');
    repo.git('bisect', 'reset');
    assert.deepEqual(await workspace.head(), { commit: repo.git('rev-parse', 'HEAD'), branch: 'main' });
  });

  it('has uncommitted work by name, filters and line ends notwithstanding', async () => {
    const repo = newRepo({ 'clean.txt': 'c\n', 'edit.txt': 'e\n', 'gone.txt': 'g\n', 'mode.sh': 'm\n', 'crlf.txt': 'one\ntwo\n', 'filtered.txt': 'plain\n', '.gitignore': '*.log\nout/\n' });
    repo.git('config', 'filter.upper.smudge', 'tr a-z A-Z');
    repo.git('config', 'filter.upper.clean', 'tr A-Z a-z');
    repo.write('.gitattributes', 'filtered.txt filter=upper\ncrlf.txt eol=crlf\n');
    repo.git('add', '.gitattributes');
    repo.git('commit', '-qm', 'attributes');
    for (const file of ['filtered.txt', 'crlf.txt']) fs.rmSync(repo.at(file));
    repo.git('checkout', '-q', '--', 'filtered.txt', 'crlf.txt');
    assert.deepEqual([repo.read('filtered.txt'), repo.read('crlf.txt')], ['PLAIN\n', 'one\r\ntwo\r\n']);
    const past = new Date(Date.now() - 60_000);
    fs.utimesSync(repo.at('filtered.txt'), past, past);
    repo.git('update-index', '--refresh');
    fs.utimesSync(repo.at('crlf.txt'), past, past);
    repo.write('edit.txt', 'E\n');
    fs.rmSync(repo.at('gone.txt'));
    fs.chmodSync(repo.at('mode.sh'), 0o755);
    repo.write('new.txt', 'n');
    repo.write('staged.log', 's');
    repo.git('add', '-f', 'staged.log');
    repo.write('ignored.log', 'i');
    repo.write('out/x', 'x');
    const workspace = await open(repo);
    assert.deepEqual(await workspace.dirty(), ['edit.txt', 'gone.txt', 'mode.sh', 'new.txt', 'staged.log']);
    repo.git('config', 'core.fileMode', 'false');
    assert.deepEqual(await workspace.dirty(), ['edit.txt', 'gone.txt', 'new.txt', 'staged.log']);
  });

  it('does not count what a sparse checkout leaves out, nor repositories inside', async () => {
    const repo = newRepo({ 'in/a.txt': 'a', 'out/b.txt': 'b', 'top.txt': 't' });
    repo.git('sparse-checkout', 'set', '--cone', 'in');
    fs.mkdirSync(repo.at('in/nested'));
    execFileSync('git', ['init', '-q'], { cwd: repo.at('in/nested') });
    repo.write('in/nested/file', 'n');
    assert.equal(repo.exists('out/b.txt'), false);
    const workspace = await open(repo);
    assert.deepEqual(await workspace.dirty(), []);
  });

  it('may be larger than the workspace folder', async () => {
    const top = newRepo({ 'packages/one/a.txt': 'a\n', 'packages/two/b.txt': 'b\n', '.gitignore': 'ignored.txt\n' });
    const one = { ...repoAt(top.at('packages/one'), top.outside), store: top.store };
    one.write('new.txt', 'n');
    one.write('ignored.txt', 'i');
    top.write('packages/two/b.txt', 'changed');
    const workspace = await open(one);
    const { tree } = await workspace.capture();
    assert.deepEqual([...(await workspace.entries(tree)).keys()].sort(), ['a.txt', 'ignored.txt', 'new.txt']);
    assert.deepEqual(await workspace.dirty(), ['new.txt']);
    const commit = await workspace.commit({ tree, branch: 'b', message: 'm', author: 'bounded' });
    assert.equal(execFileSync('git', ['ls-tree', '-r', '--name-only', commit], { env: { ...process.env, GIT_DIR: top.store }, encoding: 'utf8' }), 'a.txt\nnew.txt\n');
    assert.deepEqual((await workspace.glob('**')).paths, ['a.txt', 'new.txt']);
  });

  it('may have its index split', async () => {
    const repo = newRepo({ 'a.txt': 'a', 'b.txt': 'b' });
    repo.write('.git/info/exclude', '*.log\n');
    for (const file of ['tracked.log', 'other.log']) repo.write(file, 'l');
    repo.git('add', '-f', 'tracked.log');
    repo.git('update-index', '--split-index');
    repo.write('a.txt', 'x');
    repo.git('add', 'a.txt');
    const workspace = await open(repo);
    assert.deepEqual(await workspace.dirty(), ['a.txt', 'tracked.log'], 'what is ignored and tracked is known from the shared half');
  });
});

describe('opening a workspace', () => {
  afterEach(removeRepos);

  it('refuses the home folder, the top of the disk, and a store inside', async () => {
    const repo = newRepo({});
    await assert.rejects(open({ ...repo, root: '/' }));
    await assert.rejects(open({ ...repo, store: repo.at('store') }));
  });

  it('takes a link to the folder as that folder', async () => {
    const repo = newRepo({ 'a.txt': 'a' });
    fs.symlinkSync(repo.root, path.join(repo.outside, 'shortcut'));
    const workspace = await open({ ...repo, root: path.join(repo.outside, 'shortcut') });
    assert.equal(workspace.root, repo.root);
    for (const name of ['a.txt', `${repo.root}/a.txt`, `${repo.outside}/shortcut/a.txt`]) assert.deepEqual(await workspace.resolve(name), { path: 'a.txt' });
  });

  it('takes programs from absolute folders of PATH alone', async () => {
    const repo = newRepo({});
    repo.write('../bin/tool', '#!/bin/sh\n', 0o755);
    const before = process.env['PATH'] ?? '';
    const folder = path.join(repo.outside, 'bin');
    try {
      process.env['PATH'] = folder;
      assert.equal(await findProgram('tool', repo.root), path.join(folder, 'tool'));
      process.env['PATH'] = path.relative(process.cwd(), folder);
      assert.equal(await findProgram('tool', repo.root), undefined);
      process.env['PATH'] = folder;
      assert.equal(await findProgram('tool', repo.outside), undefined);
    } finally {
      process.env['PATH'] = before;
    }
  });

  it('makes the store for its owner alone, without hooks', async () => {
    const repo = newRepo({ 'a.txt': 'a' });
    await open(repo);
    assert.equal(fs.statSync(repo.store).mode & 0o777, 0o700);
    assert.equal(fs.existsSync(path.join(repo.store, 'hooks')), false);
  });
});
