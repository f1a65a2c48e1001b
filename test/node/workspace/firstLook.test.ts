import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import zlib from 'node:zlib';
import type { Path } from '../../../src/core/session/changes.ts';
import { openFlags, wholeBytes } from '../../../src/node/workspace/disk/content.ts';
import { isSameState, keyOf } from '../../../src/node/workspace/disk/stats.ts';
import { findProgram } from '../../../src/node/workspace/git/findProgram.ts';
import { KnownFiles, Met } from '../../../src/node/workspace/look/knownFiles.ts';
import { lookFirst } from '../../../src/node/workspace/look/firstLook.ts';
import { folderLook, type LookReply } from '../../../src/node/workspace/look/lookLoop.ts';
import { withThreads } from '../../../src/node/workspace/look/readThreads.ts';
import { scan, type Scan } from '../../../src/node/workspace/look/scan.ts';
import { contentHash, idLookup, newPacking, plainReader } from '../../../src/node/workspace/look/threadTools.ts';
import { lookAtAll } from '../../../src/node/workspace/look/wholeLook.ts';
import { IgnoreRules } from '../../../src/node/workspace/repository/ignoreRules.ts';
import { findUserRepository } from '../../../src/node/workspace/repository/userRepository.ts';
import { Blobs } from '../../../src/node/workspace/store/blobs.ts';
import { Intake } from '../../../src/node/workspace/store/intake.ts';
import { blobType, deflateOptions, entryHeader } from '../../../src/node/workspace/store/pack.ts';
import { idTable, packIndex } from '../../../src/node/workspace/store/packIndex.ts';
import { entryLayout, longestName, tableOf, tableTime, writeState } from '../../../src/node/workspace/store/stateTable.ts';
import { Store } from '../../../src/node/workspace/store/store.ts';
import { emptyDir, fileAt, files } from '../../../src/node/workspace/store/tree.ts';
import { treeOf } from '../../../src/node/workspace/store/trees.ts';
import type { TestRepo } from '../../support/repo.ts';
import { newRepo, open, removeRepos } from './opened.ts';

const latin = (text: string) => Buffer.from(text, 'latin1');

/** More files than are looked at without threads, and everything that is not plain among them. */
function oddTree(): TestRepo {
  const repo = newRepo();
  for (let n = 0; n < 560; n += 1) repo.write(`many/${n % 9}/${n}.txt`, `file ${n}\n`.repeat(n % 40), n % 7 === 0 ? 0o755 : 0o644);
  for (const name of ['a', 'a.b', 'a-b', 'a0', 'ab', 'zürich\u{1f600}', '\ue000']) repo.write(`order/${name}.d/${name}`, name);
  for (const name of ['p', 'p.q', 'p-q', 'p0']) repo.write(`order/${name}/x`, name);
  for (const name of ['a.d.', 'a.d-', 'a.d0', 'p!', 'p1', '\u{1f600}.x', '\ue000.x']) repo.write(`order/${name}`, name);
  for (const mode of [0o600, 0o640, 0o777, 0o711]) repo.write(`order/mode${mode}`, 'mode', mode);
  fs.mkdirSync(repo.at('empty/deep'), { recursive: true });
  for (const place of ['pipe', 'many/3/pipe']) execFileSync('mkfifo', [repo.at(place)]);
  fs.symlinkSync('many', repo.at('link'));
  fs.symlinkSync('nowhere', repo.at('many/4/link'));
  repo.write('many/5/large.bin', Buffer.alloc(400_000, 'large'));
  repo.write('inside/.git/HEAD', 'ref: refs/heads/main\n');
  repo.write('inside/.GIT/x', 'no folder of git here');
  repo.write('inside/file', 'of another repository');
  repo.write('.bounded/task.bounded.yaml', 'task');
  repo.write('many/6/scratch/out', 'scratch');
  repo.write('many/6/x.log', 'scratch');
  repo.write('.gitignore', 'ignored/\n*.tmp\n');
  repo.write('ignored/deep/out.js', 'out');
  repo.write('many/7/x.tmp', 'ignored');
  fs.mkdirSync(Buffer.concat([latin(`${repo.root}/caf`), Buffer.from([0xe9])]));
  fs.writeFileSync(Buffer.concat([latin(`${repo.root}/caf`), Buffer.from([0xe9]), latin('/plain')]), 'in a folder without a name');
  fs.writeFileSync(Buffer.concat([latin(`${repo.root}/many/8/caf`), Buffer.from([0xe9])]), 'without a name');
  repo.write('caf\ufffd/plain', 'the character for what is none');
  repo.write('many/8/below/x', 'below a folder that is listed again');
  return repo;
}

