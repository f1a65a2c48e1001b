import { setImmediate as nextTurn } from 'node:timers/promises';

/** Longest stretch of work, in milliseconds, before others get their turn. */
const stretchMs = 8;

/** When somebody first asked in this turn of the event loop. */
let turnBegan: number | undefined;

function beginningOfTurn(): number {
  if (turnBegan === undefined) {
    turnBegan = performance.now();
    setImmediate(() => { turnBegan = undefined; });
  }
  return turnBegan;
}

/**
 * Cuts long synchronous work into pieces, so that an editor's extension host stays responsive. What several do one after the other in one turn of
 * the event loop counts together; who has rested gets a whole stretch, so that nobody starves beside others.
 */
export class Pace {
  #rested = 0;

  constructor() {
    beginningOfTurn();
  }

  /** Whether it is time to `rest`. Asking costs far less than resting. */
  get due(): boolean {
    return performance.now() - Math.max(beginningOfTurn(), this.#rested) > stretchMs;
  }

  async rest(): Promise<void> {
    await nextTurn();
    this.#rested = performance.now();
  }
}

/** What long work that stops between its steps comes to, a stretch at a time. */
export async function paced<Result>(work: Generator<void, Result>): Promise<Result> {
  const pace = new Pace();
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    if (pace.due) await pace.rest();
  }
}
