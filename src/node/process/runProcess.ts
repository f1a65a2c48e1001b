import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Stream } from 'node:stream';
import type { Signal } from '../../agent/ports.ts';
import { withoutInherited } from './descriptors.ts';
import { openPipes, type OutputPipe } from './outputPipe.ts';
import { gone, killTree, markerOf, signalGroup } from './processTree.ts';

export interface ProcessRequest {
  /** Name of the call, which all its processes carry. */
  readonly call: string;
  /** Program and arguments; no shell. */
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** A private folder that exists, for the pipes of the output. */
  readonly temp: string;
  readonly timeoutMs: number;
  /** Bytes of output after which the process is ended. */
  readonly outputLimit: number;
  /** Standard error goes where standard output goes, in the order of writing. */
  readonly merged: boolean;
  /** The program is bubblewrap with `--json-status-fd 3`; it has the tree in a process namespace of its own. */
  readonly confined: boolean;
  readonly onOutput: (chunk: Buffer, stream: 'stdout' | 'stderr') => void;
}

export interface ProcessEnd {
  /** The process could not be started. */
  readonly spawnError?: string;
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly timedOut: boolean;
  readonly aborted: boolean;
  /** It was ended because it wrote more than the limit. */
  readonly flooded: boolean;
  /** Processes that were still running when the first one had ended, and were killed. */
  readonly survivors: number;
  readonly ms: number;
}

/** Milliseconds that a process has to end by itself after SIGTERM. */
const grace = 500;
/** Milliseconds that output may still take when no process is left to write it. */
const drainLimit = 1000;

/**
 * Runs one process to its end and resolves when its whole tree is dead and its output has been delivered. Never throws:
 * what cannot be started is a `spawnError`. Standard input is empty.
 */
export async function runProcess(request: ProcessRequest, signal: Signal): Promise<ProcessEnd> {
  const started = performance.now();
  const nothing = { exit: null, signal: null, timedOut: false, aborted: signal.aborted, flooded: false, survivors: 0 };
  if (signal.aborted) return { ...nothing, ms: 0 };
  let pipes: readonly OutputPipe[] = [];
  try {
    pipes = await openPipes(request.temp, request.merged ? 1 : 2);
    // Stopped while the pipes were opened: then nothing of it shall have run.
    if (isAborted(signal)) return { ...nothing, aborted: true, ms: performance.now() - started };
    return { ...(await new Running(request, pipes).end(signal)), ms: performance.now() - started };
  } catch (error) {
    return { ...nothing, spawnError: error instanceof Error ? error.message : String(error), ms: performance.now() - started };
  } finally {
    for (const pipe of pipes) {
      pipe.closeWriter();
      pipe.source.destroy();
    }
  }
}

class Running {
  readonly #request: ProcessRequest;
  readonly #marker: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<{ readonly exit: number | null; readonly signal: NodeJS.Signals | null }>;
  readonly #drained: Promise<unknown>;
  readonly #told: Promise<void>;
  #status = '';
  #bytes = 0;
  #why: 'timedOut' | 'aborted' | 'flooded' | undefined;
  #killing: Promise<number> | undefined;

