import { execFileSync, spawn } from 'node:child_process';
import { createReadStream, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** A process that stands still right after one of its calls to the system. */
export interface Moment {
  /** Counts from 1, over all processes that stand still. */
  readonly number: number;
  /** The call as strace shows it. */
  readonly call: string;
}

/**
 * Calls after which the disk holds something else, or holds it for good. Not those that make and remove folders: a sandbox makes a hundred of them,
 * and an empty folder more or less is part of the next moment.
 */
const changing = ['fsync', 'fdatasync', 'rename', 'renameat', 'renameat2', 'link', 'linkat', 'unlink', 'unlinkat', 'truncate', 'ftruncate'];

/** Why moments cannot be had on this machine, undefined where they can. */
export function noMoments(): string | undefined {
  if (process.platform !== 'linux') return 'stopping a program between two calls to the system needs Linux';
  try {
    execFileSync('strace', ['-f', '-o', '/dev/null', 'true'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'stopping a program between two calls to the system needs strace (Debian and Ubuntu: apt-get install strace)';
  }
}

export interface Stopped {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Whether the programs that it starts stand still as well: each of their calls takes many times as long then, whether it is one of these or not. */
  readonly children: boolean;
  /** Called while the process stands still; it goes on when this resolves. `stdout`: what the program has said so far. */
  readonly at: (moment: Moment, stdout: () => string) => Promise<void>;
}

let fifos = 0;

/** Runs a program and lets it stand still after each call that changes the disk. */
export async function momentByMoment(command: readonly string[], { cwd, env, children, at }: Started): Promise<Stopped> {
  const fifo = path.join(os.tmpdir(), `bounded-moments-${process.pid}-${(fifos += 1)}`);
  execFileSync('mkfifo', [fifo]);
  const set = changing.join(',');
  const child = spawn('strace', ['-f', ...(children ? [] : ['-b', 'execve']), '-s', '200', '-e', `trace=${set}`, '-e', `inject=${set}:signal=SIGSTOP`, '-o', fifo, ...command], { cwd, env: { ...env, UV_THREADPOOL_SIZE: '1' }, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => { stdout += chunk.toString(); });
  child.stderr.on('data', (chunk: Buffer) => { stderr += chunk.toString(); });
  const ended = new Promise<number | null>((resolve) => { child.once('close', resolve); });
  try {
    await follow(fifo, (moment) => at(moment, () => stdout));
  } finally {
    rmSync(fifo, { force: true });
  }
  return { status: await ended, stdout, stderr };
}

async function follow(fifo: string, at: (moment: Moment) => Promise<void>): Promise<void> {
  const calls = new Map<number, string>();
  const struck = new Set<number>();
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(fifo) })) {
    const [, id = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const thread = Number(id);
    if (rest.startsWith('--- SIGSTOP')) struck.add(thread);
    // Every thread of the process says that it stands still; the one that was struck says it for all of them.
    else if (rest === '--- stopped by SIGSTOP ---' && struck.delete(thread)) {
      try {
        await at({ number: (number += 1), call: calls.get(thread) ?? '' });
      } finally {
        goOn(thread);
      }
    } else if (!rest.startsWith('---') && !rest.startsWith('+++')) calls.set(thread, rest);
  }
}

function goOn(thread: number): void {
  try {
    process.kill(thread, 'SIGCONT');
  } catch (error) {
    // It took too long for whoever started it, and was ended.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
