import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { FileDiff, Path, Write } from '../../../src/core/session/changes.ts';
import type { Session } from '../../../src/core/session/session.ts';
import { pruneStore, storeSize } from '../../../src/node/workspace/store/prune.ts';
import type { Work } from '../../../src/node/workspace/keep/work.ts';
import { contentsOf, repoAt, untouchable, type TestRepo } from '../../support/repo.ts';
import { newRepo, open, removeRepos } from './opened.ts';

/** A session on a dirty work tree: two boundaries, a change of the user's between them. */
async function session(repo: TestRepo, first: () => void, second: () => void, users: readonly Path[] = []): Promise<{ readonly work: Work; readonly workspace: Awaited<ReturnType<typeof open>> }> {
  const workspace = await open(repo);
  const base = (await workspace.capture()).tree;
  const [dirty, head] = [await workspace.dirty(), await workspace.head()];
  const steps: Work['steps'][number][] = [];
  for (const [index, act] of [first, second].entries()) {
    act();
    const { tree } = await workspace.capture();
    const diffs = await workspace.diff(steps.at(-1)?.tree ?? base, tree);
    steps.push({ tree, message: `boundary ${index + 1}\n\nBounded-Session: s1`, seconds: 1_700_000_000 + index, writes: written(diffs.filter((diff) => !users.includes(diff.path))) });
  }
  return { workspace, work: { name: 'task', base, dirty, steps, ...(head.commit === undefined ? {} : { head: head.commit }) } };
}

const written = (diffs: readonly FileDiff[]): Write[] => diffs.map((diff) => ({ ...diff, by: 'tool', call: 'c', phase: 'minimal-hook', attempt: 1, turn: 1 }));

const withoutKept = (state: Record<string, string>) => Object.fromEntries(Object.entries(state).filter(([file]) => !/^\.git\/(objects|refs\/heads\/bounded|logs\/refs\/heads\/bounded)/.test(file)));

