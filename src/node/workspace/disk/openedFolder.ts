import { lstatSync } from 'node:fs';
import { Paused } from '../../../agent/run.ts';

/**
 * Whether a folder is still the one that was opened. Where a link or another folder has come in its place, everything below its name is
 * somebody else's: nothing there may be read, written or measured as the session's.
 */
export class OpenedFolder {
  readonly #folder: string;
  readonly #identity: string;

  private constructor(folder: string, identity: string) {
    this.#folder = folder;
    this.#identity = identity;
  }

  /** `folder` is a real path. */
  static async of(folder: string): Promise<OpenedFolder> {
    return new OpenedFolder(folder, await identityOf(folder));
  }

  /** `identity`: what it was when it was opened, maybe by another process. */
  static known(folder: string, identity: string): OpenedFolder {
    return new OpenedFolder(folder, identity);
  }

  /** Why the folder must not be touched, or undefined. */
  async fault(): Promise<string | undefined> {
    const now = await identityOf(this.#folder).catch(() => 'gone');
    return now === this.#identity ? undefined : `${this.#folder} is ${now === 'gone' ? 'gone' : 'not the folder that the session began to work in'}`;
  }

  /** Does what reads or writes through the folder's name. Throws `Paused` where the folder is not there, before or after: what was seen through another one is not its content. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    await this.#stand();
    const result = await work();
    await this.#stand();
    return result;
  }

  async #stand(): Promise<void> {
    const fault = await this.fault();
    if (fault !== undefined) throw new Paused(`${fault}; put it back as it was, then go on`);
  }
}

/** What tells a folder from another one that takes its name. Rejects where there is nothing. */
export async function identityOf(folder: string): Promise<string> {
  // At once: it is asked before and after whatever is done, and a round trip to another thread takes longer than the call.
  const stats = lstatSync(folder, { bigint: true });
  return stats.isDirectory() ? `${stats.dev}:${stats.ino}` : 'no-folder';
}
