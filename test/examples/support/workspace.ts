import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

export const exampleFolder = path.resolve('examples', 'activations');
export const scriptFolder = path.resolve('examples', 'scripted-model', 'scripts', 'activations');
export const scriptFiles = path.join(scriptFolder, 'files');

/** A copy of the example that a test may change; `remove` takes it away again. */
export async function copyOfExample(): Promise<{ readonly root: string; readonly remove: () => Promise<void> }> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'bounded-example-test-'));
  await cp(exampleFolder, root, { recursive: true });
  return { root, remove: () => rm(root, { recursive: true, force: true }) };
}

export interface Ended {
  readonly exit: number;
  readonly stdout: string;
  /** Standard output, then standard error. */
  readonly output: string;
}

/** Runs a program in a folder. Never rejects because of an exit status. */
export function run(root: string, program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd: root, env: { ...process.env, NODE_OPTIONS: '', ...env }, maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
      resolve({ exit: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, output: stdout + stderr });
    });
  });
}