describe('keeping the work', () => {
  afterEach(removeRepos);

  it('as a branch has one commit for each boundary, the user\'s apart, and touches nothing else', async () => {
    const repo = newRepo({ 'a.txt': 'a\n', 'user.txt': 'u\n', '.gitignore': '*.log\n', 'run.sh': 'x\n', 'old/b.txt': 'b\n' });
    repo.write('a.txt', 'dirty\n');
    repo.write('untracked.txt', 'mine');
    repo.write('staged.txt', 's');
    repo.git('add', 'staged.txt');
    const { work, workspace } = await session(repo,
      () => { repo.write('a.txt', 'dirty\none\n'); repo.write('made/x.ts', 'x'); repo.write('debug.log', 'l'); },
      () => { repo.write('user.txt', 'changed by the user\n'); fs.chmodSync(repo.at('run.sh'), 0o755); fs.rmSync(repo.at('old'), { recursive: true }); fs.symlinkSync('a.txt', repo.at('link')); },
      ['user.txt']);
    const before = untouchable(repo);
    const kept = await workspace.keepBranch(work);
    assert.deepEqual([kept.branch, kept.commits, kept.unfiltered], ['bounded/task/1', 4, []]);
    assert.deepEqual(withoutKept(untouchable(repo)), withoutKept(before));
    const log = repo.git('log', '--format=%s|%an <%ae>', 'bounded/task/1').split('\n');
    assert.deepEqual(log, ['boundary 2|Bounded <bounded@localhost>', 'Changes by the user meanwhile|Ada <ada@example.org>', 'boundary 1|Bounded <bounded@localhost>', 'Uncommitted work at the start|Ada <ada@example.org>', 'first|Ada <ada@example.org>']);
    assert.deepEqual(repo.git('ls-tree', '-r', '--name-only', 'bounded/task/1').split('\n'), ['.gitignore', 'a.txt', 'link', 'made/x.ts', 'run.sh', 'staged.txt', 'untracked.txt', 'user.txt']);
    assert.match(repo.git('ls-tree', 'bounded/task/1', 'run.sh'), /^100755/);
    assert.equal(repo.git('diff', '--name-only', 'bounded/task/1~1', 'bounded/task/1'), 'link\nold/b.txt\nrun.sh');
    fs.rmSync(repo.store, { recursive: true });
    repo.git('fsck', '--strict', '--no-dangling');
    const again = await open(repo);
    assert.equal((await again.capture()).tree.length, 40);
    assert.equal(repo.git('rev-parse', 'HEAD'), repo.git('rev-parse', 'bounded/task/1~4'));
  });

  it('stores no content again that the store has, also in a process that has not looked yet', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    const { work } = await session(repo, () => repo.write('large.bin', randomBytes(200_000)), () => undefined);
    const workspace = await open(repo);
    const before = await workspace.checkpoints.measure();
    await workspace.keepBranch(work);
    assert.ok((await workspace.checkpoints.measure()) < before + 50_000);
  });

  it('never moves a branch that exists', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    repo.git('branch', 'bounded/task/1');
    repo.git('branch', 'bounded/task/7');
    const before = repo.git('for-each-ref', 'refs/heads');
    const { work, workspace } = await session(repo, () => repo.write('a.txt', 'b\n'), () => undefined);
    assert.equal((await workspace.keepBranch(work)).branch, 'bounded/task/8');
    assert.equal((await workspace.squash(work, 'all')).branch, 'bounded/task/9');
    assert.ok(repo.git('for-each-ref', 'refs/heads').startsWith(before.split('\n')[0] ?? ''));
    assert.equal(repo.git('rev-list', '--count', 'main..bounded/task/9'), '1');
    assert.equal(repo.git('diff', 'bounded/task/8', 'bounded/task/9'), '');
    repo.git('branch', 'bounded-x');
    await assert.rejects(workspace.keepBranch({ ...work, name: 'a..b' }));
  });

  it('does not overwrite a branch that git does not list, for it is broken', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    const { work, workspace } = await session(repo, () => repo.write('a.txt', 'b\n'), () => undefined);
    repo.write('.git/refs/heads/bounded/task/1', 'damaged');
    await assert.rejects(workspace.keepBranch(work));
    assert.equal(repo.read('.git/refs/heads/bounded/task/1'), 'damaged');
  });

  it('works in a repository without commits, and says when there is nothing to keep', async () => {
    const repo = newRepo();
    const { work, workspace } = await session(repo, () => repo.write('a.txt', 'a'), () => undefined);
    assert.equal((await workspace.keepBranch(work)).commits, 1);
    assert.equal(repo.git('ls-tree', '--name-only', 'bounded/task/1'), 'a.txt');
    await assert.rejects(workspace.keepBranch({ ...work, steps: [] }), /nothing to keep/);
  });

  it('keeps HEAD\'s objects for files behind filters, and commits line ends as git would', async () => {
    const repo = newRepo({ 'big.bin': 'version https://git-lfs.github.com/spec/v1\n', 'win.txt': 'a\nb\n', 'raw.txt': 'a\r\nb\r\n', '.gitattributes': 'big.bin filter=lfs\nwin.txt eol=crlf\n*.new text=auto\n' });
    fs.rmSync(repo.at('win.txt'));
    repo.git('checkout', '-q', '--', 'win.txt');
    const { work, workspace } = await session(repo, () => { repo.write('win.txt', 'a\r\nB\r\n'); repo.write('raw.txt', 'a\r\nB\r\n'); repo.write('x.new', '1\r\n2\r\n'); repo.write('bin.new', '\0\r\n'); }, () => undefined);
    assert.deepEqual(work.dirty, []);
    const kept = await workspace.keepBranch(work);
    assert.deepEqual(repo.git('diff', '--name-only', 'main', kept.branch).split('\n'), ['bin.new', 'raw.txt', 'win.txt', 'x.new']);
    const committed = (file: string) => execFileSync('git', ['cat-file', 'blob', `${kept.branch}:${file}`], { cwd: repo.root, encoding: 'latin1' });
    assert.deepEqual([committed('win.txt'), committed('raw.txt'), committed('x.new'), committed('bin.new')], ['a\nB\n', 'a\r\nB\r\n', '1\n2\n', '\0\r\n']);
    repo.write('big.bin', 'other');
    const later = await session(repo, () => repo.write('big.bin', 'changed'), () => undefined);
    assert.deepEqual((await later.workspace.keepBranch(later.work)).unfiltered, ['big.bin']);
  });

  it('leaves repositories inside, ignored files and untracked secrets out, also in a process that has not looked yet', async () => {
    const repo = newRepo({ 'a.txt': 'a', '.gitignore': 'out/\n' });
    repo.write('.env', 'KEY=1');
    fs.mkdirSync(repo.at('inner'));
    execFileSync('git', ['init', '-q'], { cwd: repo.at('inner') });
    const { work } = await session(repo, () => { repo.write('inner/x', 'x'); repo.write('out/y', 'y'); repo.write('b.txt', 'b'); repo.write('sub/.env.local', 'KEY=2'); }, () => undefined);
    assert.deepEqual(work.dirty, ['.env']);
    const kept = await (await open(repo)).keepBranch(work);
    assert.equal(repo.git('diff', '--name-only', 'main', kept.branch), 'b.txt');
    assert.ok(!(await (await open(repo)).patch(work.base, work.steps[0]?.tree ?? '')).includes('KEY'));
  });

  it('does not delete what the user\'s sparse checkout leaves out meanwhile: it is kept as it last was', async () => {
    const repo = newRepo({ 'a.txt': 'a\n', 'src/s.txt': 's\n', 'hidden/edited.txt': 'e\n', 'hidden/gone.txt': 'g\n', 'hidden/plain.txt': 'p\n', 'hidden/users.txt': 'u\n' });
    const { work, workspace } = await session(repo,
      () => { repo.write('hidden/edited.txt', 'edited\n'); fs.rmSync(repo.at('hidden/gone.txt')); repo.write('src/made.txt', 'm\n'); },
      () => {
        fs.rmSync(repo.at('a.txt'));
        repo.git('add', '-A');
        repo.git('commit', '-qm', 'theirs');
        repo.git('sparse-checkout', 'set', '--cone', 'src');
      });
    const steps = work.steps.map((step, index) => (index === 0 ? step : { ...step, writes: [] }));
    const inOne = steps.slice(1).map((step) => ({ ...step, writes: steps[0]?.writes ?? [] }));
    for (const how of [steps, inOne]) {
      const [kept, whole] = [await workspace.keepBranch({ ...work, steps: how }), await workspace.squash({ ...work, steps: how }, 'all')];
      const changed = ['D\ta.txt', 'M\thidden/edited.txt', 'D\thidden/gone.txt', 'A\tsrc/made.txt'];
      for (const { branch } of [kept, whole]) assert.deepEqual(repo.git('diff', '--name-status', 'main~1', branch).split('\n'), changed);
      assert.equal(repo.git('show', `${kept.branch}:hidden/edited.txt`), 'edited');
    }
    repo.write('hidden', 'a file in its place\n');
    const placed = { tree: (await workspace.capture()).tree, message: 'placed', seconds: 0, writes: [] };
    assert.equal(repo.git('ls-tree', '-r', '--name-only', (await workspace.keepBranch({ ...work, steps: [...steps, placed] })).branch, 'hidden'), 'hidden');
  });

  it('as a patch turns a fresh checkout of the base into the result', async () => {
    const repo = newRepo({ 'a.txt': 'a\r\nb', 'bin': Buffer.from([0, 1, 2]), 'gone.txt': 'g\n', 'run.sh': 'x\n', 'latin.txt': Buffer.from([0xe9, 10]) });
    const { work, workspace } = await session(repo, () => {
      repo.write('a.txt', 'A\r\nb\n');
      repo.write('bin', Buffer.from([0, 9, 8, 7]));
      fs.rmSync(repo.at('gone.txt'));
      fs.chmodSync(repo.at('run.sh'), 0o755);
      repo.write('new dir/n.txt', 'n');
      fs.writeFileSync(repo.at('latin.txt'), Buffer.from([0xe8, 10]));
      fs.symlinkSync('a.txt', repo.at('link'));
    }, () => undefined);
    const patch = await workspace.patch(work.base, work.steps[1]?.tree ?? '');
    const clone = path.join(repo.outside, 'clone');
    execFileSync('git', ['clone', '-q', repo.root, clone]);
    execFileSync('git', ['apply', '--index', '-'], { cwd: clone, input: patch });
    assert.deepEqual(contentsOf(clone), contentsOf(repo.root));
  });

  it('as a patch applies at the top of the repository and in the workspace folder, where that is a folder in it', async () => {
    const repo = newRepo({ 'top.txt': 't\n', 'sub dir/a.txt': 'a\n', 'sub dir/gone.txt': 'g\n' });
    const part = repoAt(repo.at('sub dir'), repo.outside);
    const { work, workspace } = await session(part, () => { part.write('a.txt', 'A\n'); fs.rmSync(part.at('gone.txt')); part.write('new/caf\u00e9 "n".txt', 'n\n'); }, () => undefined);
    const patch = await workspace.patch(work.base, work.steps[1]?.tree ?? '');
    for (const folder of ['', 'sub dir']) {
      const clone = path.join(repo.outside, `clone ${folder}`);
      execFileSync('git', ['clone', '-q', repo.root, clone]);
      execFileSync('git', ['apply', '-'], { cwd: path.join(clone, folder), input: patch });
      assert.deepEqual(contentsOf(clone), contentsOf(repo.root));
    }
  });

  it('may be undone altogether', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    repo.write('mine.txt', 'mine');
    const before = contentsOf(repo.root);
    const { work, workspace } = await session(repo, () => { repo.write('a.txt', 'x'); repo.write('n/ew.txt', 'n'); }, () => fs.rmSync(repo.at('mine.txt')));
    const diff = await workspace.diff(work.base, work.steps[1]?.tree ?? '');
    const outcome = await workspace.restore(diff.map((one) => ({ path: one.path, target: one.before ?? null, expected: one.after ?? null })));
    assert.deepEqual(outcome.left, []);
    assert.deepEqual(contentsOf(repo.root), before);
  });
});

