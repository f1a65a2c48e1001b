import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { KnownFile } from '../../../src/node/workspace/fileReader.ts';
import { StatCache } from '../../../src/node/workspace/statCache.ts';

describe('what is known of files for the next process', () => {
  let folder = '';
  beforeEach(() => { folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bounded-stat-')); });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  const known = (key: string, racy = false): KnownFile => ({ key, racy, blob: { oid: 'ab', mode: '100644' } });

  it('is noted once many files were read, without those whose times may deceive', async () => {
    const cache = new StatCache(path.join(folder, 'stat'));
    const files = new Map([['a', known('1')], ['caf\udce9\n', known('2')], ['racy', known('3', true)], ['restless', known('')]]);
    await cache.note(files, 10);
    assert.equal((await cache.read()).size, 0);
    await cache.note(files, 500);
    assert.deepEqual([...(await new StatCache(path.join(folder, 'stat')).read())], [['a', { key: '1', oid: 'ab' }], ['caf\udce9\n', { key: '2', oid: 'ab' }]]);
  });

  it('is nothing when its file was cut short or cannot be written', async () => {
    const file = path.join(folder, 'stat');
    await new StatCache(file).note(new Map([['a', known('1')]]), 1000);
    fs.truncateSync(file, fs.statSync(file).size - 1);
    assert.equal((await new StatCache(file).read()).size, 0);
    await new StatCache(path.join(folder, 'missing', 'stat')).note(new Map(), 1000);
  });
});