const unseen = [/^\.bounded(?:\/|$)/, /(?:^|\/)scratch(?:\/|$)/, /\.log$/];
const skip = (path: Path) => unseen.some((one) => one.test(path));

/** Everything that a first look comes to, with or without threads. */
async function firstLook(repo: TestRepo, store: string, seen?: Scan) {
  const opened = await Store.open(store, (await findProgram('git', repo.root)) ?? assert.fail());
  const blobs = new Blobs(opened);
  const [intake, rules, repository] = [new Intake(opened), new IgnoreRules(opened, blobs, repo.root), await findUserRepository(repo.root)];
  const nothing = { tree: emptyDir, files: new KnownFiles(), leftOut: new Set<Path>(), parts: new Map(), unread: new Map(), appeared: new Set<Path>() };
  const whole = await lookAtAll({ root: repo.root, store: opened, blobs, rules, skip, unseen }, nothing, repository, intake, seen);
  const byThreads = whole.base.files.table.size;
  const known = whole.base.files.with(whole.look.news);
  const paths = [...known.missing(new Met(known.table))].sort();
  const { folders, ...around } = whole.seen.around;
  await intake.finish();
  await whole.loan?.giveBack();
  return {
    byThreads,
    found: {
      tree: (await treeOf(whole.look.changes, whole.base.tree)).oid, parts: whole.parts, unread: whole.look.unread, around,
      folders: new Map([...folders].sort(([a], [b]) => (a < b ? -1 : 1))), known: paths.map((path) => [path, known.get(path)]),
    },
  };
}

/** What the threads do with these folders, here; `fs` may be another one. */
function lookAt(root: string, folders: readonly string[], disk: typeof fs = fs): LookReply {
  const look = folderLook({
    fs: disk, root, idLookup, keyOf, writeState, longestName, tableTime, unseen, layout: entryLayout, usual: [0o644, 0o755], enough: { files: 100, bytes: 1e6 }, isToStop: () => false,
    read: plainReader({ fs: disk, isSameState, flags: openFlags, most: wholeBytes }), sha1: contentHash(crypto), packing: newPacking({ zlib, entryHeader, deflateOptions, blobType }),
  });
  return look({ folders: folders.map((folder) => ({ folder, apart: [] })), since: BigInt(Date.now()) * 1_000_000n + 10_000_000_000n, tables: [] });
}

const pathsIn = ({ records }: LookReply): string[] => {
  const table = tableOf(Buffer.from(records.buffer));
  return Array.from({ length: table.size }, (_, at) => table.pathAt(at));
};

/** A file system in which something happens right before a call. */
const before = (name: 'readSync' | 'openSync' | 'fstatSync', when: (count: number) => void): typeof fs => {
  let count = 0;
  const call = (...args: unknown[]) => (when((count += 1)), (fs[name] as (...args: unknown[]) => unknown)(...args));
  return { ...fs, [name]: call };
};

