import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';
import fc from 'fast-check';
import type { Capture } from '../../../src/agent/ports.ts';
import { AnswerReader, Comparison } from '../../../src/node/workspace/look/comparison.ts';
import { KnownFiles } from '../../../src/node/workspace/look/knownFiles.ts';
import { isLocal } from '../../../src/node/workspace/disk/mounts.ts';
import type { KeepingWorkspace } from '../../../src/node/workspace/keepingWorkspace.ts';
import { scan } from '../../../src/node/workspace/look/scan.ts';
import type { StateEntry } from '../../../src/node/workspace/store/stateTable.ts';
import { SteadyClock } from '../../../src/node/workspace/look/steadyClock.ts';
import { repoAt, type TestRepo } from '../../support/repo.ts';
import { newRepo, open, removeRepos } from './opened.ts';

const long = 'x'.repeat(2000);
const files = { 'a.txt': 'one', 'b.txt': 'two', 'd/c.txt': 'c', 'd/e/f.txt': 'f', 'empty/.keep': '', 'still/x.txt': 'x', 'tool.sh': 'sh', [`${'n'.repeat(200)}/${'m'.repeat(200)}.txt`]: long };

/** A work tree without a repository, whose files and folders have settled when `settle` was awaited. */
interface Tree {
  readonly repo: TestRepo;
  readonly workspace: KeepingWorkspace;
}

/** Folders of many small work trees; one wait lets all of them settle. */
class Trees {
  readonly #outside = newRepo();
  readonly #all: Tree[] = [];
  readonly #programs = process.env['PATH'];

