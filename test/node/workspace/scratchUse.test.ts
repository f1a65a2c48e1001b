import assert from 'node:assert/strict';
import fs from 'node:fs';
import { newRepo, open, removeRepos } from './opened.ts';

describe('what there is in scratch', () => {
  afterEach(removeRepos);

  it('is counted in files and bytes, wherever it lies; links are not followed', async () => {
    const repo = newRepo({ 'a.txt': 'not scratch', 'lib/a.ts': 'x' });
    const workspace = await open(repo, { scratch: ['/coverage/', '__pycache__/', '*.tsbuildinfo'] });
    await workspace.capture();
    assert.deepEqual(await workspace.scratchUse(), { files: 0, bytes: 0 });
    repo.write('coverage/a/b.json', '12345');
    repo.write('lib/__pycache__/m.pyc', '123');
    repo.write('lib/x.tsbuildinfo', '1');
    fs.mkdirSync(repo.at('coverage/empty'));
    fs.writeFileSync(`${repo.outside}/far`, 'far away');
    fs.symlinkSync(`${repo.outside}/far`, repo.at('coverage/link'));
    fs.symlinkSync(repo.outside, repo.at('coverage/folder'));
    fs.writeFileSync(Buffer.concat([Buffer.from(`${repo.root}/coverage/`), Buffer.from([0xe9])]), '12');
    repo.write('.bounded/task/PLAN.md', 'written by Bounded');
    await workspace.capture();
    const links = Buffer.byteLength(`${repo.outside}/far`) + Buffer.byteLength(repo.outside);
    assert.deepEqual(await workspace.scratchUse(), { files: 6, bytes: 5 + 3 + 1 + 2 + links });
  });
});
