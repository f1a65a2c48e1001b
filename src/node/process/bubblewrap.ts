import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { SandboxFeatures } from './sandboxArgs.ts';

/** The bubblewrap of this machine. */
export interface Bubblewrap {
  readonly program: string;
  readonly version: string;
  readonly features: SandboxFeatures;
}

const run = promisify(execFile);
const options = { env: {}, timeout: 10_000 };

/** Asks bubblewrap what it is and can do, or says why there is none. */
export async function findBubblewrap(search: string | Promise<string | undefined>): Promise<Bubblewrap | { readonly missing: string }> {
  if (process.platform !== 'linux') return { missing: `no sandbox is known for ${process.platform}` };
  const program = await search;
  if (program === undefined) return { missing: 'bubblewrap is not installed' };
  try {
    const version = (await run(program, ['--version'], options)).stdout.trim();
    const { stdout, stderr } = await run(program, ['--help'], options);
    const help = stdout + stderr;
    return { program, version, features: { size: help.includes('--size'), disableUserns: help.includes('--disable-userns') && (await canDisable(program)) } };
  } catch (error) {
    return { missing: `bubblewrap does not run: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Where bubblewrap has the rights of its owner, it refuses this option although it knows it. */
async function canDisable(program: string): Promise<boolean> {
  const args = ['--unshare-user', '--disable-userns', '--ro-bind', '/', '/', 'true'];
  return run(program, args, { ...options, env: { PATH: '/usr/bin:/bin' } }).then(() => true, () => false);
}
