import type { Path } from '../../core/session/changes.ts';
import type { ListedHunk } from '../../core/session/listedHunk.ts';
import type { Session } from '../../core/session/session.ts';

/** Finds the hunks of a session's change: as of its last look, or in the work tree as it is now. */
type Find = (session: Session, now: boolean) => Promise<readonly ListedHunk[]>;

/** What the session's change is made of. It is found anew when the session has moved or a person has saved a file of it, one search at a time: the newest state counts. */
export class HunkList {
  readonly #find: Find;
  readonly #changed: () => void;
  readonly #failed: (error: unknown) => void;
  #now: readonly ListedHunk[] = [];
  #seen: readonly unknown[] = [];
  #session: Session | undefined;
  #next: { readonly session: Session; readonly now: boolean } | undefined;
  #busy = false;

  constructor(find: Find, changed: () => void, failed: (error: unknown) => void) {
    this.#find = find;
    this.#changed = changed;
    this.#failed = failed;
  }

  get now(): readonly ListedHunk[] {
    return this.#now;
  }

  follow(session: Session): void {
    const moved = [session.base, session.tree, session.line.writes, session.line.flags];
    if (moved.every((one, index) => one === this.#seen[index])) return;
    this.#seen = moved;
    this.#session = session;
    this.#ask({ session, now: false });
  }

  /** A person has saved a file. */
  saved(path: Path): void {
    if (this.#session !== undefined && this.#now.some((hunk) => hunk.path === path)) this.#ask({ session: this.#session, now: true });
  }

  #ask(next: { readonly session: Session; readonly now: boolean }): void {
    this.#next = next;
    if (!this.#busy) void this.#search();
  }

  async #search(): Promise<void> {
    this.#busy = true;
    for (let next = this.#next; next !== undefined; next = this.#next) {
      this.#next = undefined;
      try {
        this.#now = await this.#find(next.session, next.now);
        this.#changed();
      } catch (error) {
        // What was asked for meanwhile is looked for all the same.
        this.#failed(error);
      }
    }
    this.#busy = false;
  }
}
