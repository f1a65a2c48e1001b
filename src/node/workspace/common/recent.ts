/**
 * A cache of bounded weight that forgets what was used longest ago, half of it at a time. Nothing is ever taken out of a map and put back: a
 * JavaScript map walks past what was deleted from it until it is copied, and one key that is used again and again made every look a hundred
 * times as long. A key has one value for good: keys are named after contents.
 */
export class Recent<Value> {
  readonly #half: number;
  readonly #weigh: (value: Value) => number;
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();
  #weight = 0;

  /** `limit`: the most that everything in it weighs together; what is heavier than half of it is not kept. */
  constructor(limit: number, weigh: (value: Value) => number) {
    this.#half = limit / 2;
    this.#weigh = weigh;
  }

  get(key: string): Value | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: Value): void {
    const weight = this.#weigh(value);
    if (weight > this.#half || this.#young.has(key)) return;
    if (this.#weight + weight > this.#half) [this.#old, this.#young, this.#weight] = [this.#young, new Map(), 0];
    this.#young.set(key, value);
    this.#weight += weight;
  }
}
