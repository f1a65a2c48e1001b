import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { createArtifacts } from '../../../src/node/journal/artifacts.ts';
import { testFolder } from './support/folder.ts';

describe('artifacts', () => {
  const { at } = testFolder();

  it('are named by the SHA-256 of their bytes and come back as they were', async () => {
    const artifacts = createArtifacts(at('artifacts'));
    for (const text of ['', 'plain', 'é\u0000\n'.repeat(1000)]) {
      const id = await artifacts.put(text);
      assert.equal(id, createHash('sha256').update(text).digest('hex'));
      assert.equal(await artifacts.get(id), text);
      assert.equal(await readFile(at('artifacts', id), 'utf8'), text);
    }
  });

  it('are stored once, with nothing left over', async () => {
    const artifacts = createArtifacts(at('artifacts'));
    const ids = await Promise.all(Array.from({ length: 8 }, () => artifacts.put('the same')));
    assert.equal(new Set(ids).size, 1);
    assert.deepEqual(await readdir(at('artifacts')), [ids[0]]);
  });

  it('are not handed out when their bytes changed, and are mended by the next put', async () => {
    const artifacts = createArtifacts(at('artifacts'));
    const id = await artifacts.put('right');
    await writeFile(at('artifacts', id), 'wrong');
    assert.equal(await artifacts.get(id), undefined);
    await artifacts.put('right');
    assert.equal(await artifacts.get(id), 'right');
  });

  it('are found by a SHA-256 alone, never by a path', async () => {
    const artifacts = createArtifacts(at('artifacts'));
    await artifacts.put('something');
    await writeFile(at('secret'), 'secret');
    for (const id of ['../secret', at('secret'), '', 'A'.repeat(64), '0'.repeat(64), `${'0'.repeat(64)}/../../secret`]) {
      assert.equal(await artifacts.get(id), undefined, id);
    }
  });

  it('are for their owner alone', async function () {
    if (process.platform === 'win32') this.skip();
    const id = await createArtifacts(at('artifacts')).put('mine');
    assert.deepEqual([(await stat(at('artifacts'))).mode & 0o777, (await stat(at('artifacts', id))).mode & 0o777], [0o700, 0o600]);
  });
});
