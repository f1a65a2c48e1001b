import path from 'node:path';
import { build, transform } from 'esbuild';
import { root } from '../root.mjs';
import { englishZodOnly } from './zodLocales.mjs';

/**
 * What a bundler made: the text of each file by its absolute path, not yet written, and what it consists of.
 * @typedef {{ files: Map<string, string>, metafile: import('esbuild').Metafile }} Bundle
 */
/** @typedef {{ outdir: string, production: boolean }} BundleOptions */

const nodeTarget = 'node20';

/** Production keeps the names: a stack trace that a user sends in can be read. @param {boolean} production */
const size = (production) => ({ minifyWhitespace: production, minifySyntax: production, legalComments: /** @type {const} */ ('eof') });

/** @param {boolean} production */
const sourcemap = (production) => (production ? false : /** @type {const} */ ('inline'));

/**
 * Bundles programs for Node together. What is imported by `import()` becomes a file of its own that is read on first use, and what
 * several of them need is shared and exists once. esbuild splits ES modules only, VS Code wants CommonJS: the second step translates
 * each file by itself, where `import()` becomes a `require` that waits.
 * @param {Record<string, string>} entryPoints source files by the name of their output @param {BundleOptions} options @returns {Promise<Bundle>}
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
  const files = await Promise.all(outputFiles.map(async (file) => /** @type {const} */ ([file.path, await asCommonJs(file, production)])));
  return { files: new Map(files), metafile };
}

const moduleUrl = `const __moduleUrl = require('node:url').pathToFileURL(__filename).href;\n`;

/** @param {import('esbuild').OutputFile} file @param {boolean} production */
async function asCommonJs({ path: file, text }, production) {
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: nodeTarget,
    supported: { 'dynamic-import': false },
    sourcemap: sourcemap(production),
    sourcefile: path.basename(file),
    ...size(production),
  });
  return (code.includes('__moduleUrl') ? moduleUrl : '') + code;
}

/** Bundles what a browser runs, each entry into one file. @param {Record<string, string>} entryPoints @param {BundleOptions} options @returns {Promise<Bundle>} */
export async function bundlePage(entryPoints, { outdir, production }) {
  const { outputFiles, metafile } = await build({
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
    write: false,
    logLevel: 'warning',
  });
  return { files: new Map(outputFiles.map((file) => [file.path, file.text])), metafile };
}
