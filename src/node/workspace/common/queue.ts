/** Runs one piece of work after the other. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve();

  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    // Whoever asked for the work sees its failure; the next one starts all the same.
    this.#last = result.catch(() => undefined);
    return result;
  }
}
