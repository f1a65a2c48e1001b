/** How far, in milliseconds, this machine's clock may fall behind its steady one before times of files cannot be compared by the second. */
const toleranceMs = 500;

/** Notices when the clock that files get their times from was set back. */
export class SteadyClock {
  #lead = leadOf();

  /** Whether it went on at least as fast as the one that nobody sets, as far as files were looked at. `lead` is of the beginning of a look. */
  isSteady(lead: number): boolean {
    return lead > this.#lead - toleranceMs;
  }

  /** A look is over; `all`: each file was looked at without reliance on this clock. */
  note(lead: number, all: boolean): void {
    this.#lead = all ? lead : Math.max(this.#lead, lead);
  }
}

/** How far the clock is ahead of the steady one, in milliseconds. */
export const leadOf = (): number => Date.now() - performance.now();
