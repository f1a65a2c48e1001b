import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { openFlags } from '../disk/content.ts';
import { blobType, deflateOptions, entryHeader } from '../store/pack.ts';
import { atWork, type LoopData, loopCodes, type ReadBatch, readLoop, type ReadReply, toStop } from './readLoop.ts';
import { keyOf } from '../disk/stats.ts';

/** More would wait for each other and for the disk. */
const mostThreads = 4;
/** The garbage of a thread is of no use to anybody for long, in MB. */
const youngMegabytes = 4;

/** Longest that the end of this process waits for a thread, in milliseconds: a file may lie on a slow disk. */
const haltMs = 2000;

const modules = { fs: 'node:fs', zlib: 'node:zlib', crypto: 'node:crypto', threads: 'node:worker_threads' };
const text = `(${readLoop.toString()})({ ${Object.entries(modules).map(([name, module]) => `${name}: require('${module}')`).join(', ')}, keyOf: ${keyOf.toString()}, entryHeader: ${entryHeader.toString()}, deflateOptions: ${deflateOptions.toString()} })`;

/** Threads that read, hash and compress files. They keep this process alive only while they owe an answer. */
export class ReadThreads {
  readonly #threads: readonly Thread[];

  /** `root`: of the work tree. `tables`: sorted ids of contents that need not be packed, each with its fanout before it, as in the index of a pack. */
  constructor(root: string, tables: readonly SharedArrayBuffer[]) {
    this.#threads = Array.from({ length: Math.min(mostThreads, availableParallelism()) }, () => new Thread({ root, tables, flags: openFlags, blobType, codes: loopCodes, shared: new Int32Array(new SharedArrayBuffer(8)) }));
    process.once('exit', this.#onExit);
  }

  /** This process ends its threads whatever they do. */
  readonly #onExit = (): void => {
    for (const thread of this.#threads) thread.halt();
  };

  get count(): number {
    return this.#threads.length;
  }

  /** The answer of the thread that owes least. Rejects where that thread has died. */
  ask(batch: ReadBatch): Promise<ReadReply> {
    const free = this.#threads.reduce((best, thread) => (thread.owes < best.owes ? thread : best));
    return free.ask(batch);
  }

  /** What is owed meanwhile is answered with everything left. */
  async end(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()));
    process.off('exit', this.#onExit);
  }
}

class Thread {
  readonly #worker: Worker;
  /** Questions that are not answered yet, the oldest first. */
  #waiting: { readonly resolve: (reply: ReadReply) => void; readonly reject: (error: Error) => void }[] = [];
  #died: Error | undefined;
  #answered: Promise<unknown> = Promise.resolve();
  readonly #shared: Int32Array;

  constructor(data: LoopData) {
    this.#shared = data.shared;
    this.#worker = new Worker(text, { eval: true, workerData: data, execArgv: [], env: {}, resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes } });
    this.#worker.unref();
    this.#worker.on('message', (reply: ReadReply) => {
      this.#waiting.shift()?.resolve(reply);
      if (this.owes === 0) this.#worker.unref();
    });
    this.#worker.on('error', (error) => this.#die(error instanceof Error ? error.message : String(error)));
    this.#worker.on('exit', (status) => this.#die(`status ${status}`));
  }

  get owes(): number {
    return this.#waiting.length;
  }

  ask(batch: ReadBatch): Promise<ReadReply> {
    if (this.#died !== undefined) return Promise.reject(this.#died);
    const answer = new Promise<ReadReply>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage(batch);
    });
    this.#answered = answer.catch(() => undefined);
    return answer;
  }

  async end(): Promise<void> {
    Atomics.store(this.#shared, toStop, 1);
    await this.#answered;
    await this.#worker.terminate();
  }

  /** Waits until the thread does nothing that must not be interrupted; it does nothing afterwards. */
  halt(): void {
    Atomics.store(this.#shared, toStop, 1);
    Atomics.wait(this.#shared, atWork, 1, haltMs);
  }

  #die(why: string): void {
    this.#died ??= new Error(`a thread that reads the work tree has ended: ${why}`);
    for (const { reject } of this.#waiting.splice(0)) reject(this.#died);
  }
}
