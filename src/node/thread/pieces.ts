/** What is copied between threads item by item. Everything else is copied as it is, however large. */
type Container = unknown[] | Map<unknown, unknown> | Set<unknown> | Record<string, unknown>;

/** One step of putting together on the other side what would take too long to copy at once. */
export type Step =
  /** An empty container, which the next steps fill; at `key` of the one that is filled now. Without that it is the outermost, and forgets what was begun before. */
  | { readonly begin: Container; readonly key?: unknown }
  /** Items for the one that is filled now. */
  | { readonly add: Container }
  /** The one that was begun as number so many, counted from 0, stands at `key`, too. */
  | { readonly again: number; readonly key: unknown }
  /** The one that is filled now is complete; after the outermost the value is. */
  | { readonly end: true };

/**
 * The most that is copied at once, in values: a number, a short text or the name of a field counts as one. The difference of a file has 23: 350 files
 * at once, which are taken out of a message in about 1 ms.
 */
const mostAtOnce = 8000;

/** So many characters of a text count as one value: they are copied as a block. */
const charactersOfOne = 256;

/** Whether it would keep a thread too long to copy this at once. Looks at no more than it takes to know. */
export const isLarge = (value: unknown): value is Container => isContainer(value) && weigh(value, mostAtOnce) > mostAtOnce;

/** A container as steps that are each copied in a moment, in the order of its items. A large one that stands in it twice is one on the other side, too. */
export function stepsOf(container: Container, most = mostAtOnce): Iterable<Step> {
  return filling(container, {}, most, new Map());
}

function* filling(container: Container, at: { readonly key?: unknown }, most: number, begun: Map<Container, number>): Generator<Step> {
  begun.set(container, begun.size);
  yield { begin: emptyLike(container), ...at };
  let [add, weight] = [emptyLike(container), 0];
  for (const [key, item] of itemsOf(container)) {
    const own = weigh(key, most) + weigh(item, most);
    if (weight > 0 && weight + own > most) {
      yield { add };
      [add, weight] = [emptyLike(container), 0];
    }
    if (own <= most || !isContainer(item)) {
      put(add, key, item);
      weight += own;
      continue;
    }
    const number = begun.get(item);
    if (number === undefined) yield* filling(item, { key }, most, begun);
    else yield { again: number, key };
  }
  if (weight > 0) yield { add };
  yield { end: true };
}

/** Puts together again what was cut. */
export class Joined {
  #begun: Container[] = [];
  #filled: Container[] = [];

  take(step: Step): void {
    const filled = this.#filled.at(-1);
    if ('begin' in step) this.#begin(step, filled);
    else if ('end' in step) this.#filled.pop();
    else if (filled === undefined) throw new Error('a piece came before that which it is a piece of');
    else if ('again' in step) put(filled, step.key, this.#begun[step.again]);
    else for (const [key, item] of itemsOf(step.add)) put(filled, key, item);
  }

  /** What the last step made whole. It is handed out once. */
  handOut(): unknown {
    const [whole] = this.#begun;
    this.#begun = [];
    return whole;
  }

  #begin(step: Extract<Step, { begin: Container }>, filled: Container | undefined): void {
    if (!('key' in step)) [this.#begun, this.#filled] = [[], []];
    else if (filled !== undefined) put(filled, step.key, step.begin);
    this.#begun.push(step.begin);
    this.#filled.push(step.begin);
  }
}

function isContainer(value: unknown): value is Container {
  if (typeof value !== 'object' || value === null) return false;
  return Object.getPrototypeOf(value) === Object.prototype || Array.isArray(value) || value instanceof Map || value instanceof Set;
}

/** How many values there are in one, or any number above `most`. Every item of an answer comes through here, so it makes no lists. */
function weigh(value: unknown, most: number): number {
  if (typeof value === 'string') return 1 + Math.floor(value.length / charactersOfOne);
  if (!isContainer(value)) return 1;
  let weight = 1;
  if (Array.isArray(value) || value instanceof Set) {
    for (const item of value) if ((weight += weigh(item, most - weight)) > most) break;
  } else if (value instanceof Map) {
    for (const [key, item] of value) if ((weight += weigh(key, most - weight) + weigh(item, most - weight)) > most) break;
  } else {
    for (const key in value) if ((weight += 1 + weigh(value[key], most - weight)) > most) break;
  }
  return weight;
}

const emptyLike = (container: Container): Container => (Array.isArray(container) ? [] : container instanceof Map ? new Map() : container instanceof Set ? new Set() : {});

function itemsOf(container: Container): Iterable<readonly [key: unknown, item: unknown]> {
  return Array.isArray(container) || container instanceof Map ? container.entries() : container instanceof Set ? container.entries() : Object.entries(container);
}

function put(container: Container, key: unknown, item: unknown): void {
  if (Array.isArray(container)) container.push(item);
  else if (container instanceof Map) container.set(key, item);
  else if (container instanceof Set) container.add(item);
  // A path may be called `__proto__`, which a plain assignment takes for something else.
  else Object.defineProperty(container, key as string, { value: item, writable: true, enumerable: true, configurable: true });
}
