import type { Path } from '../core/session/changes.ts';

/** What each conversation has read, so that no edit is based on content that has changed since. Lost with the process: then a file is read again. */
export class ReadLedger {
  readonly #seen = new Map<string, string>();

  note(conversation: string, path: Path, oid: string): void {
    this.#seen.set(`${conversation}\n${path}`, oid);
  }

  oidOf(conversation: string, path: Path): string | undefined {
    return this.#seen.get(`${conversation}\n${path}`);
  }
}
