import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { build } from 'esbuild';

/** Bundles a program of this folder so that any Node can run it; answers its file. */
export async function buildProgram(name: string, folder: string): Promise<string> {
  const outfile = path.join(folder, `${name}.mjs`);
  await build({ entryPoints: [path.resolve('test/node/journal/support', `${name}.ts`)], bundle: true, platform: 'node', format: 'esm', target: 'node20', outfile, logLevel: 'error' });
  return outfile;
}

export interface Program {
  readonly pid: number;
  /** The next line of its output, or undefined when there is no more. */
  line(): Promise<string | undefined>;
  /** Every further line until its end. */
  rest(): Promise<string[]>;
  write(text: string): void;
  signal(signal: NodeJS.Signals): void;
  /** Ends it with SIGKILL and waits until it is gone. */
  kill(): Promise<void>;
}

const living = new Set<ChildProcessByStdio<Writable, Readable, null>>();

/** Starts a program; `endPrograms` ends what a failed test left running. */
export function startProgram(file: string, args: readonly string[], node = process.execPath): Program {
  const child = spawn(node, [file, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  living.add(child);
  const gone = once(child, 'close').then(() => void living.delete(child));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string | undefined> => ((await lines.next()) as IteratorResult<string, undefined>).value;
  return {
    pid: child.pid ?? 0,
    line,
    rest: async () => {
      const all: string[] = [];
      for (let next = await line(); next !== undefined; next = await line()) all.push(next);
      return all;
    },
    write: (text) => void child.stdin.write(text),
    signal: (signal) => void child.kill(signal),
    kill: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** For `afterEach`: nothing outlives a test. */
export async function endPrograms(): Promise<void> {
  await Promise.all([...living].map((child) => (child.kill('SIGKILL') ? once(child, 'close') : undefined)));
}
