/** Requests that wait, in the order of their arrival. */
export class RequestQueue {
  #waiting = [];
  #limit;

  /** `limit` is the largest batch. */
  constructor(limit = 4) {
    if (!(limit >= 1)) throw new RangeError("a batch has room for at least one request");
    this.#limit = limit;
  }

  get size() {
    return this.#waiting.length;
  }

  add(request) {
    this.#waiting.push(request);
  }

  /** Removes and returns the next batch: requests of one length of generation, the oldest first. */
  next() {
    const capture = this.#waiting.filter((request) => request.steps === this.#waiting[0].steps).slice(0, this.#limit);
    this.#waiting = this.#waiting.filter((request) => !capture.includes(request));
    return capture;
  }
}
