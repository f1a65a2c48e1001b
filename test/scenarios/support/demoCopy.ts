import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { readRun } from './cli.ts';
import type { Ran } from './cli.ts';

/** One fault, put into a copy of the package: a text of one file is replaced. A file below `src` is bundled anew. */
export interface Breakage {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const contract = 'examples/activations/.bounded/activations.bounded.yaml';
/** A run that cannot come to an end waits for a person after the first vain attempt, so that it does not take long. */
const noRepairs: Breakage = { file: contract, from: 'repairs: 5', to: 'repairs: 0' };
/** What is broken shows at any length; the whole demo runs at those that it is published with. */
const shortTexts: Breakage = { file: contract, from: 'length: [8, 128]', to: 'length: [8, 16]' };

export interface DemoRun extends Ran {
  /** The folder that the demo worked in. */
  readonly workspace: string;
  remove(): void;
}

/** Runs `bounded demo` from a copy of the package with this fault; without one, from a faithful copy. */
export async function runDemo(breakage?: Breakage): Promise<DemoRun> {
  const base = mkdtempSync(path.join(os.tmpdir(), 'bounded-demo-'));
  const root = path.join(base, 'package');
  for (const part of ['dist', 'examples', 'package.json']) cpSync(path.resolve(part), path.join(root, part), { recursive: true });
  if (breakage !== undefined) replace(path.join(root, contract), shortTexts);
  if (breakage?.file.startsWith('src/') === true) await bundle(root, breakage);
  else if (breakage !== undefined) for (const one of [breakage, noRepairs]) replace(path.join(root, one.file), one);
  const workspace = path.join(base, 'work');
  const ran = await demo(path.join(root, 'dist', 'cli.js'), workspace, base);
  return { ...ran, workspace, remove: () => rmSync(base, { recursive: true, force: true }) };
}

function demo(program: string, workspace: string, base: string): Promise<Ran> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: base, XDG_STATE_HOME: path.join(base, 'state') };
  const child = spawn(process.execPath, [program, 'demo', '--dir', workspace, '--json'], { cwd: base, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => { stdout += chunk.toString(); });
  child.stderr.on('data', (chunk: Buffer) => { stderr += chunk.toString(); });
  return new Promise((resolve) => {
    child.once('close', (status) => resolve({ status, stdout, stderr, ...readRun(stdout) }));
  });
}

function replaced(text: string, { file, from, to }: Breakage): string {
  if (!text.includes(from)) throw new Error(`${file} does not contain: ${from}`);
  return text.replace(from, () => to);
}

function replace(file: string, breakage: Breakage): void {
  writeFileSync(file, replaced(readFileSync(file, 'utf8'), breakage));
}

/** The terminal program with one source file changed. */
async function bundle(root: string, breakage: Breakage): Promise<void> {
  const target = path.resolve(breakage.file);
  let met = false;
  await build({
    entryPoints: [path.resolve('src/cli/main.ts')], outfile: path.join(root, 'dist', 'cli.js'), bundle: true, format: 'cjs', platform: 'node', target: 'node20', logLevel: 'warning',
    define: { 'import.meta.url': '__moduleUrl', 'import.meta.dirname': '__dirname' }, banner: { js: 'const __moduleUrl = require("node:url").pathToFileURL(__filename).href;' },
    plugins: [{
      name: 'breakage',
      setup: ({ onLoad }) => onLoad({ filter: new RegExp(`${path.basename(target).replace('.', '\\.')}$`) }, ({ path: file }) => {
        if (file !== target) return undefined;
        met = true;
        return { contents: replaced(readFileSync(file, 'utf8'), breakage), loader: 'ts' };
      }),
    }],
  });
  if (!met) throw new Error(`${breakage.file} is not part of the program`);
}
