import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { controlStates } from '../../../src/agent/control.ts';
import { defaultSecret } from '../../../src/core/contract/defaults.ts';
import { GitSecrets } from '../../../src/node/process/gitSecrets.ts';
import { gitEnvironment } from '../../../src/node/workspace/git/git.ts';
import type { TestRepo } from '../../support/repo.ts';
import type { KeepingWorkspace } from '../../../src/node/workspace/keepingWorkspace.ts';
import { newRepo, open, removeRepos } from './opened.ts';

const hooks = [
  'applypatch-msg', 'pre-applypatch', 'post-applypatch', 'pre-commit', 'pre-merge-commit', 'prepare-commit-msg', 'commit-msg', 'post-commit', 'pre-rebase', 'post-checkout', 'post-merge', 'pre-push',
  'pre-receive', 'update', 'proc-receive', 'post-receive', 'post-update', 'reference-transaction', 'push-to-checkout', 'pre-auto-gc', 'post-rewrite', 'sendemail-validate', 'fsmonitor-watchman', 'post-index-change',
];

/** Every setting of a repository that names a program, by the name that the program notes when it runs. */
const settings: Readonly<Record<string, string>> = {
  'fsmonitor': 'core.fsmonitor', 'pager': 'core.pager', 'status pager': 'pager.status', 'editor': 'core.editor', 'sequence editor': 'sequence.editor', 'ssh': 'core.sshCommand', 'proxy': 'core.gitProxy', 'alternate refs': 'core.alternateRefsCommand', 'ask password': 'core.askPass',
  'external diff': 'diff.external', 'text conversion': 'diff.planted.textconv', 'diff driver': 'diff.planted.command', 'difftool': 'difftool.planted.cmd', 'mergetool': 'mergetool.planted.cmd', 'merge driver': 'merge.planted.driver',
  'clean': 'filter.planted.clean', 'smudge': 'filter.planted.smudge', 'process': 'filter.process.process', 'signature': 'gpg.program', 'ssh signature': 'gpg.ssh.program', 'x509 signature': 'gpg.x509.program', 'trailer': 'trailer.planted.command', 'trailer cmd': 'trailer.planted.cmd',
  'upload pack': 'uploadpack.packObjectsHook', 'remote upload pack': 'remote.planted.uploadpack', 'remote receive pack': 'remote.planted.receivepack', 'interactive filter': 'interactive.diffFilter', 'man': 'man.planted.cmd', 'browser': 'browser.planted.cmd',
};

/** A program that only notes under this name that it ran, and lets its input through. */
function program(repo: TestRepo, name: string): string {
  const file = path.join(repo.outside, `planted ${name}`).replaceAll(' ', '_');
  fs.writeFileSync(file, `#!/bin/sh\necho '${name}' >> ${repo.outside}/ran\n[ $# -gt 0 ] || exec cat\ncat "$1" 2>/dev/null\nexit 0\n`, { mode: 0o755 });
  return file;
}

/** Names of the planted programs that ran since the last time, each once. */
function ran(repo: TestRepo): readonly string[] {
  const names = logged(repo);
  fs.rmSync(path.join(repo.outside, 'ran'), { force: true });
  return names;
}

function logged(repo: TestRepo): readonly string[] {
  const log = path.join(repo.outside, 'ran');
  return [...new Set(fs.existsSync(log) ? fs.readFileSync(log, 'utf8').trim().split('\n') : [])].sort();
}

/** One setting as it stands in a file of git's configuration. */
function configLines(key: string, value: string): string {
  const [section = '', ...rest] = key.split('.');
  const name = rest.pop() ?? '';
  return `[${section}${rest.length === 0 ? '' : ` "${rest.join('.')}"`}]\n\t${name} = "${value}"\n`;
}

