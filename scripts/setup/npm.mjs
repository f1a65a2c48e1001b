import { onPath, run } from '../programs.mjs';
import { Problem } from '../problem.mjs';

/**
 * Runs npm, which has to succeed. No package's install script runs.
 * @param {readonly string[]} args @param {{ cwd: string }} options
 */
export async function npm(args, { cwd }) {
  const [command, ...first] = program();
  const { status, output } = await run(command, [...first, ...args, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd, quiet: true });
  if (status !== 0) throw new Problem(`npm ${args.join(' ')} ended with status ${status}.\n${beginning(output)}`, advice(output));
}

/** The npm that runs us, otherwise the one on PATH. @returns {[string, ...string[]]} */
function program() {
  const running = process.env['npm_execpath'];
  if (running !== undefined && /\.c?js$/.test(running)) return [process.execPath, running];
  const found = onPath('npm');
  if (found === undefined) throw new Problem('npm was not found.', 'Install Node 20.19 or newer together with its npm.');
  return [found];
}

/** Enough of what npm says; after that it explains its own options. @param {string} output */
const beginning = (output) => output.trim().split('\n').filter((line) => !/^npm error *$/.test(line)).slice(0, 8).join('\n');

/** @param {string} output */
export function advice(output) {
  if (/EUSAGE|not in sync/.test(output)) return 'package.json and package-lock.json do not agree: run npm install and look at what it changes.';
  if (/EINTEGRITY/.test(output)) return 'The registry, or the way to it, sent other bytes than those that were locked. Do not use them.';
  if (/ENOSPC/.test(output)) return 'The disk is full.';
  return "npm needs its registry once. Offline or behind a proxy: set npm's `registry`, `proxy` or `cafile`, then try again.";
}
