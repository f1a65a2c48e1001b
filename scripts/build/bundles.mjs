import fs from 'node:fs';
import path from 'node:path';
import { build, transform } from 'esbuild';
import { root } from '../root.mjs';
import { englishZodOnly } from './zodLocales.mjs';

/** @typedef {import('esbuild').Metafile} Metafile */
/** @typedef {{ outdir: string, production: boolean }} BuildOptions */

const nodeTarget = 'node20';

/** Production keeps the names: a stack trace that a user sends in can be read. @param {boolean} production */
const size = (production) => ({ minifyWhitespace: production, minifySyntax: production, legalComments: /** @type {const} */ ('eof') });

/** @param {boolean} production */
const sourcemap = (production) => (production ? false : /** @type {const} */ ('inline'));

/**
 * Bundles programs for Node together. What is imported by `import()` becomes a file of its own that is read on first use, and what
 * several of them need is shared and exists once. esbuild splits ES modules only, VS Code wants CommonJS: the second step translates
 * each file by itself, where `import()` becomes a `require` that waits.
 * @param {Record<string, string>} entryPoints source files by the name of their output @param {BuildOptions} options @returns {Promise<Metafile>}
 */
export async function bundlePrograms(entryPoints, { outdir, production }) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: nodeTarget,
    external: ['vscode'],
    chunkNames: '[name]-[hash]',
    define: { 'import.meta.url': '__moduleUrl', 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
    plugins: [englishZodOnly],
    sourcemap: sourcemap(production),
    ...size(production),
    metafile: true,
    write: false,
    logLevel: 'warning',
  });
  await Promise.all(outputFiles.map((file) => writeCommonJs(file, production)));
  return metafile;
}

const moduleUrl = `const __moduleUrl = require('node:url').pathToFileURL(__filename).href;\n`;

/** @param {import('esbuild').OutputFile} file @param {boolean} production */
async function writeCommonJs({ path: file, text }, production) {
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: nodeTarget,
    supported: { 'dynamic-import': false },
    sourcemap: sourcemap(production),
    sourcefile: path.basename(file),
    ...size(production),
  });
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, (code.includes('__moduleUrl') ? moduleUrl : '') + code);
}

/** Bundles what a browser runs, each entry into one file. @param {Record<string, string>} entryPoints @param {BuildOptions} options @returns {Promise<Metafile>} */
export async function bundlePage(entryPoints, { outdir, production }) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir,
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    external: ['*.ttf'],
    sourcemap: sourcemap(production),
    ...size(production),
    metafile: true,
    logLevel: 'warning',
  });
  return metafile;
}
