import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { bundlePrograms } from '../../scripts/build/bundles.mjs';
import { metafilePath, packagesIn, readAtOnce, writeFolder } from '../../scripts/build/outputs.mjs';
import { inRoot } from '../../scripts/root.mjs';

/** What VS Code reads to activate the extension; the rest waits until it is used. */
const mostBytesAtOnce = 60 * 1024;

describe('The bundles', () => {
  it('read little and no package when the extension is activated', () => {
    const metafile = JSON.parse(fs.readFileSync(metafilePath('programs'), 'utf8'));
    const atOnce = readAtOnce(metafile, 'dist/extension.js');
    assert.deepEqual([...packagesIn(metafile, atOnce)], []);
    const bytes = [...atOnce].reduce((total, file) => total + fs.statSync(inRoot(file)).size, 0);
    assert.ok(bytes <= mostBytesAtOnce, `${[...atOnce].join(' + ')} are ${bytes} bytes`);
  });

  it('have a terminal program that a shell can start', () => {
    assert.match(fs.readFileSync(inRoot('dist', 'cli.js'), 'utf8'), /^#!\/usr\/bin\/env node\n/);
    assert.ok((fs.statSync(inRoot('dist', 'cli.js')).mode & 0o111) !== 0);
  });

  it('name the licence of every package whose code they contain', () => {
    const metafile = JSON.parse(fs.readFileSync(metafilePath('programs'), 'utf8'));
    const notices = fs.readFileSync(inRoot('dist', 'ThirdPartyNotices.txt'), 'utf8');
    for (const name of packagesIn(metafile, Object.keys(metafile.outputs))) assert.match(notices, new RegExp(`^${name} \\d`, 'm'));
  });
});

describe('A bundled program', () => {
  /** @type {string} */
  let place;
  before(() => (place = fs.mkdtempSync(inRoot('out', 'bundle-'))));
  after(() => fs.rmSync(place, { recursive: true, force: true }));

  /** Bundles and runs files of which `main.ts` is the first. @param {Record<string, string>} files @param {boolean} production */
  async function ran(files, production) {
    const outdir = fs.mkdtempSync(path.join(place, 'dist-'));
    for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(place, name), text);
    const { metafile, files: bundled } = await bundlePrograms({ main: path.join(place, 'main.ts') }, { outdir, production });
    writeFolder(outdir, bundled);
    const output = execFileSync(process.execPath, ['--enable-source-maps', path.join(outdir, 'main.js')], { encoding: 'utf8' }).trim();
    return { metafile, outdir, main: path.relative(inRoot(), path.join(outdir, 'main.js')).replaceAll(path.sep, '/'), output };
  }

  const lazy = {
    'main.ts': `import { state } from './state.ts';\nvoid (async () => { state.count++; const { seen } = await import('./late.ts'); console.log(seen(), import.meta.url.startsWith('file:')); })();\n`,
    'late.ts': `import { z } from 'zod';\nimport { state } from './state.ts';\nexport const seen = (): string => z.string().parse(String(state.count));\n`,
    'state.ts': `export const state = { count: 0 };\n`,
  };

  for (const production of [false, true]) {
    it(`reads what it import()s on first use and shares modules with it${production ? ', in production' : ''}`, async () => {
      const { metafile, main, output } = await ran(lazy, production);
      assert.equal(output, '1 true');
      assert.deepEqual([...packagesIn(metafile, readAtOnce(metafile, main))], []);
      assert.ok(packagesIn(metafile, Object.keys(metafile.outputs)).has('zod'));
    });
  }

  it('leaves the foreign languages of zod out', async () => {
    const { metafile } = await ran(lazy, true);
    const languages = Object.keys(metafile.inputs).filter((file) => file.includes('zod/v4/locales/'));
    assert.deepEqual(languages.map((file) => path.basename(file)).sort(), ['en.js', 'index.js']);
  });

  it('points to its sources in a stack trace while it is developed', async () => {
    const { output } = await ran({ 'main.ts': `export interface Nothing {\n  readonly nothing: true;\n}\nconsole.log(new Error('here').stack);\n` }, false);
    assert.match(output, /main\.ts:4:/);
  });
});

describe('A folder that is built', () => {
  it('holds exactly what was made; a file that stays the same is not written again', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bounded-built-'));
    fs.mkdirSync(path.join(folder, 'deep'));
    for (const name of ['same.js', 'changed.js', 'old.js', 'deep/old.js']) fs.writeFileSync(path.join(folder, name), 'before');
    const { ino } = fs.statSync(path.join(folder, 'same.js'));
    writeFolder(folder, new Map(Object.entries({ 'same.js': 'before', 'changed.js': 'after', 'new/file.js': 'new' }).map(([name, text]) => [path.join(folder, name), text])));
    assert.deepEqual(fs.readdirSync(folder, { recursive: true }).sort(), ['changed.js', 'deep', 'new', 'new/file.js', 'same.js']);
    assert.equal(fs.readFileSync(path.join(folder, 'changed.js'), 'utf8'), 'after');
    assert.equal(fs.statSync(path.join(folder, 'same.js')).ino, ino);
    fs.rmSync(folder, { recursive: true });
  });
});
