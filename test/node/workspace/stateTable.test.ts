import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { decodeBytes, encodeText } from '../../../src/node/workspace/common/bytes.ts';
import { KnownFiles, Met } from '../../../src/node/workspace/look/knownFiles.ts';
import { isComparable, parseTable, sortPaths, type StateEntry, type StateFacts, stateOf, tableTime } from '../../../src/node/workspace/store/stateTable.ts';
import { TableFile } from '../../../src/node/workspace/store/tableFile.ts';

const facts = (more: Partial<StateFacts> = {}): StateFacts =>
  ({ dev: 1n, ino: 2n, size: 3n, ctimeNs: 1_700_000_000_123_456_789n, mtimeNs: 1_600_000_000_000_000_001n, mode: 0o100644n, uid: 0n, gid: 0n, ...more });
const oid = (n: number): string => n.toString(16).padStart(40, '1');
const entry = (n: number): StateEntry => ({ blob: n % 5 === 0 ? undefined : { oid: oid(n), mode: n % 2 === 0 ? '100755' : '100644' }, state: n % 3 === 0 ? undefined : stateOf(facts({ size: BigInt(n), mode: n % 2 === 0 ? 0o100755n : 0o100644n })) });

/** Names as bytes, UTF-8 or not. */
const name = fc.uint8Array({ minLength: 1, maxLength: 4 }).map((bytes) => decodeBytes(Buffer.from(bytes.map((byte) => (byte === 0 || byte === 0x2f ? 0x61 : byte)))));
const somePath = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('a', 'a/b', 'a/b/c', 'a.b', 'a0', 'a-b', 'a/b.c', '\u{1f600}', '\uffee', 'caf\udce9') }, fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')));

