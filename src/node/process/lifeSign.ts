import { readFile, stat, utimes, writeFile } from 'node:fs/promises';

/** Milliseconds between two signs. */
const every = 500;

/** Milliseconds since the epoch between which something surely or possibly ran. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * A file that says from when on something runs and when it was last seen running, so that after a crash it is known which
 * changes of files fall into that time. It stays when the work has come to its end, until the next begins: the process may die, or its disk be full,
 * before what the work changed has been measured and recorded.
 */
export class LifeSign {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Gives signs while `work` runs. Signs that cannot be given are left out: then less is known after a crash. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    await writeFile(this.#file, String(Date.now())).catch(() => undefined);
    const timer = setInterval(() => void this.#sign(), every);
    try {
      return await work();
    } finally {
      clearInterval(timer);
      await this.#sign();
    }
  }

  async #sign(): Promise<void> {
    const now = new Date();
    await utimes(this.#file, now, now).catch(() => undefined);
  }

  /** The time of the last work, whether it came to its end or was cut off; undefined where there was none. */
  async last(): Promise<Span | undefined> {
    const [text, stats] = await Promise.all([readFile(this.#file, 'utf8').catch(() => ''), stat(this.#file).catch(() => undefined)]);
    const from = Number(text);
    return text === '' || stats === undefined || !Number.isFinite(from) ? undefined : { from, to: stats.mtimeMs + every };
  }
}
