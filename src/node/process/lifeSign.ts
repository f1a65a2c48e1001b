import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';

/** Milliseconds between two signs. */
const every = 500;

/** Milliseconds since the epoch between which something surely or possibly ran. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * A file that says from when on something runs and when it was last seen running, so that after a crash it is known which
 * changes of files fall into that time. It is gone once the work has come to its end.
 */
export class LifeSign {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Gives signs while `work` runs. Signs that cannot be given are left out: then less is known after a crash. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    await writeFile(this.#file, String(Date.now())).catch(() => undefined);
    const timer = setInterval(() => {
      const now = new Date();
      void utimes(this.#file, now, now).catch(() => undefined);
    }, every);
    try {
      return await work();
    } finally {
      clearInterval(timer);
      await rm(this.#file, { force: true }).catch(() => undefined);
    }
  }

  /** The time of work that was cut off, or undefined. */
  async unfinished(): Promise<Span | undefined> {
    const [text, stats] = await Promise.all([readFile(this.#file, 'utf8').catch(() => ''), stat(this.#file).catch(() => undefined)]);
    const from = Number(text);
    return text === '' || stats === undefined || !Number.isFinite(from) ? undefined : { from, to: stats.mtimeMs + every };
  }
}
