import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { openFlags, wholeBytes } from '../disk/content.ts';
import { folderLook, type LookReply, type LookRequest } from './lookLoop.ts';
import { blobType, deflateOptions, entryHeader } from '../store/pack.ts';
import { newFile } from '../disk/permissions.ts';
import { atWork, type LoopData, loopCodes, type LoopParts, type PackBatch, type Question, type ReadBatch, readLoop, type ReadReply, toStop } from './readLoop.ts';
import { isSameState, keyOf } from '../disk/stats.ts';
import { entryLayout, longestName, tableTime, writeState } from '../store/stateTable.ts';
import { contentHash, idLookup, newPacking, type Packed, plainReader } from './threadTools.ts';

/** More would wait for each other and for the disk. */
const mostThreads = 4;
/** So many files another thread is worth its memory. */
const filesPerThread = 2000;
/** Questions that each thread has before it, so that it need not wait while this one is busy. */
export const ahead = 3;
/** The garbage of a thread is of no use to anybody for long, in MB. */
const youngMegabytes = 4;

/** Longest that the end of this process waits for a thread, in milliseconds: a file may lie on a slow disk. */
const haltMs = 2000;

/** Enough for one answer, so that whoever asked never has much before them: files, and bytes of content. */
const enough = { files: 1024, bytes: 2 * 1024 * 1024 };

type Functions = { readonly [Name in keyof LoopParts as LoopParts[Name] extends (...args: never[]) => unknown ? Name : never]: LoopParts[Name] };
const functions: Functions = { keyOf, isSameState, writeState, entryHeader, deflateOptions, plainReader, contentHash, idLookup, newPacking, folderLook };
const modules = { fs: 'node:fs', zlib: 'node:zlib', crypto: 'node:crypto', threads: 'node:worker_threads' };
const given = [...Object.entries(modules).map(([name, module]) => `${name}: require('${module}')`), ...Object.entries(functions).map(([name, value]) => `${name}: ${String(value)}`)];
const text = `(${readLoop.toString()})({ ${given.join(', ')} })`;

export interface ThreadWork {
  /** Of the work tree. */
  readonly root: string;
  /** What checkpoints never look at; only looks ask for it. */
  readonly unseen?: readonly RegExp[];
  /** How many files are to be read, as far as it is known. */
  readonly files?: number;
}

/** Has threads for as long as some work takes. */
export async function withThreads<Result>(about: ThreadWork, work: (threads: ReadThreads) => Promise<Result>): Promise<Result> {
  const threads = new ReadThreads(about);
  try {
    return await work(threads);
  } finally {
    await threads.end();
  }
}

/** Threads that read, hash and compress files. They keep this process alive only while they owe an answer. */
export class ReadThreads {
  readonly #threads: readonly Thread[];

  constructor({ root, unseen = [], files = Number.POSITIVE_INFINITY }: ThreadWork) {
    const data = {
      root, unseen, enough, blobType, longestName, tableTime, flags: openFlags, most: wholeBytes, layout: entryLayout, codes: loopCodes,
      usual: process.platform === 'win32' ? [] : [newFile.plain, newFile.executable],
    };
    this.#threads = Array.from({ length: Math.min(mostThreads, availableParallelism(), Math.ceil(files / filesPerThread)) }, () => new Thread({ ...data, shared: new Int32Array(new SharedArrayBuffer(8)) }));
    process.once('exit', this.#onExit);
  }

  /** This process ends its threads whatever they do. */
  readonly #onExit = (): void => {
    for (const thread of this.#threads) thread.halt();
  };

  get count(): number {
    return this.#threads.length;
  }

  /** Reads files that were found. */
  read(batch: ReadBatch): Promise<ReadReply> {
    return this.#ask({ kind: 'read', ...batch });
  }

  /** Lists folders and reads the files in them. */
  look(request: LookRequest): Promise<LookReply> {
    return this.#ask({ kind: 'look', ...request });
  }

  /** Packs contents that are known. */
  pack(batch: PackBatch): Promise<Packed> {
    return this.#ask({ kind: 'pack', ...batch });
  }

  /** The answer of the thread that owes least. Rejects where that thread has died. */
  #ask<Reply>(question: Question): Promise<Reply> {
    const free = this.#threads.reduce((best, thread) => (thread.owes < best.owes ? thread : best));
    return free.ask(question) as Promise<Reply>;
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
  #waiting: { readonly resolve: (reply: unknown) => void; readonly reject: (error: Error) => void }[] = [];
  #died: Error | undefined;
  #answered: Promise<unknown> = Promise.resolve();
  readonly #shared: Int32Array;

  constructor(data: LoopData) {
    this.#shared = data.shared;
    this.#worker = new Worker(text, { eval: true, workerData: data, execArgv: [], env: {}, resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes } });
    this.#worker.unref();
    this.#worker.on('message', (reply: unknown) => {
      this.#waiting.shift()?.resolve(reply);
      if (this.owes === 0) this.#worker.unref();
    });
    this.#worker.on('error', (error) => this.#die(error instanceof Error ? error.message : String(error)));
    this.#worker.on('exit', (status) => this.#die(`status ${status}`));
  }

  get owes(): number {
    return this.#waiting.length;
  }

  ask(question: Question): Promise<unknown> {
    if (this.#died !== undefined) return Promise.reject(this.#died);
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage(question);
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
