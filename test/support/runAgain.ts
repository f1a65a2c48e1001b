import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** How the process is begun that runs tests once more. */
export interface Beginning {
  /** A program with its arguments that starts the one after them. */
  readonly by?: readonly string[];
  /** Descriptors from 3 on, by their numbers. */
  readonly descriptors?: Readonly<Record<number, number>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs tests of one file (its `import.meta.url`), those with `grep` in their titles, in a process that is begun another way. Answers whether there were some and all passed, and what mocha said. */
export async function runAgain(file: string, grep: string, { by = [], descriptors = {}, env = {} }: Beginning): Promise<{ readonly passed: boolean; readonly output: string }> {
  const [program = process.execPath, ...args] = [...by, process.execPath, path.resolve('node_modules/mocha/bin/mocha.js'), fileURLToPath(file), '--grep', grep];
  const more = Array.from({ length: Math.max(2, ...Object.keys(descriptors).map(Number)) - 2 }, (_, index) => descriptors[index + 3] ?? 'ignore' as const);
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe', ...more] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => { output += chunk.toString(); });
  child.once('error', (error) => { output += error.message; });
  const status = await new Promise((resolve) => { child.once('close', resolve); });
  return { passed: status === 0 && /^\s*[1-9]\d* passing/m.test(output), output };
}
