import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import type { Landing, Shell, Workspace } from '../../../src/agent/ports.ts';
import { Commands } from '../../../src/node/process/commands.ts';
import { probeLayers } from '../../../src/node/process/probeLayers.ts';
import { whyNotOver } from '../../../src/node/workspace/disk/mounts.ts';
import { inFolder } from '../../../src/node/workspace/disk/folders.ts';
import { PathGuard } from '../../../src/node/workspace/disk/guard.ts';
import { findProgram } from '../../../src/node/workspace/git/findProgram.ts';
import { LandedNotes } from '../../../src/node/workspace/landing/landed.ts';
import { land as landInto } from '../../../src/node/workspace/landing/land.ts';
import { Blobs } from '../../../src/node/workspace/store/blobs.ts';
import { Store } from '../../../src/node/workspace/store/store.ts';
import { Trees } from '../../../src/node/workspace/store/trees.ts';
import { runAgain } from '../../support/runAgain.ts';
import type { TestRepo } from '../../support/repo.ts';
import { runIn, shellIn, temporaryFolder } from '../process/support.ts';
import { newRepo, open, removeRepos } from './opened.ts';

const base = temporaryFolder();
fs.mkdirSync(path.join(base, 'work'));
const why = await probeLayers(new Commands({ workspaces: [base] }), [path.join(base, 'work')], path.join(base, 'private'));
const suite = why === undefined ? describe : describe.skip;
const beside = { kind: 'bubblewrap', detail: '', beside: true } as const;

/** A work tree with a session's commands in it. */
interface Place {
  readonly repo: TestRepo;
  readonly workspace: Workspace;
  readonly shell: Shell;
  readonly before: string;
}

async function place(files: Readonly<Record<string, string>>, prepare = '', scratch: readonly string[] = []): Promise<Place> {
  const repo = newRepo(files);
  execFileSync('sh', ['-c', prepare], { cwd: repo.root });
  const workspace = await open(repo, { scratch });
  return { repo, workspace, shell: shellIn(repo.root), before: (await workspace.capture()).tree };
}

/** Runs a command to its end, lets the user do something, and lands. */
async function command({ workspace, shell, before, repo }: Place, text: string, user: (root: string) => void = () => undefined): Promise<Landing & { readonly output: string }> {
  const { output } = await runIn(shell, text, { sandbox: beside });
  user(repo.root);
  const landing = await land(workspace, shell, before);
  await shell.discard();
  return { ...landing, output };
}

async function land(workspace: Workspace, shell: Shell, before: string): Promise<Landing> {
  return workspace.land((await shell.written()) ?? {}, before);
}

/** What a landing works with, for one that is called by itself. */
async function partsOf(repo: TestRepo) {
  const store = await Store.open(repo.store, (await findProgram('git')) ?? '');
  return { root: repo.root, store, blobs: new Blobs(store), trees: new Trees(store), guard: new PathGuard(repo.root, [], () => undefined) };
}

/** Everything in a folder: kinds, permissions, contents. */
function everything(root: string): Record<string, string> {
  const all: Record<string, string> = {};
  for (const name of fs.readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    const file = path.join(root, name);
    if (/^\.git(\/|$)/.test(name)) continue;
    const stats = fs.lstatSync(file);
    const kind = stats.isDirectory() ? 'folder' : stats.isSymbolicLink() ? `link ${fs.readlinkSync(file)}` : stats.isFile() ? `file ${fs.readFileSync(file, 'latin1')}` : 'special';
    all[name] = `${stats.isSymbolicLink() ? '' : (stats.mode & 0o7777).toString(8)} ${kind}`;
  }
  return all;
}

