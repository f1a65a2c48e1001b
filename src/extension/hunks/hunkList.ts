import type { ListedHunk } from '../../core/session/listedHunk.ts';
import type { Session } from '../../core/session/session.ts';
import { log } from '../log.ts';

/** What the session's change is made of. It is found anew when the session has moved, one search at a time: the newest state counts. */
export class HunkList {
  readonly #find: (session: Session) => Promise<readonly ListedHunk[]>;
  readonly #changed: () => void;
  #now: readonly ListedHunk[] = [];
  #seen: readonly unknown[] = [];
  #next: Session | undefined;
  #busy = false;

  constructor(find: (session: Session) => Promise<readonly ListedHunk[]>, changed: () => void) {
    this.#find = find;
    this.#changed = changed;
  }

  get now(): readonly ListedHunk[] {
    return this.#now;
  }

  follow(session: Session): void {
    const moved = [session.base, session.tree, session.line.writes, session.line.flags];
    if (moved.every((one, index) => one === this.#seen[index])) return;
    this.#seen = moved;
    this.#next = session;
    if (!this.#busy) void this.#search();
  }

  async #search(): Promise<void> {
    this.#busy = true;
    try {
      for (let session = this.#next; session !== undefined; session = this.#next) {
        this.#next = undefined;
        this.#now = await this.#find(session);
        this.#changed();
      }
    } catch (error) {
      log().error(error instanceof Error ? error : String(error));
    } finally {
      this.#busy = false;
    }
  }
}
