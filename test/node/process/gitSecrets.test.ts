import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { defaultSecret } from '../../../src/core/contract/defaults.ts';
import { GitSecrets } from '../../../src/node/process/gitSecrets.ts';
import { runIn, shellIn, temporaryFolder, writeFiles } from './support.ts';

const base = temporaryFolder();
let count = 0;
const env = { PATH: process.env['PATH'] ?? '', HOME: base, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
const git = (root: string, ...args: readonly string[]) => execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'protocol.file.allow=always', ...args], { cwd: root, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

/** A repository with a commit of these files. */
function repository(files: Readonly<Record<string, string>> = {}): string {
  const root = path.join(base, String(count++));
  fs.mkdirSync(root);
  git(root, 'init', '-q', '-b', 'main');
  writeFiles(root, { 'a.txt': 'a\n', ...files });
  git(root, 'add', '-A');
  git(root, 'commit', '-q', '-m', 'one');
  return root;
}

const reasonOf = (root: string, secret: readonly string[] = defaultSecret, secrets = new GitSecrets(['/nowhere'])) => secrets.reason({ folder: path.join(root, '.git'), prefix: '' }, secret);

describe('the git folder of a repository', () => {
  const harmless: readonly (readonly [string, string])[] = [
    ['remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*'], ['remote.upstream.url', 'git@example.com:team/project.git'], ['remote.mirror.url', 'https://example.com/team/project.git'], ['remote.near.url', '../other repository'],
    ['remote.origin.gh-resolved', 'base'], ['branch.main.vscode-merge-base', 'origin/main'], ['submodule.libs/x.url', 'https://example.com/x'], ['submodule.libs/x.active', 'true'], ['user.name', 'A. Person'], ['user.email', 'a@example.com'],
    ['core.sshCommand', 'ssh -i ~/.ssh/id_work -o IdentitiesOnly=yes -F /dev/null'], ['core.hooksPath', '.husky/_'], ['core.fsmonitor', 'true'], ['core.editor', 'vim'], ['merge.ours.driver', 'true'], ['pull.rebase', 'true'],
    ['lfs.repositoryformatversion', '0'], ['lfs.https://example.com/team/project.git/info/lfs.access', 'basic'], ['gui.wmstate', 'normal'], ['extensions.worktreeConfig', 'true'], ['blame.ignoreRevsFile', '.git-blame-ignore-revs'],
  ];

  it('is open where no secret was ever in it, whatever lies beside it', async () => {
    const root = repository({ '.env.example': 'KEY=\n', 'config/.env.sample': '', '.gitignore': '.env\n' });
    writeFiles(root, { '.env': 'KEY=hunter2\n' });
    for (const [key, value] of [['user.signingkey', 'ABCD'], ['remote.origin.url', 'ssh://git@example.com:22/token/secret.git'], ['branch.token-secret.merge', 'refs/heads/main'], ['credential.helper', 'store'], ...harmless] as const) git(root, 'config', key, value);
    git(root, 'reset', '-q', '--hard', 'HEAD');
    // What was collected meanwhile can be shown to nobody.
    fs.writeFileSync(path.join(root, '.git/FETCH_HEAD'), `${'0123456789'.repeat(4)}\t\tbranch 'main' of ../x\n`);
    assert.equal(await reasonOf(root), undefined);
    assert.equal(await reasonOf(root, []), undefined);
    assert.match(await reasonOf(root, ['.env*']) ?? '', /^its index holds \.env\.example, which matches scope\.secret \(\.env\*\)$/);
  });

  it('is open with settings of npm in it, but not with those that hold a key, now or ever', async () => {
    const settings = 'registry=https://registry.example.com/\nengine-strict=true\n';
    assert.equal(await reasonOf(repository({ '.npmrc': settings, 'sub/.npmrc': 'save-exact=true' })), undefined);
    for (const key of ['//registry.example.com/:_authToken=npm_x', '_auth = eA==', '//r.example.com/:_password=eA==', 'proxy=http://u:p@example.com', 'key="-----BEGIN"', `${'x'.repeat(70_000)}`]) {
      const root = repository({ '.npmrc': settings });
      for (const text of [`${settings}${key}`, settings]) {
        writeFiles(root, { '.npmrc': text });
        git(root, 'commit', '-q', '-a', '-m', 'more');
        assert.match(await reasonOf(root) ?? '', /^its (?:index|history) holds \.npmrc, /, key.slice(0, 50));
      }
    }
  });

  it('is open where there are no objects to read', async () => {
    const root = path.join(base, String(count++));
    writeFiles(root, { '.git/config': '' });
    assert.equal(await reasonOf(root), undefined);
  });

  const setting = (name: string) => new RegExp(`^its config has a setting that may hold a credential: ${name.replace(/[.*]/g, '\\$&')}$`);

  /** Commits a secret so that one file alone leads to it, in its second line. */
  function leaveIn(root: string, folder: string, name: string): void {
    git(root, 'add', '-f', '.env');
    git(root, 'commit', '-q', '-m', 'two');
    const [lost] = git(root, 'rev-parse', 'HEAD').split('\n');
    git(root, 'reset', '-q', '--hard', 'HEAD~1');
    git(root, 'reflog', 'expire', '--expire=now', '--all');
    fs.rmSync(path.join(root, '.git/ORIG_HEAD'));
    writeFiles(root, { [`${folder}/${name}`]: `${git(root, 'rev-parse', 'HEAD').trim()}\tnot-for-merge\tbranch 'x'\n${lost}\n` });
  }

  /** How a secret gets into a repository whose newest commit does not have it. */
  const ways: readonly (readonly [string, (root: string) => unknown, RegExp])[] = [
    ['HEAD and the index', (root) => (git(root, 'add', '-f', '.env'), git(root, 'commit', '-q', '-m', 'two')), /^its index holds \.env, /],
    ['the index alone', (root) => git(root, 'add', '-f', '.env'), /^its index holds \.env, /],
    ['an earlier commit', (root) => (git(root, 'add', '-f', '.env'), git(root, 'commit', '-q', '-m', 'two'), git(root, 'rm', '-q', '--cached', '.env'), git(root, 'commit', '-q', '-m', 'three')), /^its history holds \.env, /],
    ['a commit that a graft keeps from git', (root) => {
      git(root, 'add', '-f', '.env');
      git(root, 'commit', '-q', '-m', 'two');
      git(root, 'rm', '-q', '--cached', '.env');
      git(root, 'commit', '-q', '-m', 'three');
      writeFiles(root, { '.git/info/grafts': git(root, 'rev-parse', 'HEAD') });
      fs.rmSync(path.join(root, '.git/logs'), { recursive: true });
    }, /^its history holds \.env, /],
    ['another branch', (root) => (git(root, 'checkout', '-q', '-b', 'other'), git(root, 'add', '-f', '.env'), git(root, 'commit', '-q', '-m', 'two'), git(root, 'checkout', '-q', 'main')), /^its history holds \.env, /],
    ['a stash', (root) => (git(root, 'add', '-f', '.env'), git(root, 'stash', '-q')), /^its history holds \.env, /],
    ['a commit that only the reflog has', (root) => (git(root, 'add', '-f', '.env'), git(root, 'commit', '-q', '-m', 'two'), git(root, 'reset', '-q', '--hard', 'HEAD~1')), /^its history holds \.env, /],
    ['a tag that nothing else leads to', (root) => (git(root, 'add', '-f', '.env'), git(root, 'commit', '-q', '-m', 'two'), git(root, 'tag', 'old'), git(root, 'reset', '-q', '--hard', 'HEAD~1'), fs.rmSync(path.join(root, '.git/logs'), { recursive: true })), /^its history holds \.env, /],
    ['packed objects', (root) => (git(root, 'add', '-f', '.env'), git(root, 'stash', '-q'), git(root, 'gc', '-q')), /^its history holds \.env, /],
    ['the index of another work tree', (root) => (git(root, 'worktree', 'add', '-q', `${root}-other`), writeFiles(`${root}-other`, { '.env': 'x' }), git(`${root}-other`, 'add', '-f', '.env')), /^its index holds \.env, /],
    ['a submodule', (root) => git(root, 'submodule', 'add', '-q', repository({ 'deep/id_rsa': 'key' }), 'libs/sub'), /^its (?:index|history) holds libs\/sub\/deep\/id_rsa, /],
    ['an address', (root) => git(root, 'remote', 'add', 'origin', 'https://user:hunter2@example.com/r.git'), setting('remote.*.url')],
    ['a token in an address', (root) => git(root, 'remote', 'add', 'origin', 'https://ghp_0123456789abcdefghij@example.com/r.git'), setting('remote.*.url')],
    ['a short token in an address', (root) => git(root, 'remote', 'add', 'origin', 'https://tok@example.com/r.git'), setting('remote.*.url')],
    ['the query of an address', (root) => git(root, 'config', 'remote.origin.pushurl', 'https://example.com/r.git?private_token=x'), setting('remote.*.pushurl')],
    ['an address of ssh', (root) => git(root, 'config', 'submodule.a.url', 'ssh://git:hunter2@example.com/r.git'), setting('submodule.*.url')],
    ['a setting', (root) => git(root, 'config', 'github.token', 'x'), setting('github.token')],
    ['a header', (root) => git(root, 'config', 'http.https://example.com/.extraheader', 'AUTHORIZATION: basic aHVudGVyMg=='), setting('http.*.extraheader')],
    ['the settings of a mail server', (root) => git(root, 'config', 'sendemail.smtpPass', 'hunter2'), setting('sendemail.smtppass')],
    ['the settings of another mail server', (root) => git(root, 'config', 'imap.pass', 'hunter2'), setting('imap.pass')],
    ['a helper for credentials', (root) => git(root, 'config', 'credential.helper', '!f() { echo password=hunter2; }; f'), setting('credential.helper')],
    ['an alias', (root) => git(root, 'config', 'alias.up', '!curl -H "X: hunter2" example.com'), setting('alias.up')],
    ['a command', (root) => git(root, 'config', 'core.sshCommand', 'sshpass -p hunter2 ssh'), setting('core.sshcommand')],
    ['the name of a setting', (root) => git(root, 'config', 'url.https://hunter2@example.com/.insteadOf', 'gh:'), setting('url.*.insteadof')],
    ['a setting of a known section', (root) => git(root, 'config', 'branch.main.description', 'token: hunter2'), setting('branch.*.description')],
    ['a setting without a value', (root) => fs.appendFileSync(path.join(root, '.git/config'), '[hunter2]\n\tsecret\n'), setting('hunter2.secret')],
    ['another file of settings', (root) => git(root, 'config', 'include.path', '/dev/null'), setting('include.path')],
    ['settings that git cannot read', (root) => fs.appendFileSync(path.join(root, '.git/config'), '[broken'), /^git could not tell what it holds/],
    ['the settings of the work tree', (root) => (git(root, 'config', 'extensions.worktreeConfig', 'true'), git(root, 'config', '--worktree', 'imap.pass', 'x')), /^its config\.worktree has a setting .*: imap\.pass$/],
    ['the settings of another work tree', (root) => (git(root, 'worktree', 'add', '-q', `${root}-settings`), git(root, 'config', 'extensions.worktreeConfig', 'true'), git(`${root}-settings`, 'config', '--worktree', 'imap.pass', 'x')), /^its config\.worktree has a setting .*: imap\.pass$/],
    ['the settings of a submodule', (root) => (git(root, 'submodule', 'add', '-q', repository(), 'sub'), git(path.join(root, 'sub'), 'config', 'imap.pass', 'x')), setting('imap.pass')],
    ...(['ORIG_HEAD', 'FETCH_HEAD', 'MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'REBASE_HEAD', 'AUTO_MERGE', 'rebase-merge/orig-head'] as const).map((name) => [`a commit that only ${name} has`, (root: string) => leaveIn(root, '.git', name), /^its history holds \.env, /] as const),
    ['a commit that only ORIG_HEAD of another work tree has', (root) => (git(root, 'worktree', 'add', '-q', `${root}-orig`), leaveIn(root, `.git/worktrees/${path.basename(root)}-orig`, 'ORIG_HEAD')), /^its history holds \.env, /],
  ];
  for (const [where, put, reason] of ways) {
    it(`is to be hidden with a secret in ${where}`, async () => {
      const root = repository();
      const secrets = new GitSecrets(['/nowhere']);
      assert.equal(await reasonOf(root, defaultSecret, secrets), undefined);
      writeFiles(root, { '.env': 'KEY=hunter2\n' });
      put(root);
      assert.match(await reasonOf(root, defaultSecret, secrets) ?? '', reason);
    });
  }

  it('is to be hidden where nobody can tell, or not in time', async () => {
    const root = repository();
    assert.match(await reasonOf(root, defaultSecret, new GitSecrets(['/nowhere'], 0)) ?? '', /needed more than 0 s/);
    assert.match(await reasonOf(root, defaultSecret, new GitSecrets(['/'])) ?? '', /git is not installed/);
    for (const file of ['HEAD', 'index']) {
      const broken = repository();
      fs.writeFileSync(path.join(broken, '.git', file), 'broken');
      assert.match(await reasonOf(broken) ?? '', /could not tell/, file);
    }
    const [first] = git(root, 'rev-list', 'HEAD').split('\n');
    fs.rmSync(path.join(root, '.git', 'objects', first?.slice(0, 2) ?? '', first?.slice(2) ?? ''));
    assert.match(await reasonOf(root) ?? '', /could not be told/);
  });

  it('is judged without running anything that its configuration names', async () => {
    const root = repository();
    const marker = path.join(root, 'ran');
    const program = path.join(root, 'evil.sh');
    fs.writeFileSync(program, `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 });
    for (const key of ['core.fsmonitor', 'core.sshCommand', 'core.pager', 'core.hooksPath', 'diff.external', 'filter.x.clean', 'core.alternateRefsCommand', 'alias.rev-list', 'alias.ls-files', 'core.gitProxy']) git(root, 'config', key, key.startsWith('alias') ? `!${program}` : program);
    await reasonOf(root);
    assert.ok(!fs.existsSync(marker));
  });
});

const sandbox = await shellIn(base).probe();
(sandbox.kind === 'bubblewrap' ? describe : describe.skip)(`git in a sandbox${sandbox.kind === 'none' ? ` (skipped: ${sandbox.detail})` : ''}`, () => {
  const run = (root: string, command: string, secret = defaultSecret) => runIn(shellIn(root), command, { sandbox, secret });

  it('shows its history where that holds no secret', async () => {
    const { output } = await run(repository({ '.env.example': 'KEY=\n' }), 'git log --format=%s; git show HEAD:.env.example; cat .env.example');
    assert.equal(output, 'one\nKEY=\nKEY=\n');
  });

  it('shows nothing where it holds one, and says why', async () => {
    const root = repository({ '.env': 'KEY=hunter2\n' });
    const { output } = await run(root, 'git show HEAD:.env; git cat-file --batch --batch-all-objects; ls -A .git; cat .git/* .git/objects/*/*; echo x > .git/x; rm -rf .git; mv .git y');
    assert.doesNotMatch(output, /hunter2/);
    assert.match(output, /not a git repository[^]*\(git's folder is hidden from commands: its index holds \.env, which matches scope\.secret \(\.env\)\)$/);
    assert.equal((await run(root, 'echo nothing about it')).output, 'nothing about it\n');
    assert.equal(git(root, 'log', '--format=%s'), 'one\n');
  });

  it('shows nothing of a repository elsewhere whose linked work tree this is', async () => {
    const root = repository({ 'old.pem': 'hunter2\n' });
    git(root, 'worktree', 'add', '-q', `${root}-linked`);
    const { output } = await run(`${root}-linked`, `git show HEAD:old.pem; ls -A ${root}/.git; cat ${root}/.git/HEAD`);
    assert.doesNotMatch(output, /hunter2|refs/);
    assert.match(output, /is hidden from commands: its index holds old\.pem/);
  });

  it('shows nothing of a repository inside', async () => {
    const root = repository();
    fs.cpSync(repository({ 'old.pem': 'hunter2\n' }), path.join(root, 'deep/inner'), { recursive: true });
    const { output } = await run(root, 'git log --format=%s; cd deep/inner && GIT_DIR=.git git show HEAD:old.pem');
    assert.match(output, /^one\n/);
    assert.doesNotMatch(output, /hunter2/);
    assert.match(output, /its index holds deep\/inner\/old\.pem/);
  });
});
