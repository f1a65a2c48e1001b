import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Loan } from '../../../src/node/workspace/look/borrow.ts';
import { gatherPacks, mostPacks } from '../../../src/node/workspace/store/gatherPacks.ts';
import { gitObject } from '../../../src/node/workspace/git/objects.ts';
import { packed, packOf } from '../../../src/node/workspace/store/pack.ts';
import { PackFolder } from '../../../src/node/workspace/store/packFolder.ts';
import { packIndex, readPackIndex } from '../../../src/node/workspace/store/packIndex.ts';
import type { TestRepo } from '../../support/repo.ts';
import { dyingAfter, watching } from './faults.ts';
import { newRepo, open, removeRepos } from './opened.ts';

const count = 520;
const contentOf = (n: number) => `content of file ${n}\n`.repeat(3 + (n % 5));
const oidOf = (text: string) => createHash('sha1').update(`blob ${Buffer.byteLength(text)}\0${text}`).digest('hex');

/** So many files that a first checkpoint borrows, in one commit and one pack. */
function packedRepo(): TestRepo {
  const repo = newRepo(Object.fromEntries(Array.from({ length: count }, (_, n) => [`src/${n % 7}/${n}.txt`, contentOf(n)])));
  repo.git('repack', '-adq');
  return repo;
}