/** A repository in which every way by which git runs programs leads to one that notes it. */
function planted(): TestRepo {
  const repo = newRepo({ 'src/a.ts': 'one\ntwo\nthree\n', 'b.txt': 'b\n', 'piped.txt': 'p\n', 'plain': 'p\n', 'elsewhere': 'e\n' });
  const inner = path.join(repo.outside, 'inner');
  execFileSync('git', ['init', '-q', inner]);
  for (const args of [['add', '.'], ['-c', 'user.name=T', '-c', 'user.email=t@localhost', 'commit', '-q', '--allow-empty', '-m', 'x']]) execFileSync('git', args, { cwd: inner });
  repo.git('-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', inner, 'sub');
  repo.git('commit', '-qm', 'submodule');
  execFileSync('git', ['init', '-q', '--bare', repo.at('embedded')]);
  execFileSync('git', ['config', 'core.fsmonitor', program(repo, 'embedded bare repository')], { cwd: repo.at('embedded') });
  execFileSync('git', ['config', 'core.bare', 'false'], { cwd: repo.at('embedded') });
  execFileSync('git', ['config', 'core.worktree', repo.at('embedded')], { cwd: repo.at('embedded') });
  const rules = '*.ts filter=planted diff=planted merge=planted\n*.txt filter=planted diff=planted merge=planted\npiped.txt filter=process\nelsewhere diff=elsewhere\n';
  repo.write('.gitattributes', rules);
  repo.write('.git/info/attributes', rules);
  const hookFolders = { 'hook': repo.at('.git/hooks'), 'hooksPath': path.join(repo.outside, 'hooks'), 'submodule hook': repo.at('.git/modules/sub/hooks') };
  for (const [kind, folder] of Object.entries(hookFolders)) {
    fs.mkdirSync(folder, { recursive: true });
    for (const hook of hooks) fs.copyFileSync(program(repo, `${kind} ${hook}`), path.join(folder, hook));
  }
  const more: readonly (readonly [string, string])[] = [
    ['core.hooksPath', path.join(repo.outside, 'hooks')], ['credential.helper', `!${program(repo, 'credential helper')}`], ['alias.planted', `!${program(repo, 'alias')}`], ['alias.cat-file', `!${program(repo, 'alias of a command')}`],
    ['filter.process.required', 'true'], ['filter.planted.required', 'true'], ['commit.gpgSign', 'true'], ['tag.gpgSign', 'true'], ['submodule.recurse', 'true'], ['status.submoduleSummary', 'true'], ['diff.submodule', 'diff'],
    ['include.path', path.join(repo.outside, 'included')], ['includeIf.gitdir:/.path', path.join(repo.outside, 'included')], ['extensions.worktreeConfig', 'true'], ['remote.origin.url', `ext::${program(repo, 'transport')}`], ['remote.origin.promisor', 'true'],
    ['extensions.partialClone', 'origin'], ['protocol.allow', 'always'], ['protocol.ext.allow', 'always'], ['core.repositoryFormatVersion', '1'], ['gc.auto', '1'], ['maintenance.auto', 'true'], ['diff.tool', 'planted'], ['merge.tool', 'planted'],
  ];
  const programs = Object.entries(settings).map(([name, key]): [string, string] => [key, program(repo, name)]);
  fs.appendFileSync(repo.at('.git/config'), [...programs, ...more].map(([key, value]) => configLines(key, value)).join(''));
  fs.writeFileSync(path.join(repo.outside, 'included'), `[core]\n\tfsmonitor = ${program(repo, 'include')}\n`);
  repo.write('.git/config.worktree', configLines('diff.elsewhere.command', program(repo, 'work tree configuration')));
  fs.writeFileSync(repo.at('.git/modules/sub/config'), `${fs.readFileSync(repo.at('.git/modules/sub/config'), 'utf8')}[core]\n\tfsmonitor = ${program(repo, 'submodule')}\n`);
  repo.write('src/a.ts', 'one\ntwo\nthree\nmine\n');
  for (const file of ['piped.txt', 'plain', 'elsewhere']) repo.write(file, 'changed\n');
  ran(repo);
  return repo;
}

