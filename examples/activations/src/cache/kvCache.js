/** Keys and values of one row, layer by layer, in the order of their positions. */
export class KvCache {
  #keys;
  #values;

  constructor(layers) {
    this.#keys = Array.from({ length: layers }, () => []);
    this.#values = Array.from({ length: layers }, () => []);
  }

  /** Number of positions that every layer has seen. */
  get length() {
    return this.#keys.at(-1).length;
  }

  append(layer, key, value) {
    this.#keys[layer].push(key);
    this.#values[layer].push(value);
  }

  keys(layer) {
    return this.#keys[layer];
  }

  values(layer) {
    return this.#values[layer];
  }
}