  async add(before: (repo: TestRepo) => void = () => undefined, git?: string): Promise<Tree> {
    const outside = path.join(this.#outside.outside, `tree${this.#all.length}`);
    fs.mkdirSync(path.join(outside, 'work'), { recursive: true });
    const repo = repoAt(path.join(outside, 'work'), outside);
    for (const [file, content] of Object.entries(files)) repo.write(file, content);
    fs.mkdirSync(repo.at('bare/deep'), { recursive: true });
    execFileSync('mkfifo', [repo.at('pipe')]);
    fs.symlinkSync('a.txt', repo.at('link'));
    before(repo);
    if (git !== undefined) process.env['PATH'] = `${fakeGit(outside, git)}${path.delimiter}${this.#programs}`;
    try {
      const tree = { repo, workspace: await openTree(repo) };
      this.#all.push(tree);
      await tree.workspace.capture();
      return tree;
    } finally {
      process.env['PATH'] = this.#programs;
    }
  }

  /** Afterwards a change can be told by the state of what was changed, and by nothing else. */
  async settle(): Promise<void> {
    await new Promise((resolve) => { setTimeout(resolve, 2_100); });
    for (const { workspace } of this.#all) await workspace.capture('command');
  }
}

const openTree = (repo: TestRepo): Promise<KeepingWorkspace> => open(repo, { scratch: ['scratch/**'] });

/** A git that does what `script` says when it is asked to compare, and otherwise what git does. Answers the folder that it is in. */
function fakeGit(outside: string, script: string): string {
  const folder = path.join(outside, 'bin');
  fs.mkdirSync(folder);
  const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  fs.writeFileSync(path.join(folder, 'git'), `#!/bin/sh\nGIT=${git}\ncase " $* " in *" diff-files "*) ${script};; esac\nexec $GIT "$@"\n`, { mode: 0o755 });
  return folder;
}

/** The work tree as a process sees it that knows nothing. */
async function afresh(repo: TestRepo): Promise<{ readonly tree: string; readonly beside: Capture['beside'] }> {
  const store = fs.mkdtempSync(path.join(repo.outside, 'fresh-'));
  const { tree, beside } = await (await openTree({ ...repo, store })).capture();
  return { tree, beside };
}

/** Folders of the work tree that were listed meanwhile, each with what was answered. */
async function listing<Value>(repo: TestRepo, work: () => Promise<Value>): Promise<{ readonly value: Value; readonly listed: readonly string[] }> {
  const { readdirSync } = fs;
  const listed: string[] = [];
  Object.assign(fs, { readdirSync: (...args: [string]) => (listed.push(path.relative(repo.root, String(args[0]))), readdirSync(...args)) });
  syncBuiltinESMExports();
  try {
    return { value: await work(), listed: listed.filter((folder) => !folder.startsWith('..')) };
  } finally {
    Object.assign(fs, { readdirSync });
    syncBuiltinESMExports();
  }
}

async function assertSeen({ repo, workspace }: Tree, compared: boolean, what: string): Promise<void> {
  const { value, listed } = await listing(repo, () => workspace.capture('command'));
  assert.deepEqual({ tree: value.tree, beside: value.beside }, await afresh(repo), what);
  assert.equal(listed.includes('still'), !compared, `${what}: listed ${listed.join(', ')}`);
  const again = await workspace.capture('command');
  assert.deepEqual([again.tree, again.beside], [value.tree, value.beside], `${what}, once more`);
}

/** Ends the process that works in the store; it is a child of this one. */
async function endHelper({ repo }: Tree): Promise<void> {
  const works = (pid: string) => {
    try {
      return fs.readlinkSync(`/proc/${pid}/cwd`) === repo.store && fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('diff-files');
    } catch {
      return false;
    }
  };
  const pids = fs.readFileSync(`/proc/self/task/${process.pid}/children`, 'latin1').trim().split(' ').filter(works);
  assert.equal(pids.length, 1);
  process.kill(Number(pids[0]), 'SIGKILL');
  while (works(pids[0] ?? '')) await new Promise(setImmediate);
}

const change = (repo: TestRepo): void => fs.writeFileSync(repo.at('a.txt'), 'eno');

function sameTimes(repo: TestRepo, file: string, work: () => void): void {
  const { atime, mtime } = fs.statSync(repo.at(file));
  work();
  fs.utimesSync(repo.at(file), atime, mtime);
}

function swap(repo: TestRepo, file: string, make: (place: string) => void): void {
  fs.rmSync(repo.at(file), { recursive: true });
  make(repo.at(file));
}

/** What a command can do to files, each without any other trace. The second function is done before all has settled, the third after the change was seen. */
const changes: Readonly<Record<string, readonly [change: (repo: TestRepo) => void, before?: ((repo: TestRepo) => void) | undefined, then?: (repo: TestRepo) => void]>> = {
  'nothing': [() => undefined],
  'other bytes of the same number, with the time set back': [(repo) => sameTimes(repo, 'a.txt', () => change(repo))],
  'the execution bit': [(repo) => fs.chmodSync(repo.at('tool.sh'), 0o755)],
  'permissions': [(repo) => fs.chmodSync(repo.at('a.txt'), 0o600)],
  'permissions that were odd': [(repo) => fs.chmodSync(repo.at('a.txt'), 0o644), (repo) => fs.chmodSync(repo.at('a.txt'), 0o600)],
  'a time alone': [(repo) => fs.utimesSync(repo.at('a.txt'), 5, 5)],
  'a time that is yet to come': [(repo) => sameTimes(repo, 'a.txt', () => change(repo)), (repo) => fs.utimesSync(repo.at('a.txt'), 0x7fffffff, 0x7fffffff)],
  'a time long ago': [(repo) => sameTimes(repo, 'a.txt', () => change(repo)), (repo) => fs.utimesSync(repo.at('a.txt'), -5, -5)],
  'a file that is gone': [(repo) => fs.rmSync(repo.at('a.txt'))],
  'the last file of a folder gone': [(repo) => fs.rmSync(repo.at('still/x.txt'))],
  'a folder that is gone': [(repo) => fs.rmSync(repo.at('d'), { recursive: true })],
  'a new file': [(repo) => repo.write('d/e/new.txt', 'new')],
  'a new file in a folder whose time is set back': [(repo) => sameTimes(repo, 'd/e', () => repo.write('d/e/new.txt', 'new'))],
  'new folders': [(repo) => repo.write('d/new/deep/x.txt', 'new')],
  'an empty folder': [(repo) => fs.mkdirSync(repo.at('d/none'))],
  'an empty folder that is gone': [(repo) => fs.rmdirSync(repo.at('bare/deep'))],
  'a file in an empty folder': [(repo) => repo.write('bare/deep/x.txt', 'x')],
  'a folder that becomes empty': [(repo) => fs.rmSync(repo.at('empty/.keep'))],
  'a link for a file': [(repo) => swap(repo, 'a.txt', (place) => fs.symlinkSync('b.txt', place))],
  'another target of a link': [(repo) => swap(repo, 'link', (place) => fs.symlinkSync('b.txt', place))],
  'a folder for a file': [(repo) => (fs.rmSync(repo.at('a.txt')), repo.write('a.txt/x', 'x'))],
  'a repository for a file': [(repo) => (fs.rmSync(repo.at('a.txt')), fs.mkdirSync(repo.at('a.txt')), execFileSync('git', ['init', '-q'], { cwd: repo.at('a.txt') }))],
  'a file for a folder': [(repo) => swap(repo, 'd', (place) => fs.writeFileSync(place, 'd'))],
  'a pipe for a file': [(repo) => swap(repo, 'a.txt', (place) => execFileSync('mkfifo', [place]))],
  'a file for a pipe': [(repo) => swap(repo, 'pipe', (place) => fs.writeFileSync(place, 'p'))],
  'a link for a folder with the same in it': [(repo) => (fs.renameSync(repo.at('d'), path.join(repo.outside, 'd')), fs.symlinkSync(path.join(repo.outside, 'd'), repo.at('d')))],
  'a link high above, and the folder back': [(repo) => (fs.renameSync(repo.at('d'), repo.at('other')), fs.symlinkSync('other', repo.at('d'))), undefined, (repo) => (fs.rmSync(repo.at('d')), fs.renameSync(repo.at('other'), repo.at('d')))],
  'a new file, and other bytes in it': [(repo) => repo.write('d/new.txt', 'one'), undefined, (repo) => sameTimes(repo, 'd/new.txt', () => repo.write('d/new.txt', 'eno'))],
  'another folder of the same names': [(repo) => (fs.renameSync(repo.at('d'), path.join(repo.outside, 'd')), fs.cpSync(path.join(repo.outside, 'd'), repo.at('d'), { recursive: true }), repo.write('d/e/f.txt', 'g'))],
  'a folder that is called otherwise': [(repo) => fs.renameSync(repo.at('d/e'), repo.at('d/g'))],
  'files that change places': [(repo) => (fs.renameSync(repo.at('a.txt'), repo.at('z')), fs.renameSync(repo.at('b.txt'), repo.at('a.txt')), fs.renameSync(repo.at('z'), repo.at('b.txt')))],
  'a hard link that is written': [(repo) => fs.writeFileSync(path.join(repo.outside, 'victim'), 'evil'), (repo) => (fs.writeFileSync(path.join(repo.outside, 'victim'), 'good'), fs.linkSync(path.join(repo.outside, 'victim'), repo.at('d/hard.txt')))],
  'a repository around it': [(repo) => (execFileSync('git', ['init', '-q'], { cwd: repo.at('d') }), change(repo))],
  'scratch': [(repo) => repo.write('scratch/x', 'x')],
  'attributes and a filter': [(repo) => change(repo), (repo) => (execFileSync('git', ['init', '-q'], { cwd: repo.root }), repo.write('.gitattributes', '* filter=evil text=auto\n'), execFileSync('git', ['config', 'filter.evil.clean', `touch ${repo.outside}/ran; cat`], { cwd: repo.root }))],
  'a name that is no text': [(repo) => fs.writeFileSync(Buffer.concat([Buffer.from(`${repo.root}/d/`), Buffer.from([0x66, 0xff])]), 'new'), (repo) => fs.writeFileSync(Buffer.concat([Buffer.from(`${repo.root}/d/`), Buffer.from([0x66, 0xff])]), 'old')],
  'a large ignored folder': [(repo) => repo.write('node_modules/lib/y.js', 'y'), (repo) => (largeFolder(repo), undefined)],
  'a file of a large ignored folder': [(repo) => sameTimes(repo, 'node_modules/lib/x.js', () => repo.write('node_modules/lib/x.js', 'y')), (repo) => largeFolder(repo)],
  'a large ignored folder that is gone': [(repo) => fs.rmSync(repo.at('node_modules'), { recursive: true }), (repo) => largeFolder(repo)],
  'nothing beside a large ignored folder': [(repo) => change(repo), (repo) => largeFolder(repo)],
};

function largeFolder(repo: TestRepo): void {
  execFileSync('git', ['init', '-q'], { cwd: repo.root });
  repo.write('.gitignore', 'node_modules/\n');
  repo.write('node_modules/lib/x.js', 'x');
  repo.write('node_modules/data', '');
  fs.truncateSync(repo.at('node_modules/data'), 70 * 1024 * 1024);
}

/** Ways in which git does not answer as it should; the change is seen all the same. */
const answers: Readonly<Record<string, string>> = {
  'fails': 'exit 1',
  'says nothing': 'exit 0',
  'complains': '$GIT "$@"; echo trouble >&2; exit 0',
  'says something else': '$GIT "$@"; printf "unmerged\\\\0a.txt\\\\0"; exit 0',
  'is killed in the middle': '$GIT "$@"; kill -9 $$',
};

describe('a look around a command', () => {
  const cases = new Map<string, Tree>();
  const broken = new Map<string, Tree>();
  let trees: Trees;
  const [removed, damaged, replaced, alone, late, folding] = ['removed', 'damaged', 'replaced', 'alone', 'late', 'folding'] as const;
  before(async function () {
    this.timeout(120_000);
    if (process.platform !== 'linux') this.skip();
    trees = new Trees();
    for (const [name, [, prepare]] of Object.entries(changes)) cases.set(name, await trees.add(prepare));
    for (const [name, script] of Object.entries(answers)) broken.set(name, await trees.add(undefined, script));
    for (const name of [removed, damaged, replaced, alone, late, folding]) broken.set(name, await trees.add());
    await trees.settle();
  });
  after(removeRepos);

  for (const [name, [work, , then]] of Object.entries(changes)) {
    it(`sees by states alone: ${name}`, async () => {
      const tree = cases.get(name) ?? assert.fail();
      work(tree.repo);
      const compared = name !== 'the last file of a folder gone';
      await assertSeen(tree, compared, name);
      then?.(tree.repo);
      if (then !== undefined) await assertSeen(tree, compared, `${name}: then`);
      assert.equal(fs.existsSync(path.join(tree.repo.outside, 'ran')), false, 'no filter ran');
    });
  }

  for (const name of Object.keys(answers)) {
    it(`looks at each folder and file itself where git ${name}`, async () => {
      const tree = broken.get(name) ?? assert.fail();
      change(tree.repo);
      await assertSeen(tree, false, name);
    });
  }

  const tableOf = ({ repo }: Tree): string => path.join(repo.store, 'roots', fs.readdirSync(path.join(repo.store, 'roots')).find((file) => file.endsWith('.table')) ?? '');

  it('looks at everything itself where its table is gone, damaged, or was written by another process meanwhile, or the process that starts git is gone', async () => {
    for (const [name, spoil] of [
      [removed, (tree: Tree) => fs.rmSync(tableOf(tree))],
      [damaged, (tree: Tree) => fs.truncateSync(tableOf(tree), 5)],
      [replaced, (tree: Tree) => openTree(tree.repo).then((other) => other.capture())],
      [alone, endHelper],
    ] as const) {
      const tree = broken.get(name) ?? assert.fail();
      change(tree.repo);
      await spoil(tree);
      await assertSeen(tree, false, name);
    }
  });

  it('looks at everything itself once where the clock was set back, and relies on no time that is yet to come', async () => {
    const tree = broken.get(late) ?? assert.fail();
    const { now } = Date;
    const known = new KnownFiles();
    known.note((await scan(tree.repo.root, () => false)).found.map(({ path: file, state }): [string, StateEntry] => [file, { blob: undefined, state }]));
    const unsettled = async () => (await scan(tree.repo.root, () => false, known)).found.length;
    assert.equal(await unsettled(), 0);
    try {
      Date.now = () => now() - 1_000;
      change(tree.repo);
      await assertSeen(tree, false, 'a second back');
      Date.now = () => now() - 3_600_000;
      assert.equal(await unsettled(), known.news.size);
    } finally {
      Date.now = now;
    }
    const clock = new SteadyClock();
    clock.note(10_000, true);
    assert.deepEqual([20_000, 9_600, 9_400].map((lead) => clock.isSteady(lead)), [true, true, false]);
    clock.note(9_600, false);
    assert.equal(clock.isSteady(9_400), false, 'small steps back add up');
    clock.note(9_400, true);
    assert.equal(clock.isSteady(9_400), true);
  });

  it('takes a name that a folder does not list for gone, though it leads to a file: upper case may be another spelling', async () => {
    const { repo, workspace } = broken.get(folding) ?? assert.fail();
    fs.renameSync(repo.at('a.txt'), repo.at('A.txt'));
    fs.linkSync(repo.at('A.txt'), repo.at('a.txt'));
    const { readdirSync } = fs;
    Object.assign(fs, { readdirSync: (...args: Parameters<typeof readdirSync>) => (readdirSync(...args) as unknown as fs.Dirent[]).filter((entry) => entry.name !== 'a.txt') });
    syncBuiltinESMExports();
    try {
      const { tree } = await workspace.capture('command');
      assert.equal(tree, (await workspace.capture()).tree);
      assert.equal([...(await workspace.entries(tree)).keys()].includes('a.txt'), false);
    } finally {
      Object.assign(fs, { readdirSync });
      syncBuiltinESMExports();
    }
  });

  it('reads nothing that has settled, no more than any other look', async () => {
    const { repo, workspace } = cases.get('nothing') ?? assert.fail();
    const { openSync, readlinkSync } = fs;
    const read: string[] = [];
    const noting = <Args extends readonly unknown[], Value>(work: (...args: Args) => Value) => (...args: Args): Value => {
      if (String(args[0]).startsWith(`${repo.root}/`)) read.push(String(args[0]));
      return work(...args);
    };
    Object.assign(fs, { openSync: noting(openSync), readlinkSync: noting(readlinkSync) });
    syncBuiltinESMExports();
    try {
      await workspace.capture('command');
      await workspace.capture();
      const next = await openTree(repo);
      await next.capture();
      await next.captureWritten(['b.txt']);
    } finally {
      Object.assign(fs, { openSync, readlinkSync });
      syncBuiltinESMExports();
    }
    assert.deepEqual(read, []);
  });

  it('takes a folder that has changed a moment ago for one that may change again without its times telling', async () => {
    const repo = newRepo();
    const key = async () => (await scan(repo.root, () => false)).around.folders.get('');
    assert.equal(await key(), '');
    assert.match((await scan((cases.get('nothing') ?? assert.fail()).repo.root, () => false)).around.folders.get('still') ?? '', /^\d+:/);
  });

  it('is not what a boundary rests on: there every folder is listed', async () => {
    const tree = cases.get('nothing') ?? assert.fail();
    const { value, listed } = await listing(tree.repo, () => tree.workspace.capture());
    assert.deepEqual([listed.includes('still'), value.tree], [true, (await afresh(tree.repo)).tree]);
  });

  it('takes only the answer of git that it asked for, whatever pieces it comes in', () => {
    const line = `:100644 000000 ${'1'.repeat(40)} ${'0'.repeat(40)} D\0a b\0`;
    const right = `${line}${line.replace('a b', '=0')}=0\0`;
    for (let size = 1; size <= right.length; size += 1) {
      const reader = new AnswerReader();
      const answers = Array.from({ length: Math.ceil(right.length / size) }, (_, index) => reader.take(Buffer.from(right.slice(index * size, (index + 1) * size))));
      assert.deepEqual(answers, [...answers.slice(1).map(() => 'more'), new Set(['a b', '=0'])]);
    }
    for (const wrong of ['=1\0', '=0\0x', `error: x\n${right}`, `${line}error: x\n=0\0`, right.replace(' D', ' U'), right.replace(' D', ' R100'), 'a\0b\0', '\0']) assert.equal(new AnswerReader().take(Buffer.from(wrong)), undefined, wrong);
    for (const part of [line, line.slice(0, -1), `${line}=0`]) assert.equal(new AnswerReader().take(Buffer.from(part)), 'more', part);
  });

  it('never takes the answer to a question that was given up for that to the next one', async () => {
    const folder = newRepo().outside;
    const program = path.join(folder, 'program');
    fs.writeFileSync(program, `#!/bin/sh\nif mkdir first 2>/dev/null; then tries=0; while [ ! -e asked ] && [ $tries -lt 50 ]; do sleep 0.05; tries=$((tries + 1)); done; name=old; else name=new; touch asked; fi\nprintf ":100644 000000 ${'1'.repeat(40)} ${'0'.repeat(40)} D\\0$name\\0"\n`, { mode: 0o755 });
    const comparison = new Comparison({ program, environment: { PATH: process.env['PATH'] ?? '' }, directory: folder }, folder, path.join(folder, 'table'));
    const givenUp = comparison.changed();
    while (!fs.existsSync(path.join(folder, 'first'))) await new Promise(setImmediate);
    assert.deepEqual(await comparison.changed(), new Set(['new']));
    assert.equal(await givenUp, undefined);
  });

  it('is taken only where times come from this machine and nothing else is mounted', () => {
    const mounts = (...lines: readonly string[]) => ['22 1 254:0 / / rw - ext4 /dev/vda rw', ...lines].join('\n');
    assert.equal(isLocal(mounts(), '/home/work'), true);
    assert.equal(isLocal(mounts('30 22 0:5 / /home rw shared:2 - nfs4 host:/home rw'), '/home/work'), false);
    assert.equal(isLocal(mounts('30 22 0:5 / /home rw - nfs4 host:/home rw', '31 30 0:6 / /home rw - tmpfs none rw'), '/home/work'), true);
    assert.equal(isLocal(mounts('30 22 0:5 / /home/work/data rw - ext4 /dev/vdb rw'), '/home/work'), false);
    assert.equal(isLocal(mounts('30 22 0:5 / /home/work\\040two rw - fuse.sshfs host rw'), '/home/work two'), false);
    assert.equal(isLocal(mounts('30 22 0:5 / /home/workshop rw - fuse.sshfs host rw'), '/home/work'), true);
    assert.equal(isLocal('', '/home/work'), false);
  });

  it('comes to the same as a process that sees the work tree for the first time, after any changes', async function () {
    this.timeout(120_000);
    const at = fc.constantFrom('a.txt', 'b.txt', 'd', 'd/c.txt', 'd/e', 'd/e/f.txt', 'd/e/new', 'new/deep/x', 'link', 'pipe', 'still', 'bare/deep');
    const step = fc.record({ kind: fc.constantFrom('write' as const, 'delete' as const, 'link' as const, 'chmod' as const, 'rename' as const, 'folder' as const), at, to: at });
    const histories = fc.sample(fc.tuple(fc.array(step, { maxLength: 4 }), fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 4 })), 10);
    const many = new Trees();
    const all = [];
    for (const [before, rounds] of histories) all.push({ tree: await many.add((repo) => before.forEach((one) => play(repo, one))), rounds });
    await many.settle();
    for (const { tree, rounds } of all) {
      for (const round of rounds) {
        for (const one of round) play(tree.repo, one);
        const { tree: id, beside } = await tree.workspace.capture('command');
        assert.deepEqual({ tree: id, beside }, await afresh(tree.repo), JSON.stringify(rounds));
      }
    }
  });
});

/** Does what the file system allows, and never anything outside of the work tree. */
function play(repo: TestRepo, { kind, at, to }: { readonly kind: 'write' | 'delete' | 'link' | 'chmod' | 'rename' | 'folder'; readonly at: string; readonly to: string }): void {
  const inside = (file: string) => !fs.existsSync(path.dirname(repo.at(file))) || fs.realpathSync(path.dirname(repo.at(file))).startsWith(repo.root);
  if (!inside(at) || !inside(to)) return;
  try {
    const plain = fs.lstatSync(repo.at(at), { throwIfNoEntry: false })?.isFile();
    if (kind === 'write' && plain !== false) repo.write(at, `new ${to}`);
    if (kind === 'delete') fs.rmSync(repo.at(at), { recursive: true });
    if (kind === 'link') fs.symlinkSync(to, repo.at(at));
    if (kind === 'chmod' && plain === true) fs.chmodSync(repo.at(at), 0o755);
    if (kind === 'rename') fs.renameSync(repo.at(at), repo.at(to));
    if (kind === 'folder') fs.mkdirSync(repo.at(at), { recursive: true });
  } catch (error) {
    assert.ok(error instanceof Error && 'code' in error, String(error));
  }
}