const names = ['a', 'b', 'd', 'd/x', 'd/y', 'd/e', 'd/e/z', 'f/g/h', 'n\u00e4me \'q"', 'cache/c'];
const name = fc.constantFrom(...names).map((one) => `'${one.replaceAll("'", "'\\''")}'`);
const step = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(name, fc.nat(9)).map(([at, text]) => `mkdir -p "$(dirname ${at})"; echo ${text} > ${at}`) },
  { weight: 2, arbitrary: name.map((at) => `echo more >> ${at}`) },
  { weight: 3, arbitrary: name.map((at) => `rm -rf ${at}`) },
  { weight: 2, arbitrary: name.map((at) => `mkdir -p ${at}`) },
  { weight: 3, arbitrary: fc.tuple(name, name).map(([from, to]) => `mv -T ${from} ${to}`) },
  fc.tuple(name, fc.constantFrom('644', '755', '600', '664')).map(([at, mode]) => `[ -f ${at} ] && chmod ${mode} ${at}`),
  fc.tuple(name, fc.constantFrom('755', '700', '1777')).map(([at, mode]) => `[ -d ${at} ] && chmod ${mode} ${at}`),
  fc.tuple(name, name).map(([from, to]) => `ln -sfn ${from} ${to}`),
  fc.tuple(name, name).map(([from, to]) => `[ -f ${from} ] && cp -aT ${from} ${to}`),
  fc.constant('mkfifo pipe'),
  name.map((at) => `[ -f ${at} ] && [ ! -L ${at} ] && sed -i s/o/0/ ${at}`),
);
const scriptOf = (one: fc.Arbitrary<string>) => fc.array(one, { minLength: 1, maxLength: 10 }).map((steps) => [...steps.map((line) => `( ${line} ) 2>/dev/null`), 'true'].join('\n'));
// A second name that a file had before is one of the few things that a command beside the work tree does not keep.
const [preparation, script] = [scriptOf(step), scriptOf(fc.oneof({ weight: 9, arbitrary: step }, fc.tuple(name, name).map(([from, to]) => `ln -f ${from} ${to}`)))];
const files = { a: 'one\n', 'd/x': 'x\n', 'd/y': 'y\n', 'd/e/z': 'z\n', 'cache/c': 'cached\n' };