describe('keeping a session as its journal tells it', () => {
  afterEach(removeRepos);

  interface Acts {
    readonly first?: () => void;
    readonly second?: () => void;
    /** After the last boundary. */
    readonly last?: () => void;
    readonly users?: readonly Path[];
    /** The end of each boundary's message. */
    readonly said?: string;
  }

  async function finished(repo: TestRepo, { first, second, last, users = [], said = '' }: Acts = {}) {
    const { work, workspace } = await session(repo, first ?? (() => repo.write('a.txt', 'one\n')), second ?? (() => repo.write('b.txt', 'two\n')), users);
    const boundaries: unknown[] = [];
    const writes: Write[] = [];
    for (const step of work.steps) {
      writes.push(...step.writes);
      boundaries.push({ id: 'b', tree: step.tree, at: 1_700_000_000_000, commit: await workspace.commit({ tree: step.tree, branch: 'x', message: step.message + said, author: 'bounded' }), line: { writes: [...writes] } });
    }
    (last ?? (() => repo.write('c.txt', 'after the last boundary')))();
    const { tree } = await workspace.capture();
    writes.push(...written(await workspace.diff(work.steps[1]?.tree ?? '', tree)));
    const base = { tree: work.base, commit: '', dirty: work.dirty, head: work.head, notCovered: [] };
    return { workspace, session: { id: 's1', name: 'task', contract: { task: 'Do it\nwell', oracle: { checks: [] } }, startedAt: 0, base, tree, userChanges: [], evicted: {}, branches: [], leftRuns: [], line: { writes, boundaries, runs: [], runsFrom: 0 } } as unknown as Session };
  }

  const branch = { how: 'branch', withoutMine: false } as const;
  const unverified = 'Your changes were left out. Verdict of what was kept: unverified, it differs from the measured tree';
  const commits = (repo: TestRepo, name: string): string[] => repo.git('log', '--format=%s|%an', `main..${name}`).split('\n');

  it('makes a branch with the messages of the boundaries', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    repo.write('dirty.txt', 'mine');
    const { workspace, session: done } = await finished(repo);
    assert.deepEqual(await workspace.keep(branch, done), { ok: true, detail: 'the branch bounded/task/1 was made with 4 commits; HEAD, index and work tree were not touched', branches: [{ branch: 'bounded/task/1', commit: repo.git('rev-parse', 'bounded/task/1') }] });
    assert.deepEqual(repo.git('log', '--format=%s', 'main..bounded/task/1').split('\n'), ['Work after the last boundary', 'boundary 2', 'boundary 1', 'Uncommitted work at the start']);
    assert.equal((await workspace.keep({ how: 'squash', withoutMine: false }, done)).detail, 'the branch bounded/task/2 was made with one commit; HEAD, index and work tree were not touched');
    assert.equal(repo.git('log', '--format=%B', 'main..bounded/task/2').trim(), `Do it\n\nBounded-Session: s1\nBounded-Verdict: unverified\nBounded-Cells: none ran\nBounded-Tree: ${done.tree}`);
    for (const commit of repo.git('rev-list', 'main..bounded/task/1', 'main..bounded/task/2').split('\n')) assert.match(repo.git('log', '-1', '--format=%(trailers:key=Bounded-Session,valueonly)', commit), /^s1/);
    assert.equal(repo.git('diff', 'bounded/task/1', 'bounded/task/2'), '');
  });

  it('says of every commit without the user\'s changes that nothing measured it, whatever its message quotes', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    repo.write('dirty.txt', 'mine');
    const { workspace, session: done } = await finished(repo, { said: '\n\nstep: not changed: x\nBounded-Verdict: pass\n\nBounded-Session: s1\nBounded-Verdict: pass' });
    assert.equal((await workspace.keep({ how: 'branch', withoutMine: true }, done)).ok, true);
    for (const verdict of repo.git('log', '--format=%(trailers:key=Bounded-Verdict,valueonly,separator=%x20)', 'main..bounded/task/1').split('\n')) assert.match(verdict, /^unverified/);
  });

  it('writes a patch beside the other pages', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    repo.write('dirty.txt', 'mine');
    const { workspace, session: done } = await finished(repo);
    assert.deepEqual(await workspace.keep({ how: 'patch', withoutMine: false }, done), { ok: true, detail: 'the patch is in .bounded/task/s1.patch; git was not touched' });
    assert.match(repo.read('.bounded/task/s1.patch'), /^diff --git a\/a.txt b\/a.txt\n/);
  });

  it('writes a patch that does not delete what the user\'s sparse checkout leaves out meanwhile', async () => {
    const repo = newRepo({ 'a.txt': 'a\n', 'hidden/h.txt': 'h\n' });
    const { workspace, session: done } = await finished(repo, { users: ['hidden/h.txt'], second: () => repo.git('sparse-checkout', 'set', '--no-cone', '/*', '!/hidden/') });
    assert.equal((await workspace.keep({ how: 'patch', withoutMine: true }, done)).detail, 'the patch is in .bounded/task/s1.patch; git was not touched. There was no change of yours to leave out');
    assert.deepEqual(repo.read('.bounded/task/s1.patch').match(/^diff --git .*$/gm), ['diff --git a/a.txt b/a.txt', 'diff --git a/c.txt b/c.txt']);
  });

  it('leaves the user\'s changes out of a branch, a single commit and a patch, and says that nobody measured the rest', async () => {
    const repo = newRepo({ 'a.txt': 'a\n', 'user.txt': 'u\n', 'dirty.txt': 'd\n' });
    repo.write('dirty.txt', 'mine\n');
    repo.write('untracked.txt', 'mine');
    const { workspace, session: done } = await finished(repo, { second: () => { repo.write('b.txt', 'two\n'); repo.write('user.txt', 'later'); repo.write('new/user.txt', 'n'); }, users: ['user.txt', 'new/user.txt'] });
    const before = untouchable(repo);
    const kept = await workspace.keep({ how: 'branch', withoutMine: true }, done);
    assert.equal(kept.detail, `the branch bounded/task/1 was made with 3 commits; HEAD, index and work tree were not touched. ${unverified}`);
    assert.deepEqual(withoutKept(untouchable(repo)), withoutKept(before));
    assert.deepEqual(commits(repo, 'bounded/task/1'), ['Work after the last boundary|Bounded', 'boundary 2|Bounded', 'boundary 1|Bounded']);
    assert.equal(repo.git('diff', '--name-only', 'main', 'bounded/task/1'), 'a.txt\nb.txt\nc.txt');
    assert.match((await workspace.keep({ how: 'squash', withoutMine: true }, done)).detail, /with one commit.*unverified/);
    assert.equal(repo.git('diff', 'bounded/task/1', 'bounded/task/2'), '');
    assert.match((await workspace.keep({ how: 'patch', withoutMine: true }, done)).detail, /unverified/);
    const clone = path.join(repo.outside, 'clone');
    execFileSync('git', ['clone', '-q', repo.root, clone]);
    execFileSync('git', ['apply', '--index', '-'], { cwd: clone, input: repo.read('.bounded/task/s1.patch') });
    assert.equal(execFileSync('git', ['write-tree'], { cwd: clone, encoding: 'utf8' }).trim(), repo.git('rev-parse', 'bounded/task/1^{tree}'));
  });

  it('says nothing against the verdict where no change was the user\'s', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    const { workspace, session: done } = await finished(repo);
    assert.match((await workspace.keep({ how: 'branch', withoutMine: true }, done)).detail, /not touched\. There was no change of yours to leave out$/);
  });

  const together: readonly { readonly what: string; readonly path: Path; readonly before?: (repo: TestRepo) => void; readonly acts: (repo: TestRepo) => Acts }[] = [
    { what: 'uncommitted work that the session went on from', path: 'a.txt', before: (repo) => repo.write('a.txt', 'mine\n'), acts: (repo) => ({ first: () => repo.write('a.txt', 'mine\none\n') }) },
    { what: 'a later change that the session went on from', path: 'u.txt', acts: (repo) => ({ first: () => { repo.write('u.txt', 'mine\n'); repo.write('a.txt', 'one\n'); }, users: ['u.txt'], last: () => repo.write('u.txt', 'mine\nand more\n') }) },
    { what: 'a file in the place of a folder that the user emptied', path: 'f', before: (repo) => fs.rmSync(repo.at('f'), { recursive: true }), acts: (repo) => ({ first: () => repo.write('f', 'now a file') }) },
    { what: 'a file below one that the user removed', path: 'a.txt/x', before: (repo) => fs.rmSync(repo.at('a.txt')), acts: (repo) => ({ first: () => repo.write('a.txt/x', 'x') }) },
  ];
  for (const { what, path: mixed, before, acts } of together) {
    it(`refuses to leave out ${what}, names the file and makes nothing`, async () => {
      const repo = newRepo({ 'a.txt': 'a\n', 'u.txt': 'u\n', 'f/x': 'x' });
      before?.(repo);
      const { workspace, session: done } = await finished(repo, acts(repo));
      const [untouched, files] = [untouchable(repo), contentsOf(repo.root)];
      for (const how of ['branch', 'squash', 'patch'] as const) {
        const refused = await workspace.keep({ how, withoutMine: true }, done);
        assert.equal(refused.ok, false);
        assert.match(refused.detail, new RegExp(`changed the same file, ${mixed}\\. .*nothing was written$`));
      }
      assert.deepEqual([untouchable(repo), contentsOf(repo.root)], [untouched, files]);
      assert.equal((await workspace.keep(branch, done)).ok, true);
    });
  }

  it('makes commits that can be taken back one by one', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    const { workspace, session: done } = await finished(repo);
    assert.equal((await workspace.keep(branch, done)).ok, true);
    const clone = repoAt(path.join(repo.outside, 'clone'), repo.outside);
    repo.git('clone', '-q', '-b', 'bounded/task/1', repo.root, clone.root);
    for (const [subject, file] of [['boundary 1', 'a.txt'], ['boundary 2', 'b.txt']] as const) {
      const commit = clone.git('log', '--format=%H', `--grep=^${subject}`, 'HEAD');
      clone.git('-c', 'user.name=A', '-c', 'user.email=a@localhost', 'revert', '--no-edit', commit);
      assert.equal(clone.git('diff', '--name-only', 'HEAD~1', 'HEAD'), file);
    }
    assert.equal(clone.git('diff', '--name-only', 'origin/main', 'HEAD'), 'c.txt');
  });

  it('names what git takes into no commit, and a patch without it applies', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    const odd = ['.GIT/y', '.git./y', 'git~1', 'sub/git~1/x', 'back\\.git\\x'];
    const { workspace, session: done } = await finished(repo, { last: () => { for (const file of odd) repo.write(file, 'x'); fs.symlinkSync('a.txt', repo.at('.gitmodules')); repo.write('plain.txt', 'p\n'); } });
    const left = [...odd, '.gitmodules'].sort();
    for (const how of ['branch', 'squash', 'patch'] as const) {
      const kept = await workspace.keep({ how, withoutMine: false }, done);
      assert.deepEqual([kept.ok, kept.detail.split('a name that git refuses: ')[1]?.split(', ')], [true, left], kept.detail);
    }
    for (const branch of ['bounded/task/1', 'bounded/task/2']) assert.match(repo.git('ls-tree', '-r', '--name-only', branch), /^plain\.txt$/m);
    const fresh = path.join(repo.outside, 'fresh');
    repo.git('worktree', 'add', '-q', '--detach', fresh, 'main');
    execFileSync('git', ['apply', repo.at('.bounded/task/s1.patch')], { cwd: fresh });
    assert.equal(fs.readFileSync(path.join(fresh, 'plain.txt'), 'utf8'), 'p\n');
  });

  it('needs neither the user\'s name nor their signature', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    const { workspace, session: done } = await finished(repo, { second: () => repo.write('u.txt', 'mine'), users: ['u.txt'] });
    for (const key of ['user.name', 'user.email']) repo.git('config', '--unset', key);
    for (const [key, value] of [['commit.gpgsign', 'true'], ['gpg.program', '/no/such/signer'], ['core.hooksPath', '/no/such/hooks']] as const) repo.git('config', key, value);
    const homes = Object.fromEntries(['HOME', 'XDG_CONFIG_HOME'].map((name) => [name, process.env[name]]));
    Object.assign(process.env, { HOME: repo.outside, XDG_CONFIG_HOME: repo.outside });
    try {
      assert.equal((await workspace.keep(branch, done)).ok, true);
    } finally {
      for (const [name, value] of Object.entries(homes)) if (value === undefined) delete process.env[name]; else process.env[name] = value;
    }
    assert.deepEqual(commits(repo, 'bounded/task/1'), ['Work after the last boundary|Bounded', 'Changes by the user meanwhile|User', 'boundary 1|Bounded']);
  });

  it('says which branch is in the way, and makes none', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    const { workspace, session: done } = await finished(repo);
    for (const name of ['bounded', 'bounded/task']) {
      repo.git('branch', name);
      const before = repo.git('for-each-ref');
      const refused = await workspace.keep(branch, done);
      assert.equal(refused.ok, false);
      assert.match(refused.detail, new RegExp(`the branch ${name} is in the way`));
      assert.equal(repo.git('for-each-ref'), before);
      repo.git('branch', '-D', name);
    }
  });

  it('says that the commit is gone that the session started from, and makes a patch all the same', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    const { workspace, session: done } = await finished(repo);
    repo.git('commit', '-q', '--amend', '-m', 'another beginning');
    repo.git('reflog', 'expire', '--expire=now', '--all');
    repo.git('gc', '-q', '--prune=now');
    for (const how of ['branch', 'squash'] as const) {
      const refused = await workspace.keep({ how, withoutMine: false }, done);
      assert.deepEqual([refused.ok, /does not have the commit \w{10} any more that the session started from.*export a patch/.test(refused.detail)], [false, true], refused.detail);
    }
    assert.equal(repo.git('for-each-ref', 'refs/heads/bounded'), '');
    assert.equal((await workspace.keep({ how: 'patch', withoutMine: false }, done)).ok, true);
  });

  it('answers with what git refuses, for a lock or a configuration that it cannot take, and changes no branch', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    const { workspace, session: done } = await finished(repo);
    const made = (await workspace.keep(branch, done)).branches?.[0] ?? assert.fail();
    const config = repo.read('.git/config');
    const hindrances = [['.git/refs/heads/bounded/task/1.lock', '', /task\/1\.lock/], ['.git/config', '[core\n', /bad config line 1/], ['.git/config', `${config}[extensions]\n\tnonsense = 1\n[core]\n\trepositoryformatversion = 1\n`, /nonsense/]] as const;
    for (const [file, text, why] of hindrances) {
      repo.write(file, text);
      const dropped = await workspace.drop([made]);
      assert.deepEqual([dropped.ok, why.test(dropped.detail)], [false, true], dropped.detail);
      if (file === '.git/config') {
        const kept = await workspace.keep(branch, done);
        assert.deepEqual([kept.ok, why.test(kept.detail)], [false, true], kept.detail);
      }
      if (file === '.git/config') repo.write(file, config);
      else fs.rmSync(repo.at(file));
    }
    repo.write('.git/refs/heads/bounded/task/2.lock', '');
    assert.match((await workspace.keep(branch, done)).detail, /task\/2\.lock/);
    fs.rmSync(repo.at('.git/refs/heads/bounded/task/2.lock'));
    assert.equal(repo.git('for-each-ref', '--format=%(refname) %(objectname)', 'refs/heads/bounded'), `refs/heads/bounded/task/1 ${made.commit}`);
  });

  it('drops the branch that it made and says how to get it back', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    const { workspace, session: done } = await finished(repo);
    const before = untouchable(repo);
    const made = (await workspace.keep(branch, done)).branches?.[0] ?? assert.fail();
    const dropped = await workspace.drop([made]);
    assert.equal(dropped.ok, true);
    assert.equal(repo.git('for-each-ref', 'refs/heads/bounded'), '');
    assert.deepEqual(withoutKept(untouchable(repo)), withoutKept(before));
    const [back = ''] = /git branch \S+ [0-9a-f]{40}/.exec(dropped.detail) ?? [];
    repo.git(...back.split(' ').slice(1));
    assert.equal(repo.git('rev-parse', made.branch), made.commit);
    assert.equal((await workspace.drop([made])).ok, true);
    assert.deepEqual(await workspace.drop([made]), { ok: false, detail: `there is no branch ${made.branch} any more` });
  });

  it('drops no branch that somebody went on with or is on', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    const { workspace, session: done } = await finished(repo);
    const made = (await workspace.keep(branch, done)).branches?.[0] ?? assert.fail();
    const other = path.join(repo.outside, 'other work tree');
    repo.git('worktree', 'add', '-q', other, made.branch);
    const refused = await workspace.drop([made]);
    assert.deepEqual([refused.ok, refused.detail], [false, `the branch ${made.branch} is checked out in ${other}. Nothing was removed`]);
    repo.git('worktree', 'remove', other);
    repo.git('branch', '-f', made.branch, 'main');
    assert.match((await workspace.drop([made])).detail, /somebody went on with it\. Nothing was removed/);
    assert.equal(repo.git('rev-parse', made.branch), repo.git('rev-parse', 'main'));
    repo.git('branch', `${made.branch}x`);
    repo.git('branch', '-D', made.branch);
    assert.match((await workspace.drop([made])).detail, /there is no branch/);
  });

  it('answers that there is nothing to keep', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    const { workspace, session: done } = await finished(repo, { first: () => undefined, second: () => undefined, last: () => undefined });
    assert.deepEqual([(await workspace.keep(branch, done)).ok, /nothing to keep/.test((await workspace.keep(branch, done)).detail)], [false, true]);
  });
});

