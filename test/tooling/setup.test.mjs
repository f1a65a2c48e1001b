import assert from 'node:assert/strict';
import fs from 'node:fs';
import { isInstalled, requireNode } from '../../scripts/setup/dependencies.mjs';
import { advice } from '../../scripts/setup/npm.mjs';
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

  describe('has lock files', () => {
    const locks = ['package-lock.json', 'scripts/setup/vscodeHost.lock.json'].map((file) => /** @type {const} */ ([file, lockedPackages(file)]));

    it('that name the bytes of every package and no address of a registry', () => {
      for (const [, packages] of locks) {
        for (const [where, { integrity, resolved, optional }] of Object.entries(packages).filter(([where]) => where !== '')) {
          // What is made for one platform only may be missing where the lock file was written, but then it is optional.
          if (optional !== true || integrity !== undefined) assert.match(integrity ?? '', /^sha512-/, where);
          assert.equal(resolved, undefined, where);
        }
      }
    });

    it('that npm ci accepts on every platform: what a package asks for is there, also where this registry does not have it', () => {
      for (const [file, packages] of locks) {
        const missing = Object.entries(packages).flatMap(([where, { dependencies, optionalDependencies }]) =>
          Object.keys({ ...dependencies, ...optionalDependencies }).filter((name) => !isLocked(packages, where, name)).map((name) => `${file}: ${name}, for ${where}`));
        assert.deepEqual(missing, []);
      }
    });
  });

  it('says what to do when npm fails', () => {
    assert.match(advice('npm error code EUSAGE\nnpm error `npm ci` can only install packages when …'), /npm install/);
    assert.match(advice('npm error code EINTEGRITY'), /other bytes/);
    assert.match(advice('npm error code ENOTFOUND\nnpm error getaddrinfo ENOTFOUND registry'), /proxy/);
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

/** @typedef {Record<string, { integrity?: string, resolved?: string, optional?: boolean, dependencies?: object, optionalDependencies?: object }>} Locked */

/** @param {string} file @returns {Locked} */
function lockedPackages(file) {
  return JSON.parse(fs.readFileSync(inRoot(file), 'utf8')).packages;
}

/** Whether Node would find a package from another one: beside it or in a folder above. @param {Locked} packages @param {string} where @param {string} name */
function isLocked(packages, where, name) {
  const above = where.split('/node_modules/').map((_part, depth, parts) => parts.slice(0, parts.length - depth).join('/node_modules/'));
  return [...above, ''].some((folder) => `${folder === '' ? '' : `${folder}/`}node_modules/${name}` in packages);
}
