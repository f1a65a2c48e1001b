import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import fs from 'node:fs';
import path from 'node:path';
import { removeTree } from '../../../src/node/process/removeTree.ts';
import { temporaryFolder, writeFiles } from './support.ts';

/** How many answers of the file system were awaited at once at most. */
async function mostAwaited(work: () => Promise<void>): Promise<number> {
  const awaited = new Set<number>();
  let most = 0;
  const hook = createHook({
    init(id, type) {
      if (!type.startsWith('FSREQ')) return;
      awaited.add(id);
      most = Math.max(most, awaited.size);
    },
    after: (id) => void awaited.delete(id),
  }).enable();
  await work().finally(() => hook.disable());
  return most;
}

describe('the removal of a folder', () => {
  it('asks for a few files at a time, however many there are in one folder and however many folders', async () => {
    const base = temporaryFolder();
    const files = [...Array.from({ length: 320 }, (_, at) => `all/flat/${at}`), ...Array.from({ length: 320 }, (_, at) => `all/many/${at}/x`)];
    writeFiles(base, Object.fromEntries(files.map((file) => [file, ''])));
    const most = await mostAwaited(() => removeTree(path.join(base, 'all')));
    assert.ok(most <= 280, `${most} at once`);
    assert.deepEqual(fs.readdirSync(base), []);
  });

  it('removes links and does not go into them, also where one stands for the folder itself', async () => {
    const base = temporaryFolder();
    writeFiles(base, { 'kept/a/x': 'x', 'tree/y': 'y' });
    fs.symlinkSync(path.join(base, 'kept'), path.join(base, 'tree/link'));
    fs.symlinkSync(path.join(base, 'kept'), path.join(base, 'top'));
    for (const name of ['tree', 'top', 'missing']) await removeTree(path.join(base, name));
    assert.deepEqual([fs.readdirSync(base), fs.readdirSync(path.join(base, 'kept/a'))], [['kept'], ['x']]);
  });
});
