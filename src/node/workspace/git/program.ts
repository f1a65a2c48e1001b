import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** One process: a program and its arguments, never a shell, with exactly this environment. */
export interface ProgramCall {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly input?: Buffer | Readable;
  /** Most bytes of output that are kept; the process is ended beyond it. */
  readonly limit?: number;
  /** The process is ended after this time. */
  readonly timeoutMs?: number;
  /** The process is ended when this aborts; whoever waits for it gets an error. */
  readonly signal?: AbortSignal;
}

export interface ProgramAnswer {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** It was ended for its output or its time. */
  readonly truncated: boolean;
}

export interface Started {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly ended: Promise<{ readonly status: number | null; readonly stderr: string }>;
}

/** Runs a program to its end. Rejects when it cannot be started. */
export async function runProgram(call: ProgramCall): Promise<ProgramAnswer> {
  const { child, ended } = startProgram(call);
  const out = collect(child.stdout, call.limit ?? Number.POSITIVE_INFINITY, () => child.kill('SIGKILL'));
  let late = false;
  const end = () => {
    late = true;
    child.kill('SIGKILL');
  };
  const timer = call.timeoutMs === undefined ? undefined : setTimeout(end, call.timeoutMs);
  const { status, stderr } = await ended.finally(() => clearTimeout(timer));
  return { status, stdout: Buffer.concat(out.chunks), stderr, truncated: out.over || late };
}

/** Starts a program; whoever reads its output also waits for `ended`. */
export function startProgram(call: ProgramCall): Started {
  const child = spawn(call.program, call.args, { cwd: call.cwd, env: call.env, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true, killSignal: 'SIGKILL', ...(call.signal === undefined ? {} : { signal: call.signal }) });
  const err = collect(child.stderr, 65_536, () => undefined);
  const ended = new Promise<{ status: number | null; stderr: string }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stderr: Buffer.concat(err.chunks).toString('utf8') }));
    // A process that ends before it has read its input says so by its status.
    child.stdin.on('error', () => undefined);
    feed(child.stdin, call.input, (error) => {
      child.kill('SIGKILL');
      reject(error);
    });
  });
  // Whoever leaves the output early still waits for the end; until then a failure must not count as unhandled.
  ended.catch(() => undefined);
  return { child, ended };
}

function feed(stdin: Writable, input: ProgramCall['input'], onError: (error: Error) => void): void {
  if (input === undefined || Buffer.isBuffer(input)) stdin.end(input);
  else input.once('error', onError).pipe(stdin);
}

interface Collected {
  readonly chunks: Buffer[];
  over: boolean;
}

function collect(stream: Readable, limit: number, onOver: () => void): Collected {
  const collected: Collected = { chunks: [], over: false };
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    if (size < limit) collected.chunks.push(chunk.subarray(0, limit - size));
    size += chunk.length;
    if (size <= limit || collected.over) return;
    collected.over = true;
    onOver();
  });
  return collected;
}
