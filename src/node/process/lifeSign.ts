import { readFile, stat, utimes, writeFile } from 'node:fs/promises';

/** Milliseconds between two signs. What work did after the last one before a crash is not known as its own: a person may have done it. */
const every = 200;

/** Milliseconds since the epoch between which something surely ran. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * A file that says from when on something ran and when it ended or was last seen running, so that after a crash it is known which changes of
 * files fall into that time. It stays after the end: the process may die before it has recorded what the work changed. Later nothing is lost by
 * it, since what was changed in a time that is over has been recorded. `call` names the work while it runs, `where` the folders that it was in.
 */
export class LifeSign {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Gives signs while `work` runs. Signs that cannot be given are left out: then less is known after a crash. */
  async during<T>(call: string, where: string, work: () => Promise<T>): Promise<T> {
    const from = Date.now();
    await writeFile(this.#file, `${from} running ${call} ${where}`).catch(() => undefined);
    const timer = setInterval(() => {
      const now = new Date();
      void utimes(this.#file, now, now).catch(() => undefined);
    }, every);
    try {
      return await work();
    } finally {
      clearInterval(timer);
      // The clock counts whole milliseconds, the times of files do not: what was changed in the last one belongs to the work.
      await writeFile(this.#file, `${from} ${Date.now() + 1} ${where}`).catch(() => undefined);
    }
  }

  /** The time of the last work, or undefined where that is not known; `call` where its end was not seen. */
  async last(): Promise<(Span & { readonly where: string; readonly call?: string }) | undefined> {
    const [text, stats] = await Promise.all([readFile(this.#file, 'utf8').catch(() => ''), stat(this.#file).catch(() => undefined)]);
    const { from, to, call, where } = /^(?<from>\d+) (?:(?<to>\d+)|running (?<call>\S+)) (?<where>\S+)$/.exec(text)?.groups ?? {};
    if (from === undefined || where === undefined || stats === undefined) return undefined;
    return call === undefined ? { from: Number(from), to: Number(to), where } : { from: Number(from), to: stats.mtimeMs, where, call };
  }
}
