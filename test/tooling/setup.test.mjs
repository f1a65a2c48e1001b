import assert from 'node:assert/strict';
import fs from 'node:fs';
import { isInstalled, requireNode } from '../../scripts/setup/dependencies.mjs';
import { findChromium, provide } from '../../scripts/setup/systemPrograms.mjs';
import { Problem } from '../../scripts/problem.mjs';
import { inRoot } from '../../scripts/root.mjs';

describe('The set-up', () => {
  it('runs on the oldest Node that it promises, and refuses older ones with the version to install', () => {
    for (const version of ['20.19.0', '20.20.2', '24.0.0']) requireNode(version);
    for (const version of ['18.20.0', '20.18.9']) assert.throws(() => requireNode(version), (error) => error instanceof Problem && /20\.19/.test(error.hint ?? ''));
  });

  describe('takes the packages as installed', () => {
    const wanted = { '': {}, 'node_modules/a': { version: '1.0.0', integrity: 'x' }, 'node_modules/forMac': { version: '1.0.0', integrity: 'y', optional: true } };

    it('when npm noted exactly those of the lock file, but for optional ones of other platforms', () => {
      assert.ok(isInstalled(wanted, { 'node_modules/a': { version: '1.0.0', integrity: 'x' } }));
    });
    it('not when one is missing', () => assert.ok(!isInstalled(wanted, {})));
    it('not when one has another version', () => assert.ok(!isInstalled(wanted, { 'node_modules/a': { version: '1.0.1', integrity: 'x' } })));
    it('not when one has other bytes', () => assert.ok(!isInstalled(wanted, { 'node_modules/a': { version: '1.0.0', integrity: 'z' } })));
  });

  it('locks every package by its hash and without the address of a registry, also those of the VS Code host', () => {
    for (const file of ['package-lock.json', 'scripts/setup/vscodeHost.lock.json']) {
      const { packages } = JSON.parse(fs.readFileSync(inRoot(file), 'utf8'));
      for (const [where, { integrity, resolved }] of Object.entries(packages).filter(([where]) => where !== '')) {
        assert.match(integrity ?? '', /^sha512-/, where);
        assert.equal(resolved, undefined, where);
      }
    }
  });

  describe('without a program of the system', () => {
    let isThere = false;
    const missing = { title: 'Nosuch', find: () => (isThere ? '/bin/nosuch' : undefined), debian: 'no-such-package', why: 'it is needed' };
    beforeEach(() => (isThere = false));

    it('stops when nothing works without it, and says what to install', async () => {
      await assert.rejects(provide([{ ...missing, required: true }], null), (error) => error instanceof Problem && /no-such-package/.test(error.hint ?? ''));
    });
    it('goes on when it is only better with it', () => provide([{ ...missing, required: false }], null));
    it('installs it where that is permitted', () => provide([{ ...missing, required: true }], async () => void (isThere = true)));
    it('stops when the installation did not bring it', async () => {
      await assert.rejects(provide([{ ...missing, required: true }], async () => {}), Problem);
    });
    it('installs nothing when nothing is missing', () => provide([{ ...missing, find: () => '/bin/sh', required: true }], () => assert.fail('installed')));
  });

  it('takes the browser that CHROMIUM names, and does not fall back when that is none', () => {
    const before = process.env['CHROMIUM'];
    try {
      process.env['CHROMIUM'] = process.execPath;
      assert.equal(findChromium(), process.execPath);
      process.env['CHROMIUM'] = '/no/such/chromium';
      assert.throws(findChromium, Problem);
    } finally {
      if (before === undefined) delete process.env['CHROMIUM'];
      else process.env['CHROMIUM'] = before;
    }
  });
});
