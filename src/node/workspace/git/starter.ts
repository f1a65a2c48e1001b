import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import type { ProgramCall } from './program.ts';

/** A program that answers questions until it is ended. */
export interface Answering {
  readonly questions: Writable;
  readonly answers: Readable;
  /** Why it answers no more, in words for people; it never rejects. */
  readonly over: Promise<string>;
  /** Only while it is held it keeps this process alive. */
  hold(held: boolean): void;
  /** `isDone`: no question is open. Otherwise nothing that comes may be taken for an answer to another one. */
  end(isDone: boolean): void;
}

/** For each line that it reads it runs the program, and tells its process id and later its status: 3 is where it tells, 4 are the questions. */
const script = 'while read -r line; do /bin/sh -c \'echo $$ >&3; exec "$0" "$@" <&4 3>&- 4<&-\' "$0" "$@"; echo "=$?" >&3; done';

/**
 * Starts one program again and again, never two at a time. On Linux a small process can do so, itself started early: to start one from a process of the
 * size of an editor's extension host holds its thread up for 10 to 50 ms, because all its tables of memory are copied.
 */
export class Starter {
  readonly #call: ProgramCall;
  #small: SmallProcess | undefined;

  constructor(call: Omit<ProgramCall, 'input'>) {
    this.#call = call;
  }

  /** Starts the small process; the sooner the smaller is this one. It stays until it is ended. */
  prepare(): void {
    if (process.platform === 'linux' && this.#small?.isGone !== false) this.#small = new SmallProcess(this.#call);
  }

  /** Ends the small process; resolves when it is gone. */
  async end(): Promise<void> {
    const small = this.#small;
    this.#small = undefined;
    await small?.end();
  }

  /** Once the one before, which was ended, is gone; from here where nothing was prepared. */
  async start(): Promise<Answering> {
    if (this.#small !== undefined) this.prepare();
    return this.#small === undefined ? startedHere(this.#call) : this.#small.start();
  }
}

function startedHere({ program, args, env, cwd }: ProgramCall): Answering {
  const child = spawn(program, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
  const heard = wordsOf(child.stderr);
  return {
    questions: quiet(child.stdin), answers: child.stdout, hold: (held) => hold(child, held), end: () => child.kill('SIGKILL'),
    over: endOf(child).then((status) => inWords(status, heard())),
  };
}

class SmallProcess {
  readonly #child: ChildProcess;
  readonly #heard: () => string;
  readonly #ended: Promise<void>;
  /** What its program is: not there, started, running by this id, or to be ended as soon as its id is known. */
  #running: { id?: number; isUnwanted: boolean; readonly over: (words: string) => void } | undefined;
  #free: Promise<unknown> = Promise.resolve();
  isGone = false;

  constructor({ program, args, env, cwd }: ProgramCall) {
    const child = spawn('/bin/sh', ['-c', script, program, ...args], { cwd, env, stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'] });
    this.#child = child;
    this.#heard = wordsOf(child.stderr);
    for (const stream of [child.stdin, child.stdio[4]]) quiet(stream as Writable);
    let rest = '';
    child.stdio[3]?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#told(line);
    });
    this.#ended = endOf(child).then((status) => this.#gone(`its starter ended with status ${status}`));
    hold(child, false);
  }

  end(): Promise<void> {
    this.#hold(true);
    this.#gone('it was ended');
    return this.#ended;
  }

  async start(): Promise<Answering> {
    this.#hold(true);
    await this.#free;
    const over = new Promise<string>((resolve) => { this.#running = { isUnwanted: false, over: resolve }; });
    this.#free = over;
    if (this.isGone) this.#gone('its starter is gone');
    else this.#child.stdin?.write('\n');
    return { questions: this.#child.stdio[4] as Writable, answers: this.#child.stdout as Readable, over, hold: (held) => this.#hold(held), end: (isDone) => (isDone ? this.#end() : this.#gone('it was given up')) };
  }

  /** Its id, or that it has ended. */
  #told(line: string): void {
    if (line.startsWith('=')) {
      this.#running?.over(inWords(line.slice(1), this.#heard()));
      this.#running = undefined;
    } else if (this.#running !== undefined) {
      this.#running.id = Number(line);
      if (this.#running.isUnwanted) this.#end();
    }
  }

  #end(): void {
    if (this.#running === undefined) return;
    this.#running.isUnwanted = true;
    if (this.#running.id === undefined) return;
    try {
      process.kill(this.#running.id, 'SIGKILL');
    } catch {
      // It has ended by itself, which will be told.
    }
  }

  /** A program that still runs finds its questions at their end and nobody who takes its answers. */
  #gone(words: string): void {
    this.isGone = true;
    this.#child.kill('SIGKILL');
    for (const stream of this.#child.stdio) stream?.destroy();
    this.#running?.over(words);
    this.#running = undefined;
  }

  #hold(held: boolean): void {
    if (!this.isGone) hold(this.#child, held);
  }
}

const inWords = (status: number | string | null, heard: string): string => `ended with status ${status ?? 'none'} before it had answered: ${heard.trim() || 'no message'}`;

/** Never rejects: what cannot be started has ended. */
function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => { child.once('exit', resolve).once('error', () => resolve(null)); });
}

/** The last that it said to people. */
function wordsOf(stream: Readable | null): () => string {
  let words = '';
  stream?.on('data', (chunk: Buffer) => { words = (words + chunk.toString('utf8')).slice(-2000); });
  return () => words;
}

/** A process that has ended reads no more; its end says so. */
function quiet<Stream extends Writable | null | undefined>(stream: Stream): Stream {
  stream?.on('error', () => undefined);
  return stream;
}

function hold(child: ChildProcess, held: boolean): void {
  const all = [child, ...child.stdio] as unknown as readonly (Pick<Socket, 'ref' | 'unref'> | null)[];
  for (const one of all) one?.[held ? 'ref' : 'unref']();
}