describe('the checkpoint store', () => {
  afterEach(removeRepos);

  it('tells its size and is deleted only when it is one', async () => {
    const repo = newRepo({ 'a.txt': 'a\n' });
    await (await open(repo)).capture();
    assert.ok((await storeSize(repo.store)) > 0);
    await assert.rejects(pruneStore(repo.root), /is not a checkpoint store/);
    assert.ok((await pruneStore(repo.store)) > 0);
    assert.equal(fs.existsSync(repo.store), false);
    assert.deepEqual([await storeSize(repo.store), await pruneStore(repo.store)], [0, 0]);
  });

  it('commits on its own branches what the user\'s git would track', async () => {
    const repo = newRepo({ 'a.txt': 'a', '.gitignore': '*.log\n', 'tracked.log': 't' });
    repo.git('add', '-f', 'tracked.log');
    repo.git('commit', '-qm', 'log');
    repo.write('ignored.log', 'i');
    repo.write('sub/.gitignore', 'x/\n!*.log\n');
    repo.write('sub/x/y', 'y');
    repo.write('sub/kept.log', 'k');
    repo.write('.git/info/exclude', 'private\n');
    repo.write('private', 'p');
    const workspace = await open(repo);
    const { tree } = await workspace.capture();
    const first = await workspace.commit({ tree, branch: 'bounded/task/s/1', parent: '', message: 'one', author: 'user' });
    const second = await workspace.commit({ tree, branch: 'bounded/task/s/1', parent: first, message: 'two ✓', author: 'bounded' });
    const git = (...args: string[]) => execFileSync('git', args, { env: { ...process.env, GIT_DIR: repo.store }, encoding: 'utf8' }).trim();
    assert.deepEqual(git('ls-tree', '-r', '--name-only', first).split('\n'), ['.gitignore', 'a.txt', 'sub/.gitignore', 'sub/kept.log', 'tracked.log']);
    assert.equal(git('log', '--format=%s %an', 'bounded/task/s/1'), 'two ✓ Bounded\none Ada');
    assert.equal(git('rev-parse', 'bounded/task/s/1'), second);
    git('fsck', '--strict');
  });

  it('commits some paths alone, and nothing where git would track none of them', async () => {
    const repo = newRepo({ 'a.txt': 'a', 'b.txt': 'b', 'f/x': 'x', '.gitignore': '*.log\n' });
    const workspace = await open(repo);
    const since = (await workspace.capture()).tree;
    for (const file of ['a.txt', 'b.txt', 'run.log', 'new/n.txt']) repo.write(file, 'changed');
    fs.rmSync(repo.at('f'), { recursive: true });
    repo.write('f', 'now a file');
    const { tree } = await workspace.capture();
    const parent = await workspace.commit({ tree: since, branch: 'x', message: 'one', author: 'bounded' });
    const only = (...paths: string[]) => workspace.commit({ tree, only: { since, paths }, branch: 'x', parent, message: 'two', author: 'user' });
    assert.equal(await only('run.log'), parent);
    const commit = await only('b.txt', 'new/n.txt', 'f/x', 'f', 'run.log');
    const git = (...args: string[]) => execFileSync('git', args, { env: { ...process.env, GIT_DIR: repo.store }, encoding: 'utf8' }).trim();
    assert.deepEqual(git('diff', '--name-status', '--no-renames', parent, commit).split('\n'), ['M\tb.txt', 'A\tf', 'D\tf/x', 'A\tnew/n.txt']);
    assert.deepEqual([git('rev-parse', 'x'), git('log', '-1', '--format=%an %P', 'x')], [commit, `Ada ${parent}`]);
  });

  for (const [how, damage] of [
    ['is gone', (pack: string) => fs.rmSync(pack)], ['is cut short', (pack: string) => fs.truncateSync(pack, fs.statSync(pack).size - 1)],
    ['has lost its index', (pack: string) => fs.rmSync(pack.replace('.pack', '.idx'))], ['has an index cut short', (pack: string) => fs.truncateSync(pack.replace('.pack', '.idx'), 1100)],
    ['has other bytes', (pack: string) => fs.writeFileSync(pack, fs.readFileSync(pack).map((byte, at) => (at % 8 === 4 ? byte ^ 255 : byte)))],
  ] as const) {
    it(`refuses what was in a pack that ${how} rather than answering something else`, async () => {
      const repo = newRepo({ 'a.txt': 'a' });
      const { tree } = await (await open(repo)).capture();
      const packs = fs.readdirSync(path.join(repo.store, 'objects', 'pack')).filter((name) => name.endsWith('.pack')).map((name) => path.join(repo.store, 'objects', 'pack', name));
      for (const pack of packs) damage(pack);
      const workspace = await open(repo);
      await assert.rejects(workspace.entries(tree), { name: 'Paused', message: new RegExp(`store does not have the checkpoint ${tree.slice(0, 10)} whole`) });
      await assert.rejects(workspace.blobText({ oid: '2e65efe2a145dda7ee51d1741299f848e5bf752e', mode: '100644' }));
    });
  }
});
