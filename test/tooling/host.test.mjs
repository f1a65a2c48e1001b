import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { workbenchUrl } from '../../scripts/host/page.mjs';
import { runHostSuite } from '../../scripts/host/runSuite.mjs';
import { inRoot } from '../../scripts/root.mjs';

describe('The VS Code host', () => {
  it('is opened on paths with any characters', () => {
    const url = new URL(workbenchUrl(new URL('http://127.0.0.1:1/?tkn=t'), { folder: '/a b/ü&?#', extension: '/e x', tests: '/t/s.cjs' }));
    assert.equal(url.searchParams.get('tkn'), 't');
    assert.equal(url.searchParams.get('folder'), '/a b/ü&?#');
    assert.deepEqual(JSON.parse(url.searchParams.get('payload') ?? ''), [
      ['skipWelcome', 'true'],
      ['extensionDevelopmentPath', 'vscode-remote://remote/e%20x'],
      ['extensionTestsPath', 'vscode-remote://remote/t/s.cjs'],
    ]);
  });

  it('says so before anything starts where the suite was not built', async () => {
    const tests = path.join(os.tmpdir(), 'bounded-no-suite', 'index.cjs');
    await assert.rejects(runHostSuite({ extension: inRoot('test', 'tooling', 'probe'), tests }), { message: `The suite ${tests} is missing.`, hint: 'Build it: npm run build -- --tests.' });
  });

  it('answers the status of a suite that fails', async function () {
    this.timeout(90_000);
    const place = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'bounded-failing-'));
    const tests = path.join(place, 'suite.cjs');
    fs.writeFileSync(tests, 'exports.run = async () => { throw new Error("This failure is part of a test."); };');
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = place;
    try {
      assert.equal(await runHostSuite({ extension: inRoot('test', 'tooling', 'probe'), tests }), 1);
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
      fs.rmSync(place, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});
