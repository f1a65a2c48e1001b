import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { findProgram } from '../../../src/node/workspace/git/findProgram.ts';
import { gatherPacks, mostPacks } from '../../../src/node/workspace/store/gatherPacks.ts';
import { gitObject } from '../../../src/node/workspace/git/objects.ts';
import { packed, packOf } from '../../../src/node/workspace/store/pack.ts';
import { PackFolder } from '../../../src/node/workspace/store/packFolder.ts';
import { packIndex, readPackIndex } from '../../../src/node/workspace/store/packIndex.ts';
import { Store } from '../../../src/node/workspace/store/store.ts';
import type { TestRepo } from '../../support/repo.ts';
import { dyingAfter, syncing, watching } from './faults.ts';
import { newRepo, open, removeRepos } from './opened.ts';

const blob = (text: string) => gitObject('blob', Buffer.from(text));
const storeOf = async (repo: TestRepo) => Store.open(repo.store, (await findProgram('git', repo.root)) ?? assert.fail());
const packsIn = (repo: TestRepo) => path.join(repo.store, 'objects', 'pack');
const names = (repo: TestRepo, ending: string) => fs.readdirSync(packsIn(repo)).filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length)).sort();
const git = (repo: TestRepo, ...args: string[]) => execFileSync('git', args, { env: { ...process.env, GIT_DIR: repo.store }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
const loose = (repo: TestRepo) => fs.readdirSync(path.join(repo.store, 'objects')).filter((name) => name.length === 2);

/** What must hold whenever a process died: git finds nothing wrong, and no index promises a pack that is not there. */
function assertSound(repo: TestRepo, when: string): void {
  git(repo, 'fsck', '--strict', '--no-dangling');
  const packs = new Set(names(repo, '.pack'));
  assert.deepEqual(names(repo, '.idx').filter((name) => !packs.has(name)), [], when);
}

describe('the index of a pack', () => {
  afterEach(removeRepos);

  it('is byte for byte the one that git makes', async () => {
    const repo = newRepo({});
    const parts: { oid: string; bytes: Buffer }[] = [];
    for (let n = 0; n < 600; n += 1) parts.push({ oid: blob(`${n}`).oid, bytes: await packed(blob(`${n}`)) });
    const pack = packOf(parts);
    fs.writeFileSync(path.join(repo.outside, 'x.pack'), pack.bytes);
    await storeOf(repo);
    git(repo, '-c', 'pack.writeReverseIndex=false', 'index-pack', '-o', path.join(repo.outside, 'x.idx'), path.join(repo.outside, 'x.pack'));
    assert.ok((await packIndex(pack.entries, pack.checksum)).equals(fs.readFileSync(path.join(repo.outside, 'x.idx'))));
  });

  it('holds places beyond 2 GiB as git reads them, and is read back', async () => {
    const entries = [2 ** 40 + 1, 12, 2 ** 31, 2 ** 31 - 1].map((offset) => ({ oid: blob(`${offset}`).oid, offset, crc: offset % 4_000_000_007 }));
    const bytes = await packIndex(entries, Buffer.alloc(20, 7));
    const shown = execFileSync('git', ['show-index'], { input: bytes, encoding: 'utf8' }).trim().split('\n').map((line) => line.split(' ').slice(0, 2).join(' '));
    assert.deepEqual(shown.sort(), entries.map(({ oid, offset }) => `${offset} ${oid}`).sort());
    assert.deepEqual(readPackIndex(bytes)?.entries, [...entries].sort((a, b) => a.offset - b.offset));
    assert.deepEqual(readPackIndex(bytes)?.packChecksum, Buffer.alloc(20, 7));
  });

  it('is nothing when any byte is missing or another one', async () => {
    const bytes = await packIndex([{ oid: blob('a').oid, offset: 12, crc: 1 }], Buffer.alloc(20));
    for (let at = 0; at < bytes.length; at += 7) {
      assert.equal(readPackIndex(bytes.subarray(0, at)), undefined);
      assert.equal(readPackIndex(bytes.map((byte, index) => (index === at ? byte ^ 1 : byte)) as Buffer), undefined);
    }
  });

  it('is refused for an object that is twice in a pack', async () => {
    const entry = { oid: blob('a').oid, offset: 12, crc: 1 };
    await assert.rejects(packIndex([entry, { ...entry, offset: 30 }], Buffer.alloc(20)), /twice/);
  });
});

describe('a checkpoint in the store', () => {
  afterEach(removeRepos);

  it('is one pack with its index: no loose object, no ref', async () => {
    const repo = newRepo({ 'a.txt': 'a', 'd/b.txt': 'b' });
    const workspace = await open(repo);
    await workspace.capture();
    const before = names(repo, '.idx').length;
    repo.write('a.txt', 'changed');
    repo.write('d/new.txt', 'new');
    await workspace.capture();
    await workspace.capture();
    assert.deepEqual([names(repo, '.idx').length - before, names(repo, '.pack').length - before, loose(repo), fs.readdirSync(path.join(repo.store, 'refs', 'kept'))], [1, 1, [], []]);
  });

  it('is on the disk, pack and index, before the index has its name, and the folder before anything names it', async function () {
    if (process.platform !== 'linux') this.skip();
    const repo = newRepo({ 'a.txt': 'a' });
    const workspace = await open(repo);
    await workspace.capture();
    repo.write('a.txt', 'changed');
    const steps: string[] = [];
    const named = (file: string) => (file === packsIn(repo) ? 'folder' : file.replace(/^.*\/pack-\w+/, 'new').replace(/^.*\/roots\/.*json.*/, 'record').replace(/^.*\/roots\/.*table.*/, 'table'));
    const record = (descriptor: number) => { steps.push(`synced ${named(fs.readlinkSync(`/proc/self/fd/${descriptor}`))}`); };
    const renaming = (name: string, args: readonly unknown[]) => { if (name === 'rename') steps.push(`rename ${named(String(args[0]))}`); };
    await syncing(record, () => watching(renaming, () => workspace.capture()));
    assert.deepEqual([...steps.slice(0, 2).sort(), ...steps.slice(2)], ['synced new.idx.tmp', 'synced new.pack', 'rename new.idx.tmp', 'synced folder', 'rename record', 'rename table']);
  });

  it('that is interrupted at any step leaves a sound store, what was acknowledged, and room for the next', async function () {
    this.timeout(120_000);
    for (let allowed = 0; ; allowed += 1) {
      const repo = newRepo({ 'a.txt': 'a', 'd/b.txt': 'b' });
      const workspace = await open(repo);
      const first = await workspace.capture();
      repo.write('a.txt', 'changed');
      const asked = await dyingAfter(allowed, () => workspace.capture());
      assertSound(repo, `after ${allowed} steps`);
      const after = await open(repo);
      assert.deepEqual([...(await after.entries(first.tree)).keys()], ['a.txt', 'd/b.txt']);
      const next = await after.capture();
      const { oid } = (await after.entries(next.tree)).get('a.txt') ?? assert.fail();
      assert.equal(git(repo, 'cat-file', 'blob', oid), 'changed');
      repo.remove();
      if (asked <= allowed) break;
    }
  });

  it('that is interrupted while it is spooled leaves a sound store', async function () {
    this.timeout(120_000);
    const content = Buffer.alloc(300_000, 'spooled ');
    for (let allowed = 0; ; allowed += 1) {
      const repo = newRepo({});
      const workspace = await open(repo);
      await workspace.capture();
      repo.write('large', content);
      const asked = await dyingAfter(allowed, () => workspace.capture());
      assertSound(repo, `after ${allowed} steps`);
      const after = await open(repo);
      const { tree } = await after.capture();
      assert.equal(await after.blobText((await after.entries(tree)).get('large') ?? assert.fail()), content.toString());
      repo.remove();
      if (asked <= allowed) break;
    }
  });

  it('is refused when the disk gives back other bytes than were written', async function () {
    if (process.platform !== 'linux') this.skip();
    const repo = newRepo({ 'a.txt': 'a' });
    const workspace = await open(repo);
    await workspace.capture();
    const packs = names(repo, '.pack');
    for (const ending of ['.pack', '.idx.tmp']) {
      repo.write('a.txt', `changed ${ending}`);
      const damage = (descriptor: number) => {
        const file = fs.readlinkSync(`/proc/self/fd/${descriptor}`);
        if (!file.endsWith(ending)) return;
        const bytes = fs.readFileSync(file);
        fs.writeFileSync(file, bytes.map((byte, at) => (at === 30 ? byte ^ 1 : byte)));
      };
      await assert.rejects(syncing(damage, () => workspace.capture()), /read back/);
      assert.deepEqual(fs.readdirSync(packsIn(repo)).sort(), packs.flatMap((name) => [`${name}.idx`, `${name}.pack`]));
    }
    const { tree } = await workspace.capture();
    assert.equal(git(repo, 'cat-file', 'blob', `${tree}:a.txt`), 'changed .idx.tmp');
  });

  it('is refused when a spooled pack is not on the disk as it was written', async () => {
    const repo = newRepo({});
    const store = await storeOf(repo);
    const before = names(repo, '.pack');
    const big = await store.newSpool();
    await big.add(gitObject('blob', randomBytes(3_000_000)));
    const file = fs.openSync(big.path, 'r+');
    fs.writeSync(file, 'x', 100);
    fs.closeSync(file);
    await assert.rejects(store.takePack(big), /read back/);
    await big.discard();
    assert.deepEqual([names(repo, '.pack'), names(repo, '.idx')], [before, before]);
  });

  it('holds a large file once though it becomes what another one was while it is taken', async () => {
    const repo = newRepo({});
    const store = await storeOf(repo);
    repo.write('large', Buffer.alloc(300_000, 'same'));
    const pack = await store.newSpool();
    const handle = await fs.promises.open(repo.at('large'));
    const ids = [await pack.addFile(handle, 300_000), await pack.addFile(handle, 300_000), await pack.addFile(handle, 300_001)];
    await pack.add(blob('after'));
    await handle.close();
    await store.takePack(pack);
    assert.deepEqual([ids[0], ids[2]], [ids[1], undefined]);
    assert.equal(git(repo, 'cat-file', '-s', ids[0] ?? ''), '300000');
    assert.equal(git(repo, 'cat-file', 'blob', blob('after').oid), 'after');
    for (const name of names(repo, '.pack')) git(repo, 'verify-pack', path.join(packsIn(repo), `${name}.pack`));
  });

  it('is not lost to git collecting garbage, pruning or packing in the store', async () => {
    const repo = newRepo({ 'a.txt': 'one' });
    const workspace = await open(repo);
    const trees = [(await workspace.capture()).tree];
    repo.write('a.txt', 'two');
    trees.push((await workspace.capture()).tree);
    for (const args of [['gc', '-q', '--prune=now', '--aggressive'], ['prune', '--expire=now'], ['repack', '-a', '-d', '-q'], ['repack', '-A', '-d', '-q', '--unpack-unreachable=now'], ['prune-packed'], ['reflog', 'expire', '--expire=now', '--all'], ['multi-pack-index', 'write'], ['multi-pack-index', 'expire']]) {
      try {
        git(repo, ...args);
      } catch {
        // Refusing is as good as sparing it.
      }
      assert.deepEqual(trees.map((tree) => git(repo, 'cat-file', 'blob', `${tree}:a.txt`)), ['one', 'two'], args.join(' '));
    }
    repo.write('a.txt', 'three');
    assert.equal(git(repo, 'cat-file', 'blob', `${(await workspace.capture()).tree}:a.txt`), 'three');
  });

  it('of an older store, with loose objects and refs, stays readable and is safe from git from then on', async () => {
    const repo = newRepo({ 'a.txt': 'a', 'd/b.txt': 'b' });
    const { tree } = await (await open(repo)).capture();
    makeOld(repo, tree);
    assert.ok(loose(repo).length > 0);
    const workspace = await open(repo);
    assert.equal((await workspace.capture()).tree, tree);
    assert.deepEqual(names(repo, '.pack'), [], 'what is there is not written again');
    fs.rmSync(path.join(repo.store, 'refs', 'kept'), { recursive: true });
    assert.throws(() => git(repo, 'prune', '--expire=now'));
    assert.equal(await workspace.blobText((await workspace.entries(tree)).get('d/b.txt') ?? assert.fail()), 'b');
    repo.write('a.txt', 'changed');
    assert.equal(git(repo, 'cat-file', 'blob', `${(await workspace.capture()).tree}:d/b.txt`), 'b');
  });
});

/** Turns the store into one of an older version: loose objects, a ref for a tree, an ordinary configuration. */
function makeOld(repo: TestRepo, tree: string): void {
  const packs = names(repo, '.pack').map((name) => {
    const bytes = fs.readFileSync(path.join(packsIn(repo), `${name}.pack`));
    for (const ending of ['.pack', '.idx']) fs.rmSync(path.join(packsIn(repo), name + ending));
    return bytes;
  });
  for (const input of packs) execFileSync('git', ['unpack-objects', '-q'], { env: { ...process.env, GIT_DIR: repo.store }, input });
  fs.writeFileSync(path.join(repo.store, 'config'), '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n');
  fs.writeFileSync(path.join(repo.store, 'refs', 'kept', tree), `${tree}\n`);
}

describe('many packs', () => {
  afterEach(removeRepos);

  /** Makes a store with so many packs that they are due to be put together; answers what is in them. */
  async function filled(repo: TestRepo): Promise<string[]> {
    await storeOf(repo);
    const packs = new PackFolder(repo.store);
    const texts = Array.from({ length: mostPacks + 3 }, (_, n) => `content ${n}`);
    for (const text of texts) await packs.put(packOf([{ oid: blob(text).oid, bytes: await packed(blob(text)) }]));
    return texts;
  }

  const assertAll = (repo: TestRepo, texts: readonly string[], when = '') => {
    const found = execFileSync('git', ['cat-file', '--batch-check'], { env: { ...process.env, GIT_DIR: repo.store }, input: texts.map((text) => blob(text).oid).join('\n'), encoding: 'utf8' });
    assert.deepEqual(found.split('\n').filter((line) => line.endsWith('missing')), [], when);
  };

  it('become one when the next is written, with everything that they had, and again once there are too many', async () => {
    const repo = newRepo({});
    const texts = await filled(repo);
    const store = await storeOf(repo);
    const counts = new Set<number>();
    for (let n = 0; n <= mostPacks; n += 1) {
      await store.write([blob(`later ${n}`)]);
      texts.push(`later ${n}`);
      counts.add(names(repo, '.pack').length);
    }
    assert.deepEqual([...counts], Array.from({ length: mostPacks }, (_, n) => n + 1));
    assert.deepEqual([names(repo, '.pack').length, names(repo, '.idx').length], [1, 1]);
    assertAll(repo, [...texts, '']);
    assertSound(repo, 'put together');
  });

  it('that two processes put together at once lose nothing', async () => {
    const repo = newRepo({});
    const texts = await filled(repo);
    await Promise.all([1, 2, 3].map(() => gatherPacks(new PackFolder(repo.store))));
    assertAll(repo, texts);
    assertSound(repo, 'put together three times');
  });

  it('lose nothing when that is interrupted at any step', async function () {
    this.timeout(240_000);
    for (let allowed = 0; ; allowed += allowed < 12 ? 1 : 9) {
      const repo = newRepo({});
      const texts = await filled(repo);
      const asked = await dyingAfter(allowed, () => gatherPacks(new PackFolder(repo.store)));
      assertAll(repo, texts, `after ${allowed} steps`);
      assertSound(repo, `after ${allowed} steps`);
      repo.remove();
      if (asked <= allowed) break;
    }
  });

  it('are left alone where one is damaged, where git made it, and where git keeps an index over all', async () => {
    const repo = newRepo({});
    await filled(repo);
    const [torn, held, flipped] = names(repo, '.pack').map((name) => path.join(packsIn(repo), name));
    fs.truncateSync(`${torn}.pack`, 40);
    fs.writeFileSync(`${held}.keep`, '');
    fs.writeFileSync(`${flipped}.idx`, fs.readFileSync(`${flipped}.idx`).map((byte, at) => (at === 1070 ? byte ^ 1 : byte)));
    fs.writeFileSync(path.join(packsIn(repo), 'multi-pack-index'), '');
    const before = fs.readdirSync(packsIn(repo));
    await gatherPacks(new PackFolder(repo.store));
    assert.deepEqual(fs.readdirSync(packsIn(repo)), before);
    fs.rmSync(path.join(packsIn(repo), 'multi-pack-index'));
    for (const text of ['more', 'and more', 'and more again']) await new PackFolder(repo.store).put(packOf([{ oid: blob(text).oid, bytes: await packed(blob(text)) }]));
    await gatherPacks(new PackFolder(repo.store));
    for (const place of [torn, held, flipped]) assert.ok(fs.existsSync(`${place}.pack`) && fs.existsSync(`${place}.idx`));
    assert.equal(names(repo, '.pack').length, 4);
  });

  it('go when a process died before it gave them an index, after a day', async () => {
    const repo = newRepo({ 'a.txt': 'a' });
    const { tree } = await (await open(repo)).capture();
    const left = ['pack-old.pack', 'pack-young.pack', 'pack-x.idx.0123.tmp', 'tmp_pack_x'].map((name) => path.join(packsIn(repo), name));
    for (const file of left) fs.writeFileSync(file, 'PACK half of it');
    for (const name of fs.readdirSync(packsIn(repo))) if (!name.includes('young')) fs.utimesSync(path.join(packsIn(repo), name), 1, 1);
    const workspace = await open(repo);
    assert.deepEqual(left.map((file) => fs.existsSync(file)), [false, true, false, false]);
    assert.equal((await workspace.entries(tree)).size, 1);
  });
});