/** Everything that Bounded does with a work tree and its git folder, from opening it to giving the work to the user in each form. */
async function wholeLife(repo: TestRepo): Promise<void> {
  const workspace = await open(repo);
  const head = await workspace.head();
  const base = await workspace.capture();
  const dirty = await workspace.dirty();
  assert.ok(dirty.includes('src/a.ts') && dirty.includes('piped.txt'));
  const parent = await workspace.commit({ tree: base.tree, branch: 'bounded/task/s1/1', message: 'base', author: 'user' });
  const read = await workspace.read('src/a.ts');
  assert.ok(read.kind === 'text');
  assert.deepEqual(await workspace.apply({ kind: 'write', path: 'src/a.ts', content: read.text.replace('one', 'ONE').replace('three', 'THREE'), expected: read.blob }), { ok: true });
  repo.write('sub/by-command', 'x');
  repo.write('embedded/by-command', 'x');
  const after = await workspace.capture('command');
  const diffs = await workspace.diff(base.tree, after.tree);
  assert.deepEqual(diffs.map((diff) => diff.path), ['embedded/by-command', 'src/a.ts', 'sub/by-command']);
  const [hunks = []] = await workspace.hunks(diffs.slice(1, 2));
  assert.equal((await workspace.revertHunks('src/a.ts', [hunks[0] ?? assert.fail()])).ok, true);
  await workspace.countLines('src/a.ts', 'x', base.tree);
  for (const tree of [base.tree, after.tree]) for (const blob of (await workspace.entries(tree)).values()) await workspace.blobText(blob);
  assert.equal((await workspace.glob('**/*.ts')).paths.length, 1);
  assert.ok('matches' in (await workspace.grep('THREE')));
  await workspace.commit({ tree: after.tree, branch: 'bounded/task/s1/1', parent, message: 'work', author: 'bounded' });
  const halfway = await workspace.capture();
  const work = { name: 'task', base: base.tree, dirty, head: head.commit ?? assert.fail(), steps: [{ tree: halfway.tree, message: 'm', seconds: 1, writes: [] }] };
  const kept = await workspace.keepBranch(work);
  assert.deepEqual([...kept.unfiltered].sort(), ['piped.txt', 'src/a.ts']);
  await workspace.squash(work, 'all');
  assert.equal((await workspace.drop([{ branch: kept.branch, commit: kept.commit }])).ok, true);
  await workspace.checkpoints.keepOnly(new Set(), { trees: [base.tree, after.tree, halfway.tree], blobs: [], commits: [parent] });
  assert.ok((await workspace.patch(base.tree, halfway.tree)).length > 0);
  await workspace.writeReport('task', 'PLAN.md', 'plan');
  await workspace.hashOf('src/a.ts');
  await steer(repo, workspace);
  await new GitSecrets([repo.root]).reason({ folder: repo.at('.git'), prefix: '' }, defaultSecret);
  const left = await workspace.diff(base.tree, halfway.tree);
  const outcome = await workspace.restore(left.map((one) => ({ path: one.path, target: one.before ?? null, expected: one.after ?? null })));
  assert.deepEqual([outcome.left, outcome.merged], [[], []]);
  assert.equal((await (await open(repo)).capture()).tree, base.tree);
}

/** A command changes what steers git, and that is brought back. */
async function steer(repo: TestRepo, workspace: KeepingWorkspace): Promise<void> {
  const before = controlStates((await workspace.capture()).control);
  const config = repo.read('.git/config');
  fs.appendFileSync(repo.at('.git/config'), '[x]\n\ty = z\n');
  repo.write('.git/refs/heads/steered', `${repo.read('.git/refs/heads/main')}`);
  const after = controlStates((await workspace.capture()).control);
  const items = ['.git/config', '.git/refs/heads/steered'].map((file) => ({ path: file, ...(before[file] === undefined ? {} : { target: before[file] }), expected: after[file] ?? assert.fail(file) }));
  assert.deepEqual(await workspace.restoreBeside(items), []);
  assert.deepEqual([repo.read('.git/config'), repo.exists('.git/refs/heads/steered')], [config, false]);
}

