import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { RepositoryState } from '../../../src/node/journal/stateDir.ts';
import { defaultStoreLimit, parseStoreLimit, storeLimitOf } from '../../../src/node/session/storeLimit.ts';

describe('the limit of the checkpoint store', () => {
  it('is 4 GiB where nobody said otherwise, and what any door was told last counts for every door', async () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bounded-limit-'));
    try {
      const limit = (said?: string) => storeLimitOf({ dir } as RepositoryState, said);
      assert.equal(await limit(), defaultStoreLimit);
      assert.equal(defaultStoreLimit, 4 * 1024 ** 3);
      assert.equal(await limit('20 GiB'), 20 * 1024 ** 3);
      assert.equal(await limit(), 20 * 1024 ** 3, 'a door that was told nothing gives up nothing that another one was told to keep');
      assert.equal(await limit(' '), 20 * 1024 ** 3);
      assert.equal(await limit('512 MiB'), 512 * 1024 ** 2);
      await assert.rejects(limit('4 GB'), /is not a size such as/);
      assert.equal(await limit(), 512 * 1024 ** 2);
    } finally {
      fs.rmSync(dir, { recursive: true });
    }
  });

  it('is refused where it is no size, or smaller than any session needs', () => {
    for (const text of ['4', '4GB', '-1 GiB', '4 gib', 'GiB', '1e3 GiB', '15 MiB', '0 TiB']) assert.throws(() => parseStoreLimit(text), /the limit of the checkpoint store/, text);
    assert.deepEqual(['16 MiB', '1.5 GiB', '2TiB'].map(parseStoreLimit), [16 * 1024 ** 2, 1.5 * 1024 ** 3, 2 * 1024 ** 4]);
  });
});
