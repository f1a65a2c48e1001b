import { once } from 'node:events';
import type { Socket } from 'node:net';
import { PassThrough, type Readable } from 'node:stream';
import { BatchReader, type CatOptions, catFile } from '../git/catFile.ts';
import { type Started, startProgram } from '../git/program.ts';
import type { Store } from './store.ts';

/** How long git waits for the next question, in milliseconds; starting it anew costs more than a small rewind. */
const idleMs = 5000;

/**
 * Contents from a store by one git process that stays for a while. It does not keep this process alive, and whatever goes wrong with it, the next
 * question starts another. Whoever asks while it is busy gets a process of their own: nobody waits for one that leaves an answer half read.
 */
export class ContentReader {
  readonly #store: Store;
  #running: Running | undefined;
  #busy = false;

  constructor(store: Store) {
    this.#store = store;
  }

  /** As `catFile` answers. */
  async *read(oids: readonly string[], limit: number): AsyncGenerator<Buffer | number | undefined, undefined> {
    if (oids.length === 0) return undefined;
    if (this.#busy) return yield* catFile(this.#store.git, oids, { limit } satisfies CatOptions);
    this.#busy = true;
    const running = (this.#running ??= this.#start());
    try {
      yield* running.ask(oids, limit);
    } finally {
      this.#busy = false;
      running.rest();
    }
    return undefined;
  }

  /** From here on questions are answered from the packs that are there now: git keeps those open that it has used, though they are gone. */
  renew(): void {
    const running = this.#running;
    this.#running = undefined;
    if (!this.#busy) running?.end();
  }

  #start(): Running {
    const running: Running = new Running(this.#store, () => {
      if (this.#running === running) this.#running = undefined;
    });
    return running;
  }
}

/** One `git cat-file --batch`. */
class Running {
  readonly #input = new PassThrough();
  readonly #started: Started;
  readonly #gone: () => void;
  #ended = false;
  /** Answers that were not taken yet. */
  #open = 0;
  #idle: NodeJS.Timeout | undefined;

  /** `gone` is called as soon as it answers no more. */
  constructor(store: Store, gone: () => void) {
    this.#gone = gone;
    this.#started = startProgram({ program: store.program, args: ['cat-file', '--batch'], env: store.environment, cwd: store.directory, input: this.#input });
    const over = () => {
      this.#ended = true;
      gone();
    };
    this.#started.child.once('exit', over);
    this.#started.ended.then(over, over);
  }

  async *ask(oids: readonly string[], limit: number): AsyncGenerator<Buffer | number | undefined, undefined> {
    clearTimeout(this.#idle);
    this.#hold(true);
    const reader = new BatchReader(limit);
    this.#input.write(`${oids.join('\n')}\n`);
    this.#open = oids.length;
    while (this.#open > 0) {
      for (const answer of reader.take(await this.#next())) {
        this.#open -= 1;
        yield answer;
      }
    }
    return undefined;
  }

  async #next(): Promise<Buffer> {
    const { stdout } = this.#started.child;
    for (;;) {
      const chunk = stdout.read() as Buffer | null;
      if (chunk !== null) return chunk;
      if (stdout.readableEnded || stdout.destroyed) break;
      await readableOrOver(stdout);
    }
    const { status, stderr } = await this.#started.ended;
    throw new Error(`git cat-file ended with status ${status ?? 'none'} before it had answered: ${stderr.trim() || 'no message'}`);
  }

  /** Waits for the next question, but not for long; where answers were not taken, it ends. */
  rest(): void {
    this.#hold(false);
    if (this.#open > 0) return this.end();
    this.#idle = setTimeout(() => this.end(), idleMs);
    this.#idle.unref();
  }

  end(): void {
    clearTimeout(this.#idle);
    this.#gone();
    if (!this.#ended) this.#started.child.kill('SIGKILL');
  }

  /** Only an open question keeps this process alive. */
  #hold(open: boolean): void {
    const { child } = this.#started;
    const held = [child, child.stdin, child.stdout, child.stderr] as unknown as readonly Pick<Socket, 'ref' | 'unref'>[];
    for (const one of held) one[open ? 'ref' : 'unref']();
  }
}

async function readableOrOver(stream: Readable): Promise<void> {
  const waiting = new AbortController();
  try {
    await Promise.race(['readable', 'end', 'close'].map((event) => once(stream, event, { signal: waiting.signal })));
  } finally {
    waiting.abort();
  }
}