describe('the table of states', () => {
  let folder = '';
  beforeEach(() => { folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bounded-table-')); });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it('knows what was noted last, in one table or beside it, in the order of bytes', async () => {
    const step = fc.oneof({ weight: 6, arbitrary: fc.tuple(somePath, fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 1000 }) }, fc.constant(null))) }, fc.constant('settle' as const));
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const model = new Map<string, StateEntry>();
      let known = new KnownFiles();
      for (const one of steps) {
        if (one === 'settle') known = await known.inOneTable();
        else {
          const [at, n] = one;
          if (n === null) model.delete(at);
          else model.set(at, entry(n));
          known.note([[at, n === null ? null : entry(n)]]);
        }
      }
      const settled = await known.inOneTable();
      for (const some of [known, settled]) {
        assert.deepEqual([...some.missing(new Met(some.table))].sort(), [...model.keys()].sort());
        for (const at of ['a', 'nowhere', ...model.keys()]) assert.deepEqual(some.get(at), model.get(at));
        const held = [...model].filter(([, { blob }]) => blob !== undefined);
        assert.deepEqual(some.held(new Set(['a'])), { files: held.filter(([at]) => at !== 'a').length, bytes: held.reduce((sum, [at, { state }]) => sum + (at === 'a' ? 0 : (state?.readUInt32BE(36) ?? 0)), 0) });
        const below = held.filter(([at]) => (at === 'a' || at.startsWith('a/')) && at !== 'a/b');
        assert.equal(some.heldBelow(new Set(['a', 'zz']), new Set(['a/b'])).get('a')?.files, below.length);
      }
      const paths = Array.from({ length: settled.table.size }, (_, place) => settled.table.pathAt(place));
      const bytes = [...model.keys()].map(encodeText).sort((a, b) => a.compare(b)).map(decodeBytes);
      assert.deepEqual([paths, sortPaths([...model.keys()])], [bytes, bytes]);
      const images = (some: KnownFiles) => Buffer.concat([...some.imagesOf('a', new Map())].map(([, image]) => image));
      assert.deepEqual(images(known), images(settled));
    }), { numRuns: 200 });
  });

  it('takes what is known otherwise into itself where no path came or went, whatever an entry had before', async () => {
    for (const [before, after] of [[1, 3], [3, 1], [1, 5], [5, 1], [15, 2], [2, 15]] as const) {
      const known = new KnownFiles();
      known.note([['a', entry(before)], ['b', entry(7)]]);
      const settled = await known.inOneTable();
      settled.note([['a', entry(after)]]);
      const again = await settled.inOneTable();
      assert.equal(again.table, settled.table);
      assert.deepEqual([again.get('a'), again.get('b'), again.news.size], [entry(after), entry(7), 0]);
      // A state that was handed out for the same place comes back.
      const { state } = again.get('b') ?? assert.fail();
      again.note([['b', { blob: entry(9).blob, state }]]);
      assert.deepEqual((await again.inOneTable()).get('b'), { blob: entry(9).blob, state: entry(7).state });
    }
  });

  it('is read by git, and by the next process without a loss', async () => {
    const known = new KnownFiles();
    const paths = ['a', 'a.b', 'a/b', 'a/sub/c', 'caf\udce9', '\u{1f600}', `${'long/'.repeat(50)}name`];
    known.note(paths.map((at, n): [string, StateEntry] => [at, entry(n + 1)]));
    const file = new TableFile(path.join(folder, 'table'));
    const { table } = await known.inOneTable();
    await file.write(table);
    assert.match(file.mark ?? '', /^\.bounded\/table-[0-9a-f]{24}$/);
    execFileSync('git', ['init', '-q', '--bare', path.join(folder, 'git')]);
    const listed = execFileSync('git', ['ls-files', '-z'], { cwd: folder, env: { PATH: process.env['PATH'], GIT_DIR: path.join(folder, 'git'), GIT_WORK_TREE: folder, GIT_INDEX_FILE: file.path } });
    const shown: string[] = [];
    for (let from = 0; from < listed.length; from = listed.indexOf(0, from) + 1) shown.push(decodeBytes(listed.subarray(from, listed.indexOf(0, from))));
    assert.deepEqual(shown, sortPaths([...paths, file.mark ?? '']));
    const again = await new TableFile(file.path).read();
    assert.equal(again.find(file.mark ?? '') >= 0, true);
    for (const at of paths) assert.deepEqual(again.entryAt(again.find(at)), known.get(at));
    assert.equal(Math.floor(fs.statSync(file.path).mtimeMs / 1000), tableTime);
  });

  it('is empty where its file was cut short, is damaged, or is none; what cannot be written leaves no mark', async () => {
    const known = new KnownFiles();
    known.note([['a', entry(1)], ['b', entry(2)]]);
    const file = new TableFile(path.join(folder, 'table'));
    await file.write((await known.inOneTable()).table);
    const bytes = fs.readFileSync(file.path);
    const read = async (content: Buffer) => {
      fs.writeFileSync(file.path, content);
      return (await file.read()).size;
    };
    assert.equal(await read(bytes), 3);
    for (let length = 0; length < bytes.length; length += 1) assert.equal(await read(bytes.subarray(0, length)), 0);
    for (let at = 0; at < bytes.length; at += 7) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      assert.equal(await read(damaged), 0);
      parseTable(damaged);
    }
    const nowhere = new TableFile(path.join(folder, 'missing', 'table'));
    await nowhere.write((await known.inOneTable()).table);
    assert.equal(nowhere.mark, undefined);
  });

  it('tells every state from every other that the system does', () => {
    const base = stateOf(facts());
    for (const other of [{ dev: 9n }, { ino: 9n }, { size: 9n }, { ctimeNs: 9n }, { mtimeNs: 9n }, { mode: 0o100755n }, { mode: 0o120777n }, { uid: 9n }, { gid: 9n }] as const) assert.notDeepEqual(stateOf(facts(other)), base, Object.keys(other)[0]);
    assert.deepEqual([facts(), facts({ ino: 1n << 32n }), facts({ mtimeNs: BigInt(tableTime) * 1_000_000_000n }), facts({ mtimeNs: -1_000_000_000n })].map((one) => isComparable(stateOf(one))), [true, false, false, false]);
  });
});