suite(`what a command wrote beside the work tree${why === undefined ? '' : ` (skipped: ${why})`}`, function () {
  this.timeout(120_000);
  afterEach(removeRepos);

  it('lands as if it had been written there, whatever the command did', async () => {
    // Many folders at once, because a sandbox takes its time to begin.
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(preparation, script), { minLength: 8, maxLength: 8 }), async (cases) => {
      const all = (texts: readonly string[]) => texts.map((text, index) => `mkdir -p t${index}; cd t${index}; ${text}\ncd ..`).join('\n');
      const each = Object.fromEntries(cases.flatMap((_, index) => Object.entries(files).map(([file, text]) => [`t${index}/${file}`, text])));
      const there = await place(each, all(cases.map(([prepare]) => prepare)), ['t*/cache/**']);
      const plain = newRepo(each);
      for (const text of [all(cases.map(([prepare]) => prepare)), all(cases.map(([, text]) => text))]) execFileSync('sh', ['-c', text], { cwd: plain.root });
      const { withheld } = await command(there, all(cases.map(([, text]) => text)));
      assert.deepEqual(everything(there.repo.root), everything(plain.root));
      assert.deepEqual(withheld, []);
    }), { numRuns: 2 });
  });

  it('keeps the times of files to the nanosecond, their second names, and files that were opened and left as they were', async () => {
    const there = await place({ kept: 'kept\n', stamped: 'stamped\n', changed: 'one\n' });
    const inode = fs.statSync(there.repo.at('kept')).ino;
    const stamp = '2001-02-03 04:05:06.123456789';
    const { landed } = await command(there, `: >> kept; touch -d '${stamp}' stamped; echo two >> changed; touch -d '${stamp}' changed; echo new > new; ln new second; truncate -s 1G sparse`);
    for (const name of ['stamped', 'changed']) assert.match(execFileSync('stat', ['-c', '%y', there.repo.at(name)], { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } }), /^2001-02-03 04:05:06\.123456789/);
    assert.equal(fs.statSync(there.repo.at('new')).ino, fs.statSync(there.repo.at('second')).ino);
    assert.equal(fs.statSync(there.repo.at('kept')).ino, inode);
    assert.equal(fs.statSync(there.repo.at('sparse')).blocks, 0);
    assert.deepEqual([...landed].sort(), ['changed', 'new', 'second', 'sparse', 'stamped']);
  });

  it('is tried at the start, and why it cannot be is said: something mounted below, no private place for it', async () => {
    const probe = (tree: string, dir = path.join(base, 'private')) => probeLayers(new Commands({ workspaces: [tree] }), [tree], dir);
    const root = path.join(base, 'work');
    assert.equal(whyNotOver('36 35 98:0 / /a rw - ext4 /dev/a rw\n37 36 0:5 / /a/b\\040c/d rw - tmpfs t rw\n', '/a/b c'), 'something is mounted below /a/b c');
    assert.equal(whyNotOver('36 35 98:0 / /a rw - ext4 /dev/a rw\n37 36 0:5 / /a/bc rw - tmpfs t rw\n', '/a/b'), undefined);
    assert.equal(whyNotOver('36 35 98:0 / /a rw - ext4 /dev/a rw\n37 36 0:5 / /a/b rw - nfs4 server:/b rw\n', '/a/b'), '/a/b lies on a file system with a clock of its own');
    assert.match((await probe(root, '/proc/none')) ?? '', /ENOENT|EACCES|EPERM/);
  });

  it('is not tried where files belong to others', async function () {
    // Only root can give a file to somebody else.
    if (process.getuid?.() !== 0) return this.skip();
    const root = path.join(base, 'work');
    const probe = (tree: string) => probeLayers(new Commands({ workspaces: [tree] }), [tree], path.join(base, 'private'));
    fs.writeFileSync(path.join(root, 'theirs'), '');
    fs.chownSync(path.join(root, 'theirs'), 0, 1234);
    assert.match((await probe(root)) ?? '', /belong to another user or group/);
    fs.rmSync(path.join(root, 'theirs'));
    assert.equal(await probe(root), undefined);
  });

  it('lands from another file system too, with times and permissions', async function () {
    const elsewhere = fs.existsSync('/dev/shm') ? fs.mkdtempSync('/dev/shm/bounded-test-') : undefined;
    if (elsewhere === undefined || fs.statSync(elsewhere).dev === fs.statSync(base).dev || (await probeLayers(new Commands({ workspaces: [base] }), [path.join(base, 'work')], elsewhere)) !== undefined) return this.skip();
    try {
      const there = await place({ changed: 'one\n', removed: 'old\n', 'd/a': 'a\n' });
      const other = { ...there, shell: shellIn(there.repo.root, { layers: path.join(elsewhere, 'layers') }) };
      const { landed, withheld } = await command(other, 'echo two >> changed; chmod 750 changed; touch -d 2001-02-03T04:05:06Z changed; rm -r removed d; mkdir d; ln -s x d/link; echo new > d/new');
      assert.deepEqual(everything(there.repo.root), { changed: '750 file one\ntwo\n', d: '755 folder', 'd/link': ' link x', 'd/new': '644 file new\n' });
      assert.equal(fs.statSync(there.repo.at('changed')).mtime.toISOString(), '2001-02-03T04:05:06.000Z');
      assert.deepEqual([[...landed].sort(), withheld], [['changed', 'd/a', 'd/link', 'd/new', 'removed'], []]);
      // A landing was cut off between the copy and the end of the name in the layer.
      await runIn(other.shell, 'echo late > late', { sandbox: beside });
      fs.copyFileSync(path.join(elsewhere, 'layers/0/upper/late'), there.repo.at('late'));
      assert.deepEqual([(await land(there.workspace, other.shell, there.before)).withheld, fs.readdirSync(path.join(elsewhere, 'layers/0/upper'))], [[], []]);
    } finally {
      fs.rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  it('lands only in the folder that it was written over, whatever the roots of the session are by now', async () => {
    const [there, other, third] = [await place({ a: 'a\n' }), newRepo({ b: 'b\n' }), newRepo({ c: 'c\n' })];
    const layers = `${there.repo.root}.layers`;
    const shellOver = (main: TestRepo, name: string, folder: TestRepo) => shellIn(main.root, { layers, others: new Map([[name, folder.root]]) });
    await runIn(shellOver(there.repo, '../other', other), `echo more >> a; rm ${other.at('b')}`, { sandbox: beside });
    await assert.rejects(shellOver(other, '../other', there.repo).written(), { name: 'Paused', message: /is not the folder/ });
    await assert.rejects(shellOver(there.repo, '../other', third).written(), { name: 'Paused', message: /is not the folder/ });
    await assert.rejects(shellOver(there.repo, '../third', third).written(), { name: 'Paused', message: /is no folder of this session any more/ });
    const written = await shellOver(there.repo, '../other', other).written();
    assert.deepEqual(written, { '': path.join(layers, '0'), '../other': path.join(layers, '1') });
    assert.deepEqual([...(await there.workspace.land({ '': written?.[''] ?? '' }, there.before)).landed], ['a']);
  });

  it('is nothing any more when the machine has started anew: nobody knows what of it was on the disk', async () => {
    // In a folder without a repository the command sees nothing in the end.
    const there = await place({ a: 'a\n' }, 'rm -rf .git');
    await runIn(there.shell, 'rm a; echo new > new; rm new', { sandbox: beside });
    const made = `${there.repo.root}.layers/made.json`;
    fs.writeFileSync(made, JSON.stringify({ ...JSON.parse(fs.readFileSync(made, 'utf8')), boot: 'another one' }));
    const landing = await land(there.workspace, there.shell, there.before);
    assert.deepEqual([[...landing.landed], everything(there.repo.root)], [[], { a: '644 file a\n' }]);
  });

  const text = (...changed: readonly string[]) => ['one', 'two', 'three', 'four', 'five', 'six', 'seven'].map((line) => `${changed.find((one) => one.startsWith(line)) ?? line}\n`).join('');
  const write = (file: string, content: string) => (root: string) => fs.writeFileSync(path.join(root, file), content);

  it('does not land over what the user changed meanwhile, and is kept', async () => {
    const there = await place({ lines: text(), edited: 'old\n', deleted: 'old\n', removed: 'old\n', replaced: 'old\n', 'd/file': 'old\n', 'linked/file': 'old\n', mode: 'old\n' });
    const outside = path.join(there.repo.outside, 'elsewhere');
    fs.mkdirSync(outside);
    const { landed, withheld, before } = await command(there, 'echo command | tee edited deleted replaced d/file new linked/file mode > mine; sed -i s/six/SIX/ lines; rm removed; mkdir empty', (root) => {
      for (const change of [write('lines', text('two by the user')), write('edited', 'user\n'), write('removed', 'user\n'), write('new', 'user\n'), write('other', 'user\n')]) change(root);
      for (const name of ['deleted', 'replaced', 'd', 'linked']) fs.rmSync(path.join(root, name), { recursive: true });
      fs.mkdirSync(path.join(root, 'replaced'));
      write('replaced/inside', 'user\n')(root);
      write('d', 'user\n')(root);
      fs.symlinkSync(outside, path.join(root, 'linked'));
      fs.chmodSync(path.join(root, 'mode'), 0o600);
    });
    const now = (file: string) => there.repo.read(file);
    assert.deepEqual(['lines', 'edited', 'removed', 'new', 'other', 'replaced/inside', 'd', 'mine', 'mode'].map(now), [text('two by the user', 'SIX'.toLowerCase()).replace('six', 'SIX'), 'user\n', 'user\n', 'user\n', 'user\n', 'user\n', 'user\n', 'command\n', 'command\n']);
    assert.equal(fs.statSync(there.repo.at('mode')).mode & 0o777, 0o600);
    assert.deepEqual([there.repo.exists('deleted'), fs.readdirSync(outside)], [false, []]);
    assert.deepEqual([...landed].sort(), ['empty', 'lines', 'mine', 'mode']);
    assert.deepEqual(withheld.map((one) => one.path).sort(), ['d/file', 'deleted', 'edited', 'linked/file', 'new', 'removed', 'replaced']);
    for (const { path: file, blob } of withheld) assert.equal(blob === undefined ? undefined : await there.workspace.blobText(blob), file === 'removed' ? undefined : 'command\n', file);
    const users = (await there.workspace.entries(before, ['lines'])).get('lines');
    assert.equal(users === undefined ? undefined : await there.workspace.blobText(users), text('two by the user'));
  });

  it('is its own and nothing else where the user works in the same folders all the time', async () => {
    const there = await place({ 'd/users': 'old\n', 'd/commands': 'old\n', 'd/gone': 'old\n', 'e/f/g': 'old\n' });
    const { root } = there.repo;
    const text = `i=0; while [ $i -lt 60 ]; do i=$((i+1)); echo $i > d/commands; echo $i > d/c$i; mkdir -p e/c$((i%5)); mv d/c$i e/c$((i%5))/x; rm -rf e/c$((i%3)); rm -f d/gone; cat d/* e/f/* > /dev/null 2>&1; done; echo done`;
    let working = true;
    const ran = runIn(there.shell, text, { sandbox: beside }).finally(() => { working = false; });
    let turns = 0;
    for (; working; turns += 1) {
      for (const file of ['d/users', `d/u${turns % 7}`, 'e/f/g', `e/u${turns % 3}`]) write(file, `user ${turns}\n`)(root);
      write('d/users.tmp', `user ${turns}\n`)(root);
      fs.renameSync(path.join(root, 'd/users.tmp'), path.join(root, 'd/users'));
      fs.rmSync(path.join(root, `d/u${(turns + 3) % 7}`), { force: true });
      fs.renameSync(path.join(root, 'e/f'), path.join(root, 'e/f2'));
      fs.renameSync(path.join(root, 'e/f2'), path.join(root, 'e/f'));
      await new Promise((resolve) => { setImmediate(resolve); });
    }
    assert.equal((await ran).output, 'done\n');
    const users = everything(root);
    const { landed, withheld } = await land(there.workspace, there.shell, there.before);
    const { 'd/gone': gone, 'd/commands': _, ...rest } = users;
    const landedThere = { 'e/c3': '755 folder', 'e/c3/x': '644 file 58\n', 'e/c4': '755 folder', 'e/c4/x': '644 file 59\n' };
    assert.deepEqual([gone, withheld], ['644 file old\n', []]);
    assert.deepEqual(everything(root), { ...rest, 'd/commands': '644 file 60\n', ...landedThere }, `${turns} turns`);
    assert.deepEqual([...landed].sort(), ['d/commands', 'd/gone', ...Object.keys(landedThere)]);
  });

  it('leaves what the user put into a folder that the command removed or made anew, also by a move', async () => {
    const there = await place({ 'gone/a': 'a\n', 'again/a': 'a\n', 'moved/a': 'a\n', 'swapped/a': 'a\n', 'old/new': 'user\n' }, 'mkdir unseen; echo unseen > unseen/file');
    const { withheld } = await command(there, 'rm -rf gone again moved; mkdir again; echo new > again/b; echo new > swapped/new', (root) => {
      write('gone/user', 'user\n')(root);
      write('again/user', 'user\n')(root);
      for (const name of ['moved', 'swapped']) fs.rmSync(path.join(root, name), { recursive: true });
      fs.renameSync(path.join(root, 'unseen'), path.join(root, 'moved'));
      fs.renameSync(path.join(root, 'old'), path.join(root, 'swapped'));
    });
    const { repo } = there;
    assert.deepEqual([fs.readdirSync(repo.at('gone')), fs.readdirSync(repo.at('again')).sort(), fs.readdirSync(repo.at('moved'))], [['user'], ['b', 'user'], ['file']]);
    assert.deepEqual([repo.read('swapped/new'), withheld.map((one) => one.path)], ['user\n', ['swapped/new']]);
  });

  it('leaves what the user put aside while the command ran and brought back afterwards', async () => {
    const there = await place({ 'd/a': 'a\n', 'd/b': 'b\n' });
    fs.renameSync(there.repo.at('d/b'), path.join(there.repo.outside, 'b'));
    const { landed } = await command(there, 'echo new > d/new', (root) => fs.renameSync(path.join(there.repo.outside, 'b'), path.join(root, 'd/b')));
    assert.deepEqual([there.repo.read('d/b'), [...landed]], ['b\n', ['d/new']]);
  });

  it('tells what a command removed also where it was ended before it could', async () => {
    const there = await place({ 'd/a': 'a\n', 'd/b': 'b\n', 'd/e/c': 'c\n' });
    const { output } = await runIn(there.shell, 'rm -rf d && mkdir d && echo new > d/b && echo ready && sleep 60', { sandbox: beside, timeoutMs: 1500 });
    assert.match(output, /ready/);
    const landing = await land(there.workspace, there.shell, there.before);
    assert.deepEqual(fs.readdirSync(there.repo.at('d')), ['b']);
    assert.deepEqual([...landing.landed].sort(), ['d/a', 'd/b', 'd/e', 'd/e/c']);
  });

  it('says so where nobody could note what the command saw in folders that it wrote in', async () => {
    const there = await place({ 'd/a': 'a\n', 'd/b': 'b\n' });
    await runIn(there.shell, 'rm -rf d && mkdir d && echo new > d/b', { sandbox: beside });
    const written = (await there.shell.written()) ?? assert.fail();
    fs.rmSync(path.join(Object.values(written)[0] ?? '', 'seen'));
    const landing = await there.workspace.land(written, there.before);
    assert.deepEqual(landing.withheld.map((one) => one.path), ['.']);
    assert.deepEqual(fs.readdirSync(there.repo.at('d')), ['a', 'b']);
  });

  it('lands out of folders that the command closed', async () => {
    const there = await place({ 'd/x': 'x\n', 'd/y': 'y\n', 'e/x': 'x\n', 'e/y': 'y\n' });
    const { withheld } = await command(there, 'mkdir q r; echo one > q/f; echo one > r/f; chmod 555 q; chmod 600 r; echo two > d/x; rm d/y; chmod 555 d; echo two > e/x; rm e/y; chmod 444 e');
    assert.deepEqual(withheld, []);
    const { root } = there.repo;
    assert.deepEqual(['q', 'r', 'd', 'e'].map((name) => (fs.statSync(path.join(root, name)).mode & 0o777).toString(8)), ['555', '600', '555', '444']);
    for (const name of ['q', 'r', 'd', 'e']) fs.chmodSync(path.join(root, name), 0o755);
    assert.deepEqual(fs.readdirSync(path.join(root, 'd')), ['x']);
    assert.deepEqual(fs.readdirSync(path.join(root, 'e')), ['x']);
    assert.deepEqual(['q/f', 'r/f', 'd/x', 'e/x'].map((name) => fs.readFileSync(path.join(root, name), 'utf8')), ['one\n', 'one\n', 'two\n', 'two\n']);
  });

  it('lands in folders that were closed and that the command opened', async () => {
    const there = await place({ 'c/x': 'x\n', 'o/x': 'x\n', 'g/h/x': 'x\n' }, 'mkdir c/made; echo unseen > c/made/file; chmod 555 c/made c o g/h');
    const { withheld } = await command(there, 'chmod u+w c o; echo two > c/x; echo new > c/y; chmod 555 c; echo two > o/x; chmod -R u+w g; rm -rf g');
    const { repo } = there;
    assert.deepEqual([withheld, repo.exists('g')], [[], false]);
    assert.deepEqual(['c', 'o', 'c/made'].map((name) => (fs.statSync(repo.at(name)).mode & 0o777).toString(8)), ['555', '755', '555']);
    for (const name of ['c', 'c/made']) fs.chmodSync(repo.at(name), 0o755);
    assert.deepEqual(['c/x', 'c/y', 'o/x'].map((name) => repo.read(name)), ['two\n', 'new\n', 'two\n']);
  });

  it('tells of what it could not do in folders that the user closed meanwhile', async function () {
    // Nothing is closed to root.
    if (process.getuid?.() === 0) return this.skip();
    const there = await place({ 'c/x': 'x\n', 'c/y': 'y\n', 'c/d/z': 'z\n', a: 'a\n' });
    const { landed, withheld } = await command(there, 'echo two > c/x; rm -r c/y c/d; echo new > c/new; echo two > a', (root) => fs.chmodSync(path.join(root, 'c'), 0));
    fs.chmodSync(there.repo.at('c'), 0o755);
    assert.deepEqual(withheld.map((one) => one.path).sort(), ['c/d', 'c/new', 'c/x', 'c/y']);
    assert.deepEqual([[...landed], there.repo.read('c/x'), there.repo.read('c/d/z')], [['a'], 'x\n', 'z\n']);
  });

  it('lands with the rights of a plain user as it does with those of root', async function () {
    if (process.getuid?.() !== 0) return this.skip();
    const { passed, output } = await runAgain(import.meta.url, 'closed', { by: ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'], env: { HOME: base } });
    const missing = /\(skipped: .*\)|ENOENT.*setpriv/.exec(output)?.[0];
    if (missing !== undefined) {
      console.warn(`    a plain user cannot do it here: ${missing}`);
      return this.skip();
    }
    assert.ok(passed && /3 passing/.test(output), output);
  });

  it('leaves what the user made of a file also where what landed was recorded and the layer is still there', async () => {
    const lines = (...all: string[]) => `${all.join('\n')}\n`;
    const there = await place({ merged: lines('1', '2', '3', '4', '5', '6', '7', '8'), kept: 'one\n' });
    await runIn(there.shell, 'sed -i s/8/eight/ merged; echo command > kept', { sandbox: beside });
    fs.writeFileSync(there.repo.at('merged'), lines('one', '2', '3', '4', '5', '6', '7', '8'));
    fs.writeFileSync(there.repo.at('kept'), 'user\n');
    const first = await land(there.workspace, there.shell, there.before);
    for (const before of [first.before, (await there.workspace.capture()).tree]) {
      await land(there.workspace, there.shell, before);
      assert.equal(fs.readFileSync(there.repo.at('merged'), 'utf8'), lines('one', '2', '3', '4', '5', '6', '7', 'eight'));
      assert.equal(fs.readFileSync(there.repo.at('kept'), 'utf8'), 'user\n');
    }
  });

  it('leaves what the user changed of it after a landing that was cut off: that is theirs, for each landing that follows', async () => {
    const there = await place({ a: 'a\n', b: 'b\n' });
    await runIn(there.shell, 'echo new > one; echo new > two; echo new > three; rm a; echo new > b', { sandbox: beside });
    assert.deepEqual([...(await land(there.workspace, there.shell, there.before)).landed].sort(), ['a', 'b', 'one', 'three', 'two']);
    fs.utimesSync(`${there.repo.root}.layers/0/landed`, 1, 1);
    fs.appendFileSync(there.repo.at('two'), 'user\n');
    write('three', 'user\n')(there.repo.root);
    fs.rmSync(there.repo.at('b'));
    for (let times = 2; times > 0; times -= 1) assert.deepEqual([...(await land(there.workspace, there.shell, there.before)).landed].sort(), ['a', 'one']);
  });

  it('is known to have landed also where that took long, as a copy to another disk may', () => {
    const layer = fs.mkdtempSync(path.join(base, 'layer-'));
    const look = () => fs.lstatSync(layer, { bigint: true });
    for (const [done, earlier] of [[false, []], [true, ['copied']]] as const) {
      const notes = new LandedNotes(layer, look);
      notes.add('copied', undefined);
      fs.utimesSync(path.join(layer, 'landed'), 1, 1);
      if (done) notes.done();
      notes.close();
      assert.deepEqual(new LandedNotes(layer, look).earlier, earlier);
    }
  });

  it('lands in the folder in which it began, also where another takes its name meanwhile', async () => {
    const there = await place({ 'd/a': 'a\n', b: 'b\n' });
    await runIn(there.shell, 'rm -r d; echo new > b; mkdir n; echo new > n/1', { sandbox: beside });
    const [{ root }, aside] = [there.repo, path.join(there.repo.outside, 'aside')];
    const skip = () => {
      if (fs.existsSync(aside)) return false;
      fs.renameSync(root, aside);
      fs.cpSync(aside, root, { recursive: true });
      return false;
    };
    const before = everything(root);
    await landInto({ ...(await partsOf(there.repo)), skip }, (await there.shell.written())?.[''] ?? '', there.before);
    assert.deepEqual([everything(root), everything(aside)], [before, { b: '644 file new\n', n: '755 folder', 'n/1': '644 file new\n' }]);
  });

  it('lands to the end when the process dies in it, wherever that is', async () => {
    const there = await place({ 'd/a': 'a\n', 'd/b': 'b\n', 'd/e/c': 'c\n', lines: text(), both: 'old\n' });
    await runIn(there.shell, 'rm -rf d && mkdir d && echo new > d/b && sed -i s/six/SIX/ lines && mkdir -p n/m && echo 1 > n/m/1 && echo 2 > n/2 && echo 3 > n/3 && echo command > both && mkfifo pipe', { sandbox: beside });
    for (const change of [write('lines', text('two by the user')), write('both', 'user\n'), write('mine', 'user\n')]) change(there.repo.root);
    const parts = await partsOf(there.repo);
    let landing: Landing | undefined;
    let deaths = 0;
    const notes = `${there.repo.root}.layers/0/landed`;
    for (let calls = 1; landing === undefined; calls += 1) {
      let left = calls;
      const skip = () => {
        if ((left -= 1) === 0) throw new Error('died');
        return false;
      };
      landing = await landInto({ ...parts, skip }, (await there.shell.written())?.[''] ?? '', there.before).catch((error: Error) => {
        assert.equal(error.message, 'died');
        deaths += 1;
        // Somebody goes on much later, when the files have lost their names in the layer or beside their places.
        if (fs.existsSync(notes)) fs.utimesSync(notes, 1, 1);
        return undefined;
      });
    }
    assert.ok(deaths > 4, `${deaths} deaths`);
    assert.deepEqual([fs.readdirSync(there.repo.at('d')), there.repo.read('d/b'), there.repo.read('lines'), there.repo.read('both'), there.repo.read('n/m/1'), there.repo.read('mine')], [['b'], 'new\n', text('two by the user').replace('six', 'SIX'), 'user\n', '1\n', 'user\n']);
    assert.deepEqual(withoutFolders(landing.landed), ['d/a', 'd/b', 'd/e/c', 'n/2', 'n/3', 'n/m/1', 'pipe']);
    assert.deepEqual(landing.withheld.map((one) => one.path), ['both']);
    assert.equal(fs.readdirSync(there.repo.root).some((one) => one.startsWith('.bounded-')), false);
  });

  /** Mounts things below a work tree while `work` goes on; answers false where that cannot be done. */
  async function withMounts(mounts: readonly (readonly string[])[], work: () => Promise<void>): Promise<boolean> {
    const mounted: string[] = [];
    try {
      for (const args of mounts) {
        try {
          execFileSync('mount', args, { stdio: 'pipe' });
        } catch (error) {
          console.warn(`    nothing can be mounted here: ${(error as Error).message.split('\n').join(' ')}`);
          return false;
        }
        mounted.push(args.at(-1) ?? '');
      }
      await work();
      return true;
    } finally {
      for (const at of mounted.reverse()) execFileSync('umount', ['-l', at]);
    }
  }

  it('does not go into what was mounted below the work tree meanwhile, not to write, not to remove, not to change permissions; then no further command begins', async function () {
    const there = await place({ 'd/a': 'a\n', 't/a': 'a\n', 'gone/m/a': 'a\n', 'gone/b': 'b\n', 'c/a': 'a\n', file: 'one\n', other: 'one\n' });
    const [at, theirs] = [(name: string) => there.repo.at(name), path.join(there.repo.outside, 'theirs')];
    // What is mounted has the names and contents that the command finds below it.
    for (const name of ['d', 'gone/m', 'c']) fs.mkdirSync(path.join(theirs, name, 'deep'), { recursive: true });
    for (const name of ['d', 'gone/m', 'c']) fs.writeFileSync(path.join(theirs, name, 'a'), 'a\n');
    fs.writeFileSync(path.join(theirs, 'file'), 'one\n');
    await runIn(there.shell, 'rm -rf d gone t; mkdir t; echo new > t/new; echo two | tee file > other; chmod 700 c; echo two > c/a; mkdir -p c/new/er; echo new > c/new/file', { sandbox: beside });
    const mounts = [...['d', 'gone/m', 'c', 'file'].map((name) => ['--bind', path.join(theirs, name), at(name)]), ['-t', 'tmpfs', 'none', at('t')]];
    const ran = await withMounts(mounts, async () => {
      fs.writeFileSync(at('t/own'), 'theirs\n');
      const mounted = () => [everything(theirs), fs.readdirSync(at('t')), fs.statSync(at('c')).mode];
      const before = mounted();
      const { landed, withheld } = await land(there.workspace, there.shell, there.before);
      assert.deepEqual(mounted(), before);
      assert.deepEqual([...landed].sort(), ['gone/b', 'other']);
      assert.deepEqual(withheld.map((one) => one.path).sort(), ['c/a', 'c/new/er', 'c/new/file', 'd', 'file', 'gone/m', 't/new']);
      assert.deepEqual(withheld.filter((one) => one.path !== 'file').map((one) => one.why).filter((one) => !one.includes('mounted')), []);
      const way = await inFolder(there.repo.root, 'd/deep', false, async () => assert.fail('it was entered'), 'one-mount');
      assert.deepEqual(way, { blocked: 'something is mounted at d', noFolder: false });
      await assert.rejects(runIn(there.shell, 'true', { sandbox: beside }), { name: 'Paused', message: /^something is mounted below .*; take it away/ });
    });
    if (!ran) return this.skip();
    assert.deepEqual([there.repo.read('other'), there.repo.read('d/a')], ['two\n', 'a\n']);
  });

  it('does not vanish in a folder of Bounded that the command made: it is withheld, and the user is told', async () => {
    const there = await place({ a: 'a\n', '.Bounded/old': 'old\n' });
    const { landed, withheld } = await command(there, 'mkdir -p .bounded/empty sub/.bounded; echo new > .bounded/file; echo new > sub/.bounded/file; rm .Bounded/old; echo new > .Bounded/file');
    assert.deepEqual(withheld.map((one) => one.path).sort(), ['.Bounded/file', '.Bounded/old', '.bounded/empty', '.bounded/file']);
    assert.deepEqual([...new Set(withheld.map((one) => one.why))], ['no command may write in the folder of Bounded']);
    assert.equal(await there.workspace.blobText(withheld.find((one) => one.path === '.bounded/file')?.blob ?? assert.fail()), 'new\n');
    assert.deepEqual([...landed].sort(), ['sub', 'sub/.bounded', 'sub/.bounded/file']);
    assert.deepEqual([there.repo.exists('.bounded'), there.repo.read('.Bounded/old')], [false, 'old\n']);
  });
});

const withoutFolders = (landed: ReadonlySet<string>) => [...landed].filter((one) => !['d', 'd/e', 'n', 'n/m', 'lines'].includes(one)).sort();