const packsOf = (folder: string, ending: string) => fs.readdirSync(folder).filter((name) => name.endsWith(ending)).map((name) => path.join(folder, name));
const userPacks = (repo: TestRepo) => repo.at('.git/objects/pack');
const ownPacks = (repo: TestRepo) => path.join(repo.store, 'objects', 'pack');
const borrowed = (repo: TestRepo) => packsOf(ownPacks(repo), '.borrowed');
const stored = (repo: TestRepo, ...args: string[]) => execFileSync('git', args, { env: { ...process.env, GIT_DIR: repo.store }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
const missing = (repo: TestRepo, tree: string) => stored(repo, 'rev-list', '--objects', '--missing=print', tree).split('\n').filter((line) => line.startsWith('?'));

/** Replaces a file that git made read-only. */
function replace(file: string, bytes: Buffer): void {
  fs.rmSync(file);
  fs.writeFileSync(file, bytes);
}

/** Gives the pack of a repository an index that says of two files' contents that each is the other's. */
async function plantLyingIndex(repo: TestRepo, one: string, other: string): Promise<void> {
  const file = packsOf(userPacks(repo), '.idx')[0] ?? assert.fail();
  const { entries, packChecksum } = readPackIndex(fs.readFileSync(file)) ?? assert.fail();
  const swapped = new Map([[one, other], [other, one]]);
  replace(file, await packIndex(entries.map((entry) => ({ ...entry, oid: swapped.get(entry.oid) ?? entry.oid })), packChecksum));
}

/** What must hold after a second look, whatever the repository has. */
async function assertOwned(repo: TestRepo, tree: string): Promise<void> {
  assert.deepEqual(borrowed(repo), []);
  fs.rmSync(repo.at('.git'), { recursive: true });
  assert.deepEqual(missing(repo, tree), []);
  stored(repo, 'fsck', '--strict', '--no-dangling');
}

describe('a first checkpoint of many files', function () {
  this.timeout(60_000);
  afterEach(removeRepos);

  it('borrows the pack of the repository until it has one of its own', async () => {
    const repo = packedRepo();
    const workspace = await open(repo);
    let atFirst: string[] = [];
    const { tree } = await workspace.capture().then((capture) => {
      atFirst = borrowed(repo);
      return capture;
    });
    assert.equal(tree, repo.git('rev-parse', 'HEAD^{tree}'));
    assert.equal(atFirst.length, 1);
    assert.equal((await workspace.capture()).tree, tree);
    assert.equal((await workspace.capture()).tree, tree);
    await assertOwned(repo, tree);
    assert.equal(await workspace.blobText((await workspace.entries(tree)).get('src/5/5.txt') ?? assert.fail()), contentOf(5));
  });

  it('is readable without tree and repository before it has one of its own', async () => {
    const repo = packedRepo();
    const { tree } = await (await open(repo)).capture();
    assert.deepEqual(fs.readdirSync(path.join(repo.store, 'roots')), [], 'the next process relies on nothing that is lent');
    const copy = path.join(repo.outside, 'copy');
    fs.cpSync(repo.store, copy, { recursive: true });
    assert.equal(execFileSync('git', ['cat-file', 'blob', `${tree}:src/5/5.txt`], { env: { ...process.env, GIT_DIR: copy }, encoding: 'utf8' }), contentOf(5));
    assert.equal(execFileSync('git', ['fsck', '--strict', '--no-dangling'], { env: { ...process.env, GIT_DIR: copy }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }), '');
  });

  it('has the contents of changed files from the work tree, and of files that change meanwhile from what is lent', async () => {
    const repo = packedRepo();
    repo.write('src/0/0.txt', 'dirty');
    repo.write('new.txt', 'new');
    const workspace = await open(repo);
    const first = await workspace.capture();
    // Before a thread can have read them again.
    for (let n = 1; n < 40; n += 1) repo.write(`src/${n % 7}/${n}.txt`, 'changed');
    await workspace.capture();
    await assertOwned(repo, first.tree);
    assert.equal(stored(repo, 'cat-file', 'blob', `${first.tree}:src/3/3.txt`), contentOf(3).trim());
    assert.equal(stored(repo, 'cat-file', 'blob', `${first.tree}:src/0/0.txt`), 'dirty');
  });

  it('takes nothing from a pack whose index lies', async () => {
    const repo = packedRepo();
    await plantLyingIndex(repo, oidOf(contentOf(5)), oidOf(contentOf(6)));
    const workspace = await open(repo);
    const { tree } = await workspace.capture();
    await workspace.capture();
    await assertOwned(repo, tree);
    for (const n of [5, 6]) assert.equal(await workspace.blobText({ oid: oidOf(contentOf(n)), mode: '100644' }), contentOf(n));
  });

  it('says that a content is lost where the index lied and the file has changed, and a rewind writes no other one', async () => {
    const repo = packedRepo();
    await plantLyingIndex(repo, oidOf(contentOf(5)), oidOf(contentOf(6)));
    const workspace = await open(repo);
    const first = await workspace.capture();
    assert.deepEqual(first.notCovered, []);
    repo.write('src/5/5.txt', 'changed');
    const second = await workspace.capture();
    assert.match(second.notCovered.join('\n'), /^src\/5\/5\.txt: its content at the first checkpoint/);
    const target = (await workspace.entries(first.tree)).get('src/5/5.txt') ?? assert.fail();
    const expected = (await workspace.entries(second.tree)).get('src/5/5.txt') ?? assert.fail();
    await assert.rejects(workspace.restore([{ path: 'src/5/5.txt', target, expected }]));
    assert.equal(repo.read('src/5/5.txt'), 'changed');
    assert.equal(await workspace.blobText({ oid: oidOf(contentOf(6)), mode: '100644' }), contentOf(6));
  });

  const pack = (repo: TestRepo) => packsOf(userPacks(repo), '.pack')[0] ?? assert.fail();
  const index = (repo: TestRepo) => packsOf(userPacks(repo), '.idx')[0] ?? assert.fail();
  const other = (bytes: Buffer, at: number) => Buffer.from(bytes.map((byte, where) => (where === at ? byte ^ 1 : byte)));
  const refused: Readonly<Record<string, (repo: TestRepo) => void | Promise<void>>> = {
    'a pack with another byte': (repo) => replace(pack(repo), other(fs.readFileSync(pack(repo)), 500)),
    'a pack that was cut short': (repo) => replace(pack(repo), fs.readFileSync(pack(repo)).subarray(0, 700)),
    'an index with another byte': (repo) => replace(index(repo), other(fs.readFileSync(index(repo)), 2000)),
    'an index that was cut short': (repo) => replace(index(repo), fs.readFileSync(index(repo)).subarray(0, 3000)),
    'an index of another pack': async (repo) => {
      const { entries } = readPackIndex(fs.readFileSync(index(repo))) ?? assert.fail();
      replace(index(repo), await packIndex(entries, Buffer.alloc(20, 3)));
    },
    'a pack that is a link': (repo) => {
      const [from, to] = [pack(repo), path.join(repo.outside, 'elsewhere.pack')];
      fs.renameSync(from, to);
      fs.symlinkSync(to, from);
    },
    'a pipe in the place of a pack': (repo) => {
      const place = pack(repo);
      fs.rmSync(place);
      execFileSync('mkfifo', [place]);
    },
    'objects in another repository': (repo) => {
      const there = path.join(repo.outside, 'there');
      fs.renameSync(repo.at('.git/objects'), there);
      fs.mkdirSync(repo.at('.git/objects/info'), { recursive: true });
      fs.writeFileSync(repo.at('.git/objects/info/alternates'), `${there}\n`);
    },
  };
  it('borrows nothing from what is no sound pack of the repository, and holds everything', async function () {
    this.timeout(120_000);
    const repo = packedRepo();
    const saved = path.join(repo.outside, 'saved');
    fs.renameSync(repo.at('.git'), saved);
    for (const [at, [name, plant]] of Object.entries(refused).entries()) {
      fs.cpSync(saved, repo.at('.git'), { recursive: true });
      const here = { ...repo, store: path.join(repo.outside, `store${at}`) };
      await plant(here);
      const { tree } = await (await open(here)).capture();
      assert.deepEqual(borrowed(here), [], name);
      await assertOwned(here, tree);
    }
  });

  it('holds everything of a repository with SHA-256, of a partial clone, and of one with a worktree', async function () {
    this.timeout(120_000);
    const origin = packedRepo();
    origin.git('config', 'uploadpack.allowFilter', 'true');
    const places = ['sha256', 'partial', 'linked'].map((name) => path.join(origin.outside, name));
    const [sha256 = '', partial = '', linked = ''] = places;
    fs.cpSync(origin.at('src'), path.join(sha256, 'src'), { recursive: true });
    origin.git('init', '-q', '--object-format=sha256', sha256);
    origin.git('-C', sha256, 'add', '-A');
    origin.git('-C', sha256, '-c', 'user.name=A', '-c', 'user.email=a@localhost', 'commit', '-qm', 'x');
    origin.git('-C', sha256, 'repack', '-adq');
    origin.git('clone', '-q', '--filter=blob:none', `file://${origin.root}`, partial);
    origin.git('worktree', 'add', '-q', linked);
    for (const [at, root] of places.entries()) {
      const repo = { ...origin, root, at: (file: string) => path.join(root, file), store: path.join(origin.outside, `store${at}`) };
      const workspace = await open(repo);
      const { tree } = await workspace.capture();
      assert.equal((await workspace.capture()).tree, tree);
      assert.equal(stored(repo, 'rev-parse', `${tree}:src`), origin.git('rev-parse', 'HEAD:src'), root);
      assert.deepEqual([missing(repo, tree), borrowed(repo)], [[], []], root);
    }
  });

  it('packs everything itself when the copy cannot be written', async () => {
    const repo = packedRepo();
    const workspace = await open(repo);
    const full = (name: string, args: readonly unknown[]) => {
      const file = String(args[0]);
      if (name === 'open' && args[1] === 'wx' && file.endsWith('.pack') && fs.existsSync(file.replace(/\.pack$/, '.borrowed'))) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    };
    const { tree } = await watching(full, () => workspace.capture());
    assert.deepEqual(borrowed(repo), []);
    await assertOwned(repo, tree);
  });

  it('keeps what is lent when it cannot be packed, and begins anew', async () => {
    const repo = packedRepo();
    const workspace = await open(repo);
    let failed = 0;
    const full = (name: string, args: readonly unknown[]) => {
      if (name !== 'rename' || failed > 0 || !String(args[0]).startsWith(path.join(repo.store, 'spool'))) return;
      failed += 1;
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    };
    const { tree } = await watching(full, async () => {
      const capture = await workspace.capture();
      await workspace.dirty();
      return capture;
    });
    assert.equal(failed, 1);
    assert.equal((await workspace.capture()).tree, tree);
    assert.equal((await workspace.capture()).tree, tree);
    assert.equal(borrowed(repo).length, 1);
    for (const file of borrowed(repo)) for (const ending of ['.pack', '.idx', '.borrowed']) fs.rmSync(file.replace(/\.borrowed$/, ending));
    await assertOwned(repo, tree);
  });

  it('that is interrupted at any step leaves a sound store, and the next one holds everything', async function () {
    this.timeout(240_000);
    const repo = packedRepo();
    for (let allowed = 0; ; allowed += 3) {
      const at = { ...repo, store: path.join(repo.outside, `store${allowed}`) };
      const workspace = await open(at);
      const asked = await dyingAfter(allowed, async () => {
        await workspace.capture();
        await workspace.dirty();
      });
      const packs = new Set(packsOf(ownPacks(at), '.pack'));
      assert.deepEqual(packsOf(ownPacks(at), '.idx').filter((file) => !packs.has(file.replace(/\.idx$/, '.pack'))), [], `after ${allowed} steps`);
      const after = await open(at);
      const { tree } = await after.capture();
      await after.capture();
      assert.deepEqual(missing(at, tree), [], `after ${allowed} steps`);
      if (asked <= allowed) break;
    }
  });

  it('does not put what is lent together with its own packs', async () => {
    const repo = packedRepo();
    await open(repo);
    const packs = new PackFolder(repo.store);
    const loan = (await Loan.from(repo.at('.git/objects'), packs)) ?? assert.fail();
    assert.deepEqual(await loan.stand(), [true]);
    for (let n = 0; n <= mostPacks; n += 1) await packs.put(packOf([{ oid: oidOf(`${n}`), bytes: await packed(gitObject('blob', Buffer.from(`${n}`))) }]));
    await gatherPacks(packs);
    assert.equal(packsOf(ownPacks(repo), '.pack').length, 2);
    await loan.giveBack();
    assert.throws(() => stored(repo, 'cat-file', '-e', oidOf(contentOf(5))));
    assert.equal(stored(repo, 'cat-file', '-e', oidOf('7')), '');
  });
});
