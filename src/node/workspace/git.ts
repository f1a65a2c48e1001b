import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

/** One git process: arguments, never a shell. */
export interface GitCall {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: Buffer | Readable;
  /** Exit statuses that are an answer rather than a failure; 0 always is. */
  readonly also?: readonly number[];
  /** Most bytes of output that are kept; the process is ended beyond it and the answer is `truncated`. */
  readonly limit?: number;
  readonly timeoutMs?: number;
}

export interface GitAnswer {
  readonly status: number;
  readonly stdout: Buffer;
  readonly truncated: boolean;
}

/** Runs git. A process that ends with a status that was not expected throws a `GitFailure`. */
export interface Git {
  run(call: GitCall): Promise<GitAnswer>;
  /** The output while it comes. Leaving the loop early ends the process. */
  stream(call: GitCall): AsyncIterable<Buffer>;
}

/** A git process that failed: its arguments and what it said. */
export class GitFailure extends Error {
  readonly status: number | null;

  constructor(args: readonly string[], status: number | null, stderr: string) {
    super(`git ${args.slice(0, 4).join(' ')} ended with status ${status ?? 'none'}: ${stderr.trim() || 'no message'}`);
    this.name = 'GitFailure';
    this.status = status;
  }
}

/**
 * The whole environment of our git processes: nothing of the user's configuration, no prompts, no optional locks, no
 * replacement objects, no hooks, no file system monitor, no transport.
 */
export function gitEnvironment(home: string): Record<string, string> {
  const fixed: [string, string][] = [
    ['core.fsmonitor', 'false'], ['core.hooksPath', '/dev/null'], ['core.quotePath', 'false'], ['core.untrackedCache', 'false'],
    ['core.fsync', 'committed,loose-object,reference'], ['gc.auto', '0'], ['maintenance.auto', 'false'],
    ['protocol.allow', 'never'], ['safe.bareRepository', 'explicit'], ['safe.directory', '*'],
  ];
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '', HOME: home, XDG_CONFIG_HOME: home, LANG: 'C', LC_ALL: 'C', TZ: 'UTC',
    GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_ATTR_NOSYSTEM: '1', GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1', GIT_NO_LAZY_FETCH: '1', GIT_LITERAL_PATHSPECS: '1', GIT_PAGER: 'cat', GIT_CONFIG_COUNT: String(fixed.length),
  };
  fixed.forEach(([key, value], index) => Object.assign(env, { [`GIT_CONFIG_KEY_${index}`]: key, [`GIT_CONFIG_VALUE_${index}`]: value }));
  const root = process.env['SystemRoot'];
  return root === undefined ? env : { ...env, SystemRoot: root };
}

export function gitRunner(program: string, base: Readonly<Record<string, string>>, directory: string): Git {
  const start = (call: GitCall) => startProcess(program, call, { ...base, ...call.env }, call.cwd ?? directory);
  return {
    async run(call) {
      const { child, ended } = start(call);
      const out = collect(child.stdout, call.limit ?? Number.POSITIVE_INFINITY, () => child.kill('SIGKILL'));
      let late = false;
      const timer = call.timeoutMs === undefined ? undefined : setTimeout(() => { late = true; child.kill('SIGKILL'); }, call.timeoutMs);
      const { status, stderr } = await ended.finally(() => clearTimeout(timer));
      const truncated = out.over || late;
      if (!truncated) requireStatus(call, status, stderr);
      return { status: status ?? -1, stdout: Buffer.concat(out.chunks), truncated };
    },
    async *stream(call) {
      const { child, ended } = start(call);
      let whole = false;
      try {
        for await (const chunk of child.stdout) yield chunk as Buffer;
        whole = true;
      } finally {
        if (!whole) child.kill('SIGKILL');
        const { status, stderr } = await ended;
        if (whole) requireStatus(call, status, stderr);
      }
    },
  };
}

function requireStatus(call: GitCall, status: number | null, stderr: string): void {
  if (status !== 0 && (status === null || call.also?.includes(status) !== true)) throw new GitFailure(call.args, status, stderr);
}

interface Started {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly ended: Promise<{ readonly status: number | null; readonly stderr: string }>;
}

function startProcess(program: string, call: GitCall, env: Readonly<Record<string, string>>, cwd: string): Started {
  const child = spawn(program, call.args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
  const err = collect(child.stderr, 65_536, () => undefined);
  const ended = new Promise<{ status: number | null; stderr: string }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stderr: Buffer.concat(err.chunks).toString('utf8') }));
    // A process that ends before it has read its input says so by its status.
    child.stdin.on('error', () => undefined);
    if (call.input === undefined || Buffer.isBuffer(call.input)) child.stdin.end(call.input);
    else call.input.once('error', (error) => { child.kill('SIGKILL'); reject(error); }).pipe(child.stdin);
  });
  // Whoever leaves a stream early still waits for the end; until then a failure must not count as unhandled.
  ended.catch(() => undefined);
  return { child, ended };
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
