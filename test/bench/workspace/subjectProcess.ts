import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import type { Measured, Request } from './subject.ts';

type Message = { readonly ready: number } | { readonly answer: Measured } | { readonly error: string };

/** Longest that one request may take, in milliseconds: a bench ends. */
const patience = 600_000;

/** A process of its own in which the adapter works, so that its memory and its event loop are nobody else's. */
export class SubjectProcess {
  readonly #child: ChildProcess;
  /** Memory in bytes before the adapter has done anything. */
  readonly idle: number;

  private constructor(child: ChildProcess, idle: number) {
    this.#child = child;
    this.idle = idle;
  }

  static async start(): Promise<SubjectProcess> {
    const child = fork(path.join(import.meta.dirname, 'subject.mjs'), { serialization: 'advanced', execArgv: [] });
    const message = await reply(child);
    if (!('ready' in message)) throw new Error('the measured process did not start');
    return new SubjectProcess(child, message.ready);
  }

  async ask(request: Request): Promise<Measured> {
    const answered = reply(this.#child);
    this.#child.send(request);
    const message = await answered;
    if ('error' in message) throw new Error(`${request.do}: ${message.error}`);
    if (!('answer' in message)) throw new Error('the measured process answered out of turn');
    return message.answer;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await gone;
  }
}

function reply(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer);
      child.off('message', onMessage).off('exit', onExit);
    };
    const onMessage = (message: unknown) => (settle(), resolve(message as Message));
    const onExit = (status: number | null) => (settle(), reject(new Error(`the measured process ended with ${status}`)));
    const timer = setTimeout(() => (settle(), child.kill('SIGKILL'), reject(new Error('the measured process took too long'))), patience);
    child.on('message', onMessage).on('exit', onExit);
  });
}
