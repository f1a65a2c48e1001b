import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Paused } from '../../agent/run.ts';
import type { RootsToOpen } from '../roots/openRoots.ts';
import { Queue } from '../workspace/common/queue.ts';
import type { SessionWorkspace } from '../workspace/keepingWorkspace.ts';
import type { CheckpointStore } from '../workspace/store/checkpoints.ts';
import { errorOf } from './faults.ts';
import { type Asked, checkpointCalls, end, type FromThread, type Methods, next, opening, type ThreadData, type ToThread, workspaceCalls } from './messages.ts';
import { isLarge, Joined, type Step, stepsOf } from './pieces.ts';

/** The file that the build makes of `main.ts`, beside the programs that use it. */
const program = path.join(import.meta.dirname, 'workspace.js');

/** Garbage of the thread is collected after so many MB of it, and not three times as many. */
const youngMegabytes = 4;

/**
 * Most MB of what lives longer: some hundred at two million files. Below a limit the system lets less garbage gather before it collects: at 100,000 files
 * 143 MB above idle over a whole bench instead of 170. Whoever needs more pauses the session, and not the editor.
 */
const oldMegabytes = 1024;

/** Longest that the end of this process waits for the thread, in milliseconds: it may read from a slow disk. */
const endMs = 3000;

/** A session's work trees in a thread of their own. */
export interface ThreadedWorkspace extends SessionWorkspace {
  /** Ends the thread when it has answered everything that it was asked, and nothing goes on in it any more. */
  close(): Promise<void>;
}

/**
 * Opens work trees in a thread: whatever is done there, this thread only sends questions and takes answers.
 * @throws WorkspaceRefusal for a folder that cannot be a workspace.
 */
export async function openInThread(open: RootsToOpen, file = program): Promise<ThreadedWorkspace> {
  const thread = new WorkspaceThread(open, file);
  try {
    const root = await thread.opened as string;
    return {
      root,
      ...remote<Pick<SessionWorkspace, Methods<SessionWorkspace>>>(thread, 'workspace', workspaceCalls),
      stores: open.roots.map((_, place) => ({
        get bytes() { return thread.bytes[place] ?? 0; },
        ...remote<Pick<CheckpointStore, Methods<CheckpointStore>>>(thread, place, checkpointCalls),
      })),
      close: () => thread.close(),
    };
  } catch (error) {
    await thread.close();
    throw error;
  }
}

function remote<Of>(thread: WorkspaceThread, of: Asked['of'], calls: Readonly<Record<keyof Of & string, true>>): Of {
  return Object.fromEntries(Object.keys(calls).map((call) => [call, (...args: readonly unknown[]) => thread.ask(of, call, args)])) as Of;
}

interface Waiting {
  readonly answer: Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

class WorkspaceThread {
  readonly #worker: Worker;
  readonly #state = new Int32Array(new SharedArrayBuffer(4));
  /** Who waits for an answer, by the question's id. */
  readonly #waiting = new Map<number, Waiting>();
  /** They go out in the order in which they are asked. */
  readonly #questions = new Queue();
  /** What is large in the answer that comes in. */
  readonly #answered = new Joined();
  readonly #gone: Promise<void>;
  readonly opened: Promise<unknown>;
  #died: string | undefined;
  #last = opening;
  /** What each checkpoint store takes, as the last answer said. */
  bytes: readonly number[] = [];

  constructor(open: RootsToOpen, file: string) {
    const workerData: ThreadData = { open, state: this.#state };
    this.#worker = new Worker(file, { workerData, execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes, maxOldGenerationSizeMb: oldMegabytes } });
    this.#worker.on('message', (message: FromThread) => this.#take(message));
    this.#worker.on('error', (error) => this.#die(error instanceof Error ? error.message : String(error)));
    this.#gone = new Promise((resolve) => this.#worker.once('exit', (status) => {
      process.off('exit', this.#onExit);
      this.#die(`status ${status}`);
      resolve();
    }));
    process.once('exit', this.#onExit);
    this.opened = this.#answerTo(opening);
  }

  /** A question without an answer keeps this process alive. */
  #answerTo(id: number): Promise<unknown> {
    let [resolve, reject]: [Waiting['resolve'], Waiting['reject']] = [() => undefined, () => undefined];
    const answer = new Promise<unknown>((...settle) => ([resolve, reject] = settle));
    this.#waiting.set(id, { answer, resolve, reject });
    this.#worker.ref();
    return answer;
  }

  ask(of: Asked['of'], call: string, args: readonly unknown[]): Promise<unknown> {
    if (this.#died !== undefined) return Promise.reject(this.#fault(this.#died));
    const asked: Asked = { id: ++this.#last, of, call };
    const answer = this.#answerTo(asked.id);
    // For what cannot be sent nobody waits.
    this.#questions.run(() => this.#send(asked, args)).catch((error: unknown) => this.#settle(asked.id)?.reject(error));
    return answer;
  }

  /** Between the pieces of a large question the loop turns. */
  async #send(asked: Asked, args: readonly unknown[]): Promise<void> {
    if (!isLarge(args)) return this.#post({ ...asked, args });
    for (const step of stepsOf(args)) {
      this.#post({ step });
      await nextTurn();
    }
    this.#post({ ...asked, inPieces: true });
  }

  #post(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  #take(message: FromThread): void {
    if ('step' in message) return this.#takePiece(message.step);
    const waiting = this.#settle(message.id);
    if ('fault' in message) return waiting?.reject(errorOf(message.fault));
    this.bytes = message.bytes;
    waiting?.resolve('inPieces' in message ? this.#answered.handOut() : message.value);
  }

  /** All messages that wait are handled in one turn of the loop, so the next piece is not even sent before it has turned. */
  #takePiece(step: Step): void {
    this.#answered.take(step);
    setImmediate(() => this.#post(next));
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker.unref();
    return waiting;
  }

  #die(why: string): void {
    this.#died ??= why;
    for (const { reject } of this.#waiting.values()) reject(this.#fault(this.#died));
    this.#waiting.clear();
  }

  #fault(why: string): Paused {
    return new Paused(`the thread that works in the workspace has ended (${why}); nothing is lost: close the session (in the editor: reload the window), then resume it`);
  }

  async close(): Promise<void> {
    // Whoever is answered meanwhile may ask once more, and what no answer has waited for is still writing in the store.
    do {
      await Promise.allSettled([this.ask('workspace', 'settled', []), ...Array.from(this.#waiting.values(), ({ answer }) => answer)]);
    } while (this.#waiting.size > 0);
    this.#died ??= 'it was closed';
    this.#worker.ref();
    this.#post(end);
    await this.#gone;
  }

  /** The system ends threads whatever they do; this one, and those that it has, may be at something that must not be cut off. */
  readonly #onExit = (): void => {
    this.#post(end);
    Atomics.wait(this.#state, 0, 0, endMs);
  };
}
