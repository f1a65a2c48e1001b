import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import threads from 'node:worker_threads';
import { Blobs } from '../../../src/node/workspace/store/blobs.ts';
import { readSmall } from '../../../src/node/workspace/disk/content.ts';
import { findProgram } from '../../../src/node/workspace/git/findProgram.ts';
import { Intake } from '../../../src/node/workspace/store/intake.ts';
import { readFiles } from '../../../src/node/workspace/look/reading.ts';
import { readOutcome } from '../../../src/node/workspace/look/readLoop.ts';
import { ReadThreads } from '../../../src/node/workspace/look/readThreads.ts';
import { scan } from '../../../src/node/workspace/look/scan.ts';
import { Store } from '../../../src/node/workspace/store/store.ts';
import type { TestRepo } from '../../support/repo.ts';
import { newRepo, open, removeRepos } from './opened.ts';

const oidOf = (bytes: Buffer) => createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
const stored = (repo: TestRepo, ...args: string[]) => execFileSync('git', args, { env: { ...process.env, GIT_DIR: repo.store }, encoding: 'utf8' }).trim();

/** More files than are read without threads, of every kind that a tree can hold. */
function manyFiles(repo: TestRepo): void {
  for (let n = 0; n < 560; n += 1) repo.write(`many/${n % 9}/${n}.txt`, n % 50 === 0 ? '' : `file ${n}\n`.repeat(1 + (n % 40) * (n % 40)), n % 7 === 0 ? 0o755 : 0o644);
  fs.writeFileSync(Buffer.concat([Buffer.from(`${repo.root}/many/caf`), Buffer.from([0xe9])]), 'latin1');
  repo.write('many/zürich\u{1f600}/a.b', 'odd');
  repo.write('many/zürich\u{1f600}.x', 'sorted before the folder');
  repo.write('large.bin', Buffer.alloc(400_000, 'large'));
  repo.write('ignored/out.js', 'out');
  repo.write('.gitignore', 'ignored/\n');
  fs.symlinkSync('nowhere', repo.at('many/link'));
}

describe('one file', () => {
  after(removeRepos);

  it('is read to its end, whatever size the system says', () => {
    const repo = newRepo();
    const text = Array.from({ length: 60_000 }, (_, line) => `line ${line}\n`).join('');
    repo.write('long', text);
    const { fstatSync } = fs;
    try {
      fs.fstatSync = ((descriptor: number) => Object.assign(fstatSync(descriptor, { bigint: true }), { size: 1n })) as typeof fstatSync;
      syncBuiltinESMExports();
      const { object, key } = readSmall(repo.at('long'));
      assert.deepEqual([object.body.toString() === text, key], [true, undefined]);
    } finally {
      fs.fstatSync = fstatSync;
      syncBuiltinESMExports();
    }
  });

  it('takes as much memory as it has bytes, also while it is kept', async () => {
    const repo = newRepo();
    repo.write('small', 'x'.repeat(100));
    const blobs = new Blobs(await Store.open(repo.store, (await findProgram('git')) ?? ''));
    const { object } = readSmall(repo.at('small'));
    blobs.note(object.oid, Buffer.from('x'.repeat(100)));
    assert.deepEqual([object.body, await blobs.read(object.oid)].map((bytes) => [bytes.length, bytes.buffer.byteLength]), [[100, 100], [100, 100]]);
  });
});

