import { BatchReader, type CatOptions, catFile } from '../git/catFile.ts';
import { type Answering, Starter } from '../git/starter.ts';
import type { Store } from './store.ts';

/** How long git waits for the next question, in milliseconds; starting it anew costs more than a small rewind. */
const idleMs = 5000;

/**
 * Contents from a store by one git process that stays for a while. It does not keep this process alive, and whatever goes wrong with it, the next
 * question starts another. Whoever asks while it is busy gets a process of their own: nobody waits for one that leaves an answer half read.
 */
export class ContentReader {
  readonly #store: Store;
  readonly #starter: Starter;
  #running: Running | undefined;
  #busy = false;

  constructor(store: Store) {
    this.#store = store;
    this.#starter = new Starter({ program: store.program, args: ['cat-file', '--batch'], env: store.environment, cwd: store.directory });
  }

  /** To be called early: what starts git is cheaper to start while this process is small. */
  prepare(): void {
    this.#starter.prepare();
  }

  /** As `catFile` answers. */
  async *read(oids: readonly string[], limit: number): AsyncGenerator<Buffer | number | undefined, undefined> {
    if (oids.length === 0) return undefined;
    if (this.#busy) return yield* catFile(this.#store.git, oids, { limit } satisfies CatOptions);
    this.#busy = true;
    let running: Running | undefined;
    try {
      running = this.#running?.isOver === false ? this.#running : new Running(await this.#starter.start());
      this.#running = running;
      yield* running.ask(oids, limit);
    } finally {
      this.#busy = false;
      running?.rest();
    }
    return undefined;
  }

  /** From here on questions are answered from the packs that are there now: git keeps those open that it has used, though they are gone. */
  renew(): void {
    this.#running?.renew();
  }

  /** Ends what waits for questions; resolves when it is gone. The next question starts it anew. */
  async end(): Promise<void> {
    const running = this.#running;
    running?.renew();
    await this.#starter.end();
    if (running?.isOver === true) await running.gone;
  }
}

/** One `git cat-file --batch`. */
class Running {
  readonly #git: Answering;
  /** Why it answers no more. */
  #over: string | undefined;
  /** Answers that were not taken yet. */
  #open = 0;
  #isOld = false;
  #wake: (() => void) | undefined;
  #idle: NodeJS.Timeout | undefined;
  readonly gone: Promise<void>;

  constructor(git: Answering) {
    this.#git = git;
    this.gone = git.over.then((words) => {
      this.#over = words;
      this.#wake?.();
    });
  }

  /** Another one has to be started. */
  get isOver(): boolean {
    return this.#over !== undefined;
  }

  async *ask(oids: readonly string[], limit: number): AsyncGenerator<Buffer | number | undefined, undefined> {
    clearTimeout(this.#idle);
    this.#git.hold(true);
    const reader = new BatchReader(limit);
    this.#git.questions.write(`${oids.join('\n')}\n`);
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
    const { answers } = this.#git;
    for (;;) {
      const chunk = answers.read() as Buffer | null;
      if (chunk !== null) return chunk;
      if (this.#over !== undefined) throw new Error(`git cat-file ${this.#over}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        answers.once('readable', resolve);
      });
    }
  }

  /** No question is answered from what it has open now. */
  renew(): void {
    this.#isOld = true;
    if (this.#open === 0) this.#end();
  }

  /** Waits for the next question, but not for long; where answers were not taken, it ends. */
  rest(): void {
    this.#git.hold(false);
    if (this.#open > 0 || this.#isOld) return this.#end();
    this.#idle = setTimeout(() => this.#end(), idleMs);
    this.#idle.unref();
  }

  #end(): void {
    clearTimeout(this.#idle);
    this.#over ??= 'was ended';
    this.#git.end(this.#open === 0);
  }
}
