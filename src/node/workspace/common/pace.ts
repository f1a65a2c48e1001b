import { setImmediate as nextRound } from 'node:timers/promises';

/** Longest stretch of work, in milliseconds, before others get their turn. */
const stretchMs = 8;

/** Cuts long synchronous work into pieces, so that an editor's extension host stays responsive. */
export class Pace {
  #since = performance.now();

  /** Whether it is time to `rest`. Asking costs far less than resting. */
  get due(): boolean {
    return performance.now() - this.#since > stretchMs;
  }

  async rest(): Promise<void> {
    await nextRound();
    this.#since = performance.now();
  }
}
