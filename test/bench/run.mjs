// Builds one bench and runs it:  node test/bench/run.mjs <name> [arguments of the bench]
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { bundlePrograms } from '../../scripts/build/bundles.mjs';

const [name = '', ...args] = process.argv.slice(2);
const root = path.resolve(import.meta.dirname, '..', '..');
const folder = path.join(root, 'test', 'bench', name);
const entries = ['main.ts', 'subject.ts'].map((file) => path.join(folder, file));
if (name === '' || !entries.every((file) => fs.existsSync(file))) throw new Error(`there is no bench ${name}`);
const outdir = path.join(root, 'out', 'bench', name);
await build({ absWorkingDir: root, entryPoints: entries, outdir, bundle: true, platform: 'node', target: 'node20', format: 'esm', packages: 'external', outExtension: { '.js': '.mjs' }, logLevel: 'warning' });
// The thread as the product has it, where the measured program looks for it.
for (const [file, text] of (await bundlePrograms({ workspace: 'src/node/thread/main.ts' }, { outdir, production: true })).files) fs.writeFileSync(file, text);
process.exitCode = spawnSync(process.execPath, [path.join(outdir, 'main.mjs'), ...args], { stdio: 'inherit' }).status ?? 1;
