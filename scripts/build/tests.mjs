import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { inRoot, root } from '../root.mjs';
import { writeFolder } from './outputs.mjs';

const hostSuite = 'test/extension/suite/';

/** Every test file of the project, as paths from its root with forward slashes. */
function testFiles() {
  const all = fs.readdirSync(inRoot('test'), { recursive: true, encoding: 'utf8' });
  return all.filter((file) => file.endsWith('.test.ts')).map((file) => `test/${file.replaceAll(path.sep, '/')}`);
}

/** @type {import('esbuild').BuildOptions} */
const common = { absWorkingDir: root, bundle: true, platform: 'node', target: 'node20', sourcemap: 'inline', write: false, logLevel: 'warning' };

/** @param {import('esbuild').OutputFile[] | undefined} files */
const contents = (files = []) => new Map(files.map((file) => [file.path, file.contents]));

/** Makes `out/test`: the tests that plain Node runs, as ES modules at the same place as their sources. */
export async function buildTests() {
  const outdir = inRoot('out', 'test');
  const { outputFiles } = await build({
    ...common,
    entryPoints: testFiles().filter((file) => !file.startsWith(hostSuite)),
    outbase: inRoot('test'),
    outdir,
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    splitting: true,
    packages: 'external',
  });
  writeFolder(outdir, contents(outputFiles));
}

/** Makes `out/test-extension`: the suite that runs inside VS Code, each file by itself, and the entry that runs them. */
export async function buildHostSuite() {
  const outdir = inRoot('out', 'test-extension');
  const suite = testFiles().filter((file) => file.startsWith(hostSuite));
  const { outputFiles } = await build({
    ...common,
    entryPoints: { index: 'scripts/host/suite.mjs', ...Object.fromEntries(suite.map((file) => [file.slice(hostSuite.length, -'.ts'.length), file])) },
    outdir,
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    external: ['vscode', 'mocha'],
  });
  writeFolder(outdir, contents(outputFiles));
}