describe('the first look at many files', function () {
  this.timeout(60_000);
  const now = Date.now;
  afterEach(() => {
    Date.now = now;
    removeRepos();
  });

  for (const [name, later] of [['that have settled', 60_000], ['that were touched a moment ago', -60_000]] as const) {
    it(`${name} comes to the same as one without threads`, async () => {
      const repo = oddTree();
      Date.now = () => now() + later;
      const one = await firstLook(repo, `${repo.outside}/one`, await scan(repo.root, skip));
      const other = await firstLook(repo, `${repo.outside}/other`);
      assert.deepEqual(other.found, one.found);
      assert.ok(one.byThreads === 0 && other.byThreads > 480 && other.byThreads < other.found.known.length);
      assert.equal(other.found.known.some(([, entry]) => typeof entry === 'object' && entry.state !== undefined), later > 0);
    });
  }

  it('takes a folder in pieces, and each piece once', async () => {
    const repo = newRepo();
    for (let n = 0; n < 1200; n += 1) repo.write(`flat/${n}`, `${n}`);
    for (let n = 0; n < 60; n += 1) repo.write(`large/${n % 5}/${n}`, Buffer.alloc(200_000, n));
    const workspace = await open(repo);
    const { tree } = await workspace.capture();
    repo.git('add', '-A');
    assert.equal(tree, repo.git('write-tree'));
    assert.equal((await workspace.capture()).tree, tree);
    assert.deepEqual(lookAt(repo.root, ['flat']).folders.map(({ rest }) => rest.length), [1100]);
    assert.equal(lookAt(repo.root, ['flat', '']).folders.length, 1);
  });

  it('leaves out as a whole what is ignored and large, and reads none of it', async () => {
    const repo = newRepo({ '.gitignore': 'ignored/\n' });
    for (let n = 0; n < 600; n += 1) repo.write(`f/${n}`, `${n}`);
    for (let n = 0; n < 300; n += 1) repo.write(`ignored/${n}`, '');
    for (let n = 0; n < 300; n += 1) fs.truncateSync(repo.at(`ignored/${n}`), 250_000);
    const { tree, notCovered } = await (await open(repo)).capture();
    assert.deepEqual(notCovered, ['ignored: ignored, and more than 64 MiB of ignored files (300 files)']);
    const stored = execFileSync('git', ['ls-tree', '-r', '--name-only', tree], { env: { ...process.env, GIT_DIR: repo.store }, encoding: 'utf8' });
    assert.equal(stored.split('\n').filter((line) => line.startsWith('ignored/')).length, 0);
  });

  it('knows nothing of a file whose content was lent by a pack that the store did not get, and is gone', async () => {
    const repo = newRepo();
    for (let n = 0; n < 20; n += 1) repo.write(`f/${n}`, `content ${n}`);
    const oids = Array.from({ length: 20 }, (_, n) => repo.git('hash-object', '-w', `f/${n}`)).sort();
    const store = await Store.open(repo.store, (await findProgram('git', repo.root)) ?? assert.fail());
    const intake = new Intake(store);
    const index = await packIndex(oids.map((oid, offset) => ({ oid, offset, crc: 0 })), Buffer.alloc(20));
    const loan = {
      tables: [idTable(index)?.ids ?? assert.fail()],
      stand: async () => {
        for (const n of [3, 4]) fs.rmSync(repo.at(`f/${n}`));
        repo.write('f/4', 'other');
        return [false];
      },
    };
    const first = await withThreads({ root: repo.root, unseen }, (threads) => lookFirst({ root: repo.root, skip, intake, threads }, new Set(), loan));
    assert.deepEqual(first.rest.found.map(({ path }) => path), ['f/4']);
    assert.deepEqual([[3, 4, 5].map((n) => first.files.get(`f/${n}`) === undefined), fileAt(first.tree, 'f/3'), fileAt(first.tree, 'f/4')], [[true, true, false], undefined, undefined]);
    assert.deepEqual([...files(first.tree)].filter(([, { oid }]) => !intake.has(oid)), []);
    await intake.abandon();
  });

  it('takes nothing of a file that does not keep still', () => {
    const repo = newRepo();
    for (const name of ['a', 'b', 'c']) repo.write(`f/${name}`, 'first');
    assert.deepEqual(pathsIn(lookAt(repo.root, ['f'])), ['f/a', 'f/b', 'f/c']);
    const written = lookAt(repo.root, ['f'], before('fstatSync', (count) => { if (count === 4) repo.write('f/b', 'other'); }));
    assert.deepEqual([pathsIn(written), written.folders[0]?.odd, written.ends.length], [['f/a', 'f/c'], ['b'], 2]);
    const longer = lookAt(repo.root, ['f'], before('readSync', (count) => { if (count === 1) repo.write('f/a', 'longer than it was'); }));
    assert.deepEqual([pathsIn(longer), longer.folders[0]?.odd], [['f/b', 'f/c'], ['a']]);
    const gone = lookAt(repo.root, ['f'], before('openSync', (count) => { if (count === 3) fs.rmSync(repo.at('f/c')); }));
    assert.deepEqual([pathsIn(gone), gone.folders[0]?.odd], [['f/a', 'f/b'], ['c']]);
  });

  it('takes nothing of a folder in whose place another one or a link comes meanwhile', () => {
    const repo = newRepo();
    for (const name of ['a', 'b']) repo.write(`f/${name}`, 'ours');
    fs.mkdirSync(`${repo.outside}/elsewhere`);
    fs.writeFileSync(`${repo.outside}/elsewhere/b`, 'not ours');
    repo.write('g/c', 'another folder');
    const swapped = lookAt(repo.root, ['f', 'g'], before('openSync', (count) => {
      if (count !== 2) return;
      fs.renameSync(repo.at('f'), repo.at('moved'));
      fs.symlinkSync(`${repo.outside}/elsewhere`, repo.at('f'));
    }));
    assert.deepEqual([pathsIn(swapped), swapped.folders.map(({ isLeft }) => isLeft), swapped.ends.length], [['g/c'], [true, false], 1]);
  });
});
