import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { metafilePath } from '../../scripts/build/outputs.mjs';
import { packVsix } from '../../scripts/build/vsix.mjs';
import { runHostSuite } from '../../scripts/host/runSuite.mjs';
import { installVsix } from '../../scripts/host/server.mjs';
import { inRoot } from '../../scripts/root.mjs';

describe('The packaged extension', () => {
  const place = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'bounded-package-'));
  const vsix = path.join(place, 'bounded.vsix');
  /** @type {string} */
  let installed;
  /** Paths from the installed extension, with forward slashes. @type {string[]} */
  let files;

  before(async function () {
    this.timeout(60_000);
    await packVsix(vsix, { quiet: true });
    await installVsix(vsix, path.join(place, 'editor'));
    const extensions = path.join(place, 'editor', 'extensions');
    installed = path.join(extensions, fs.readdirSync(extensions).find((name) => name.startsWith('bounded.bounded-')) ?? '');
    files = filesUnder(installed);
  });

  after(() => fs.rmSync(place, { recursive: true, force: true, maxRetries: 3 }));

  it('has every file that the bundles read at run time', () => {
    const outputs = Object.keys(JSON.parse(fs.readFileSync(metafilePath('programs'), 'utf8')).outputs);
    const wanted = [...outputs, 'dist/webview.js', 'dist/webview.css', 'dist/codicon.css', 'dist/codicon.ttf', 'dist/ThirdPartyNotices.txt'];
    assert.deepEqual(wanted.filter((file) => !files.includes(file)), []);
  });

  it('has every file that its manifest names', () => {
    const manifest = JSON.parse(fs.readFileSync(path.join(installed, 'package.json'), 'utf8'));
    const named = strings(manifest).filter((text) => /^(\.\/)?(dist|media|syntaxes|examples)\/|^\.\//.test(text));
    assert.ok(named.includes('./dist/extension.js'));
    assert.deepEqual(named.filter((file) => !fs.existsSync(path.join(installed, file))), []);
  });

  it('has nothing that does not run: no sources, tests, settings or packages', () => {
    const allowed = /^(package(\.nls.*)?\.json|readme\.md|changelog\.md|LICENSE\.txt|language-configuration\.json|\.vsixmanifest|(dist|media|syntaxes)\/.*|examples\/(activations|scripted-model\/scripts)\/.*)$/i;
    assert.deepEqual(files.filter((file) => !allowed.test(file)), []);
    assert.deepEqual(files.filter((file) => /\.(ts|map)$|node_modules/.test(file)), []);
  });

  it('is small', () => {
    assert.ok(fs.statSync(vsix).size < 3 * 2 ** 20, `${fs.statSync(vsix).size} bytes`);
  });

  it('comes to life in VS Code', async function () {
    this.timeout(120_000);
    assert.equal(await runHostSuite({ extension: inRoot('test', 'tooling', 'probe'), tests: inRoot('test', 'tooling', 'probe', 'suite.cjs'), vsix }), 0);
  });
});

/** @param {string} folder */
const filesUnder = (folder) => fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'));

/** Every text in a JSON value. @param {unknown} value @returns {string[]} */
function strings(value) {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}
