import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { chmod, mkdir, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import path from 'node:path';
import { makeState, repositoryState, type RepositoryState } from '../../../src/node/journal/stateDir.ts';
import { stateRoot, type Machine } from '../../../src/node/journal/stateRoot.ts';
import { testFolder } from './support/folder.ts';

describe('the folder of private state', () => {
  it('is where each system keeps such things', () => {
    const root = (platform: NodeJS.Platform, env: Machine['env'], home: string): string => stateRoot({ platform, env, home });
    assert.equal(root('linux', {}, '/home/u'), '/home/u/.local/state/bounded');
    assert.equal(root('linux', { XDG_STATE_HOME: '/state' }, '/home/u'), '/state/bounded');
    assert.equal(root('linux', { XDG_STATE_HOME: 'relative' }, '/home/u'), '/home/u/.local/state/bounded');
    assert.equal(root('linux', { XDG_STATE_HOME: '' }, '/home/u'), '/home/u/.local/state/bounded');
    assert.equal(root('darwin', { XDG_STATE_HOME: '/state' }, '/Users/u'), '/Users/u/Library/Application Support/Bounded');
    assert.equal(root('win32', { LOCALAPPDATA: 'D:\\Local' }, 'C:\\Users\\u'), 'D:\\Local\\Bounded');
    assert.equal(root('win32', {}, 'C:\\Users\\u'), 'C:\\Users\\u\\AppData\\Local\\Bounded');
  });
});

describe('the private state of a repository', () => {
  const { at } = testFolder();
  const git = (folder: string, ...args: string[]): void => void execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: folder, stdio: 'ignore' });
  const stateIn = (root: string, ...home: string[]): Promise<RepositoryState> => repositoryState(root, { platform: 'linux', env: {}, home: at(...home) });

  async function repository(...parts: string[]): Promise<string> {
    await mkdir(at(...parts), { recursive: true });
    git(at(...parts), 'init', '-q');
    git(at(...parts), 'commit', '-q', '--allow-empty', '-m', 'first');
    return at(...parts);
  }

  it('is one folder, named so that a person finds it and nobody else enters it, which is made when something is kept', async function () {
    const state = await stateIn(await repository('My project'), 'home');
    const bounded = at('home', '.local', 'state', 'bounded');
    assert.equal(path.dirname(state.dir), bounded);
    assert.match(path.basename(state.dir), /^[0-9a-f]{16}-My-project$/);
    assert.deepEqual([state.store, state.sessions], [path.join(state.dir, 'store'), path.join(state.dir, 'sessions')]);
    assert.deepEqual(await readdir(at()), ['My project'], 'who only asks makes nothing');
    await makeState(state);
    if (process.platform === 'win32') this.skip();
    for (const folder of [bounded, state.dir, state.sessions]) assert.equal((await stat(folder)).mode & 0o777, 0o700, folder);
  });

  it('is narrowed where it was open to others', async function () {
    if (process.platform === 'win32') this.skip();
    const root = await repository('repo');
    const state = await stateIn(root, 'home');
    await makeState(state);
    await chmod(state.dir, 0o755);
    await makeState(state);
    assert.equal((await stat(state.dir)).mode & 0o777, 0o700);
  });

  it('is the same from every folder, link and work tree of the repository', async () => {
    const root = await repository('repo');
    await mkdir(path.join(root, 'src', 'deep'), { recursive: true });
    await symlink(root, at('link'));
    git(root, 'worktree', 'add', '-q', at('second'));
    const states = await Promise.all([root, path.join(root, 'src', 'deep'), at('link'), at('second')].map((folder) => stateIn(folder, 'home')));
    assert.equal(new Set(states.map((state) => state.dir)).size, 1);
    const leases = states.map((state) => state.lease.name);
    assert.deepEqual(leases.slice(0, 3), [leases[0], leases[0], leases[0]]);
    assert.notEqual(leases[3], leases[0], 'two work trees can each have a session');
  });

  it('is found where HEAD is a link to a branch without a commit, as an older git writes it', async () => {
    const root = await repository('repo');
    await rm(path.join(root, '.git', 'HEAD'));
    await symlink('refs/heads/unborn', path.join(root, '.git', 'HEAD'));
    git(root, 'status');
    assert.match(path.basename((await stateIn(root, 'home')).dir), /-repo$/);
  });

  it('differs between repositories of one name', async () => {
    const [a, b] = [await stateIn(await repository('a', 'app'), 'home'), await stateIn(await repository('b', 'app'), 'home')];
    assert.notEqual(a.dir, b.dir);
    assert.notEqual(a.lease.name, b.lease.name);
  });

  it('of a submodule is not that of the repository around it', async () => {
    const outer = await repository('outer');
    git(outer, '-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', await repository('library'), 'lib');
    assert.notEqual((await stateIn(path.join(outer, 'lib'), 'home')).dir, (await stateIn(outer, 'home')).dir);
  });

  it('has one lease for doors whose environments differ', async () => {
    const root = await repository('repo');
    assert.equal((await stateIn(root, 'home')).lease.name, (await stateIn(root, 'elsewhere')).lease.name);
  });

  it('has one lease for a work tree that is mounted at a second place', async function () {
    const root = await repository('repo');
    await mkdir(at('second'));
    try {
      execFileSync('mount', ['--bind', root, at('second')], { stdio: 'ignore' });
    } catch {
      console.log('      (skipped: nothing can be mounted here)');
      this.skip();
    }
    try {
      assert.equal((await stateIn(at('second'), 'home')).lease.name, (await stateIn(root, 'home')).lease.name);
    } finally {
      execFileSync('umount', [at('second')]);
    }
  });

  it('of a folder without a repository is its own, and that of the repository that is made in it later', async () => {
    await mkdir(at('plain', '.git'), { recursive: true });
    await mkdir(at('plain', 'inner'));
    const plain = await stateIn(at('plain'), 'home');
    assert.notEqual((await stateIn(at('plain', 'inner'), 'home')).dir, plain.dir);
    await repository('plain');
    assert.deepEqual(await stateIn(at('plain'), 'home'), plain);
    await rm(at('plain', '.git', 'HEAD'));
    assert.deepEqual(await stateIn(at('plain', 'inner'), 'home'), plain, 'a repository that has lost its HEAD is none less for that');
  });

  it('of a folder with a pipe in the place of .git is that of a folder without a repository: nobody reads a pipe', async function () {
    if (process.platform === 'win32') this.skip();
    const root = await repository('repo');
    await mkdir(at('plain'));
    execFileSync('mkfifo', [at('plain', '.git')]);
    // Waits for each reader.
    const writer = spawn('sh', ['-c', `while :; do echo "gitdir: ${path.join(root, '.git')}" > ${at('plain', '.git')} || exit; done`], { stdio: 'ignore' });
    try {
      assert.notEqual((await stateIn(at('plain'), 'home')).dir, (await stateIn(root, 'home')).dir);
    } finally {
      writer.kill('SIGKILL');
    }
  });

  it('is refused in a bare repository and in git\'s own folder, and nothing is made', async () => {
    const root = await repository('repo');
    git(root, 'clone', '-q', '--bare', root, at('bare.git'));
    await mkdir(at('bare.git', 'inner'));
    for (const folder of [at('bare.git'), at('bare.git', 'inner'), path.join(root, '.git'), path.join(root, '.git', 'hooks')]) await assert.rejects(stateIn(folder, 'home'), { name: 'StateRefusal', class: 'no-work-tree' });
    assert.ok(!(await readdir(at())).includes('home'));
  });

  it('is refused inside the workspace, also through a link', async () => {
    const root = await repository('home');
    await assert.rejects(stateIn(root, 'home'), { name: 'StateRefusal', class: 'overlap' });
    await symlink(at('home'), at('alias'));
    await assert.rejects(stateIn(root, 'alias'), { class: 'overlap' });
    await assert.rejects(stateIn(at('alias'), 'home'), { class: 'overlap' });
    assert.deepEqual(await readdir(root), ['.git']);
  });

  it('is refused to a workspace inside it', async () => {
    const root = await repository('home', '.local', 'state', 'bounded', 'x-repo', 'checkout');
    await assert.rejects(stateIn(root, 'home'), { class: 'overlap' });
  });

  it('is refused by where folders are, not by how their names begin', async () => {
    await rename(await repository('repo'), at('home'));
    assert.ok((await stateIn(at('home'), 'home-of-another')).dir.startsWith(at('home-of-another')));
    await assert.rejects(stateIn(await repository('work'), 'work', '..hidden'), { class: 'overlap' });
  });

  it('may lie in the work tree of a wider repository when the workspace is a folder beside it', async () => {
    const home = await repository('home');
    await mkdir(path.join(home, 'project'));
    assert.ok((await stateIn(path.join(home, 'project'), 'home')).dir.startsWith(at('home', '.local')));
  });
});