describe('programs that git would run', () => {
  afterEach(removeRepos);

  it('are not run by anything that the adapter does', async function () {
    this.timeout(60_000);
    const repo = planted();
    await wholeLife(repo);
    assert.deepEqual(ran(repo), []);
  });

  it('are not run for a transport either, which a repository may allow by its kind, nor by a git that knows nothing of GIT_NO_LAZY_FETCH', () => {
    const repo = planted();
    const { GIT_NO_LAZY_FETCH: _, ...older } = gitEnvironment('/dev/null');
    const missing = '0'.repeat(39);
    for (const args of [['fetch', 'origin'], ['cat-file', 'blob', `${missing}1`]]) {
      for (const env of [gitEnvironment('/dev/null'), older]) assert.throws(() => execFileSync('git', args, { cwd: repo.root, env, stdio: 'ignore', timeout: 5000 }));
    }
    assert.deepEqual(ran(repo), []);
  });

  /** That nothing ran means something only where it would have: plain git springs these traps, each alone. */
  const springs: readonly (readonly [names: readonly string[], command: string])[] = [
    [['include'], 'status'],
    [['clean', 'hooksPath post-index-change'], '-c core.fsmonitor=false add src/a.ts'],
    [['process'], '-c core.fsmonitor=false add piped.txt'],
    [['smudge'], '-c core.fsmonitor=false worktree add --detach ../other'],
    [['hooksPath post-checkout'], '-c core.fsmonitor=false checkout -b other'],
    [['hook pre-commit'], '-c core.fsmonitor=false -c core.hooksPath=.git/hooks commit -m x --allow-empty'],
    [['hook reference-transaction'], '-c core.hooksPath=.git/hooks update-ref refs/heads/other HEAD'],
    [['work tree configuration'], '-c core.fsmonitor=false diff elsewhere'],
    [['text conversion'], 'cat-file --textconv HEAD:src/a.ts'],
    [['alias'], 'planted'],
    [['credential helper'], '-c core.askPass=true credential fill'],
    [['signature'], 'commit-tree -S -m x HEAD^{tree}'],
    [['editor'], '-c core.fsmonitor=false -c core.hooksPath=/dev/null commit --allow-empty'],
    [['transport'], 'fetch origin'],
    [['external diff'], '-c core.fsmonitor=false diff plain'],
    [['diff driver', 'clean'], '-c core.fsmonitor=false diff src'],
    [['ssh'], 'ls-remote ssh://localhost/none'],
    [['embedded bare repository'], '-C embedded status'],
    [['submodule'], '-C sub status'],
  ];
  for (const [names, command] of springs) {
    it(`would be run by git ${command}: ${names.join(', ')}`, async function () {
      this.timeout(60_000);
      const repo = planted();
      await springTrap(repo, command, names);
      const found = ran(repo);
      for (const name of names) assert.ok(found.includes(name), `${name} did not run, but ${found.join(', ') || 'nothing'}`);
    });
  }
});

/**
 * The planted programs answer nonsense, which git may take for a failure, or wait for more of for ever; that they were started is what counts. Ends
 * with git, or when all of these have run.
 */
async function springTrap(repo: TestRepo, command: string, names: readonly string[]): Promise<void> {
  const env = { PATH: process.env['PATH'], HOME: repo.outside, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' };
  const child = spawn('sh', ['-c', `echo url=https://localhost/ | git ${command}`], { cwd: repo.root, env, stdio: 'ignore', detached: true });
  const ended = once(child, 'close');
  const sprung = async (): Promise<void> => {
    while (!names.every((name) => logged(repo).includes(name))) await setTimeout(20, undefined, { signal: over.signal });
  };
  const over = new AbortController();
  await Promise.race([ended, sprung().catch(() => undefined)]);
  over.abort();
  if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  await ended;
}