  constructor(request: ProcessRequest, pipes: readonly OutputPipe[]) {
    this.#request = request;
    this.#marker = markerOf(request.call);
    const [out, err = out] = pipes;
    const [name, value = ''] = this.#marker.split('=');
    const [program, ...args] = request.argv;
    this.#drained = Promise.all(pipes.map((pipe, index) => this.#collect(pipe.source, index === 0 ? 'stdout' : 'stderr')));
    const streams = ['ignore', out?.fd ?? 'ignore', err?.fd ?? 'ignore', ...(request.confined ? ['pipe' as const] : [])] as const;
    this.#child = withoutInherited(streams.length, (rest) => spawn(program, args, {
      cwd: request.cwd, env: { ...request.env, [name ?? '']: value }, detached: true, windowsHide: true, stdio: [...streams, ...rest],
    }));
    for (const pipe of pipes) pipe.closeWriter();
    this.#told = this.#listen(this.#child.stdio[3]);
    this.#exited = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('exit', (exit, signal) => resolve({ exit, signal }));
    });
  }

  /** Waits for the end, whoever brings it about. */
  async end(signal: Signal): Promise<Omit<ProcessEnd, 'ms'>> {
    const timer = setTimeout(() => this.#stop('timedOut'), this.#request.timeoutMs);
    const onAbort = () => this.#stop('aborted');
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const ended = await this.#exited;
      // What was stopped does no work while its last words are waited for.
      if (this.#why !== undefined) await this.#killRest();
      await within(drainLimit, this.#told);
      const survivors = await this.#sweep(ended);
      await within(drainLimit, this.#drained);
      return { ...this.#outcome(ended), ...this.#reasons(), survivors: this.#why === undefined ? survivors : 0 };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    }
  }

  #collect(source: Readable, stream: 'stdout' | 'stderr'): Promise<void> {
    return new Promise((resolve) => {
      source.once('close', resolve);
      source.on('error', () => source.destroy());
      source.on('data', (chunk: Buffer) => {
        if (this.#why === 'flooded') return;
        this.#bytes += chunk.length;
        this.#request.onOutput(chunk, stream);
        if (this.#bytes > this.#request.outputLimit) this.#stop('flooded');
      });
    });
  }

  /** Asks the process to end, and makes it end where it does not. */
  #stop(why: 'timedOut' | 'aborted' | 'flooded'): void {
    const { pid } = this.#child;
    if (this.#why !== undefined || pid === undefined) return;
    this.#why = why;
    signalGroup(pid, 'SIGTERM');
    const timer = setTimeout(() => { this.#killing ??= killTree({ leader: pid, marker: this.#marker }); }, grace);
    void this.#exited.then(() => clearTimeout(timer));
  }

  /** Leaves nothing of the tree alive; answers how many processes outlived the first one. */
  async #sweep(ended: { readonly signal: NodeJS.Signals | null }): Promise<number> {
    if (this.#request.confined) {
      // Where bubblewrap is ended while it sets the sandbox up, its child may live on: it asks to die with its parent only a moment after it begins.
      // What stands around a sandbox, to lay an overlay, is in no namespace of processes either.
      if (this.#why !== undefined || ended.signal !== null) await this.#killRest();
      const first = /"child-pid": (\d+)/.exec(this.#status)?.[1];
      // The kernel ends a process namespace with its first process, and that one only when all others are dead.
      if (first !== undefined) await gone(Number(first));
      return 0;
    }
    return this.#killRest();
  }

  async #killRest(): Promise<number> {
    const { pid } = this.#child;
    await this.#killing;
    return pid === undefined ? 0 : killTree({ leader: pid, marker: this.#marker });
  }

  /** What bubblewrap says about the command comes on a pipe of its own, possibly after its end. */
  #listen(status: Stream | null | undefined): Promise<void> {
    if (status === null || status === undefined) return Promise.resolve();
    status.on('data', (chunk: Buffer) => { this.#status += chunk.toString('utf8'); });
    return new Promise((resolve) => { status.once('close', resolve); });
  }

  #reasons(): Pick<ProcessEnd, 'timedOut' | 'aborted' | 'flooded'> {
    return { timedOut: this.#why === 'timedOut', aborted: this.#why === 'aborted', flooded: this.#why === 'flooded' };
  }

  /** Bubblewrap's own status is not the command's: that one it writes to the status pipe, if the command ran at all. */
  #outcome(ended: { readonly exit: number | null; readonly signal: NodeJS.Signals | null }): Pick<ProcessEnd, 'exit' | 'signal' | 'spawnError'> {
    if (!this.#request.confined) return ended;
    const exit = /"exit-code": (\d+)/.exec(this.#status)?.[1];
    if (exit !== undefined) return { exit: Number(exit), signal: null };
    if (this.#why !== undefined) return { exit: null, signal: ended.signal ?? 'SIGKILL' };
    return { exit: null, signal: ended.signal, ...(ended.signal === null ? { spawnError: `the sandbox could not be set up (bubblewrap ended with status ${ended.exit})` } : {}) };
  }
}

/** Asked once more: it changes while one waits. */
const isAborted = (signal: Signal): boolean => signal.aborted;

/** Waits for what should come, but not for longer than this. */
async function within(limitMs: number, coming: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([coming, new Promise((resolve) => { timer = setTimeout(resolve, limitMs); })]);
  clearTimeout(timer);
}