describe('many files at once', function () {
  this.timeout(60_000);
  afterEach(removeRepos);

  it('make the tree that git makes of them, with every byte in the store', async () => {
    const repo = newRepo();
    manyFiles(repo);
    const { tree } = await (await open(repo)).capture();
    repo.git('-c', 'core.autocrlf=false', 'add', '-A', '-f');
    assert.equal(repo.git('write-tree'), tree);
    fs.rmSync(repo.at('.git'), { recursive: true });
    assert.equal(stored(repo, 'rev-list', '--objects', '--missing=print', tree).split('\n').filter((line) => line.startsWith('?')).length, 0);
    stored(repo, 'fsck', '--strict', '--no-dangling');
  });

  it('that were only touched are not stored again', async () => {
    const repo = newRepo();
    manyFiles(repo);
    const workspace = await open(repo);
    const { tree } = await workspace.capture();
    const packs = fs.readdirSync(`${repo.store}/objects/pack`).length;
    for (let n = 0; n < 560; n += 1) fs.utimesSync(repo.at(`many/${n % 9}/${n}.txt`), 1, 1);
    assert.equal((await workspace.capture()).tree, tree);
    assert.equal(fs.readdirSync(`${repo.store}/objects/pack`).length, packs);
  });

  it('that changed after they were found have the content that they have now, or none', async () => {
    const repo = newRepo();
    for (let n = 0; n < 600; n += 1) repo.write(`f/${n}`, `first ${n}`);
    repo.write('target', 'first 4');
    const seen = await scan(repo.root, (path) => path === 'target');
    repo.write('f/0', 'other 0');
    repo.write('f/1', 'first 1 and more');
    fs.rmSync(repo.at('f/2'));
    fs.rmSync(repo.at('f/3'));
    execFileSync('mkfifo', [repo.at('f/3')]);
    fs.rmSync(repo.at('f/4'));
    fs.symlinkSync('../target', repo.at('f/4'));
    fs.rmSync(repo.at('f/5'));
    fs.mkdirSync(repo.at('f/5'));
    fs.chmodSync(repo.at('f/6'), 0o755);
    const store = await Store.open(repo.store, (await findProgram('git', repo.root)) ?? assert.fail());
    const intake = new Intake(store);
    const { fresh, lost } = await readFiles({ root: repo.root, blobs: new Blobs(store), intake, known: new Map() }, seen.found);
    await intake.finish();
    assert.deepEqual([...lost].sort(), ['f/2', 'f/3', 'f/4', 'f/5']);
    assert.equal(fresh.size, 596);
    const now = new Map((await scan(repo.root, () => false)).found.map((file) => [file.path, file.key]));
    for (const [path, { blob, key }] of fresh) {
      assert.deepEqual([blob.oid, key], [oidOf(fs.readFileSync(repo.at(path))), now.get(path)], path);
      assert.equal(stored(repo, 'cat-file', '-t', blob.oid), 'blob');
      if (Number(path.slice(2)) > 20) break;
    }
    assert.equal(fresh.get('f/6')?.blob.mode, '100755');
  });

  it('are given up, not interrupted, when their threads end: compressing that is cut off would end this process', async () => {
    const repo = newRepo();
    for (let n = 0; n < 200; n += 1) repo.write(`f/${n}`, `content ${n}\n`.repeat(10_000));
    const { found } = await scan(repo.root, () => false);
    const reading = new ReadThreads({ root: repo.root });
    const replies = [1, 2, 3, 4].map(() => reading.read({ paths: found.map(({ path }) => path), keys: found.map(({ key }) => key), expected: [] }));
    await reading.end();
    for (const { outcomes } of await Promise.all(replies)) assert.ok(outcomes.includes(readOutcome.left));
    assert.equal(process.listeners('exit').filter((listener) => String(listener).includes('halt')).length, 0);
  });

  it('fail the checkpoint when a thread dies, and not the next one', async () => {
    const repo = newRepo();
    manyFiles(repo);
    const workspace = await open(repo);
    const { Worker } = threads;
    class Dying extends Worker {
      override postMessage(): void {
        void this.terminate();
      }
    }
    Object.assign(threads, { Worker: Dying });
    syncBuiltinESMExports();
    try {
      await assert.rejects(workspace.capture(), /a thread that reads the work tree has ended/);
    } finally {
      Object.assign(threads, { Worker });
      syncBuiltinESMExports();
    }
    assert.deepEqual(fs.readdirSync(`${repo.store}/spool`), []);
    const { tree } = await workspace.capture();
    assert.equal((await workspace.entries(tree)).size, 567);
  });
});
