import type { Hunk } from './changes.ts';
import { sidesOf } from './hunkSides.ts';
import type { Stretch } from './lineStretches.ts';

/** Lines of the first version that were taken away, by their number there. */
export class TakenLines {
  readonly #by = new Map<number, number>();
  readonly #numbers = new Map<string, number[]>();

  /** Notes that a step took away stretches with a hunk. */
  by(step: number, hunk: Hunk, stretches: readonly Stretch[]): void {
    if (stretches.every(({ from }) => from === undefined)) return;
    const texts = sidesOf(hunk).old;
    let at = 0;
    for (const { from, length } of stretches) {
      for (let index = 0; from !== undefined && index < length; index += 1) this.#add(step, texts[at + index] ?? '', from + index);
      at += length;
    }
  }

  #add(step: number, text: string, number: number): void {
    const known = this.#by.has(number);
    this.#by.set(number, step);
    if (known) return;
    const numbers = this.#numbers.get(text);
    if (numbers === undefined) this.#numbers.set(text, [number]);
    else numbers.push(number);
  }

  /** The step that took a line away last. */
  last(number: number): number | undefined {
    return this.#by.get(number);
  }

  /** For each line that a hunk puts between lines `from` and `to` of the first version, which of those it is again, if any. */
  back(hunk: Hunk, from: number, to: number): readonly (number | undefined)[] {
    if (this.#by.size === 0) return Array.from({ length: hunk.newLines }, () => undefined);
    const open = new Map<string, number[]>();
    let next = from;
    return sidesOf(hunk).now.map((text) => {
      const numbers = open.get(text) ?? (this.#numbers.get(text) ?? []).filter((number) => number >= from && number < to).toSorted((a, b) => b - a);
      open.set(text, numbers);
      while ((numbers.at(-1) ?? next) < next) numbers.pop();
      const found = numbers.pop();
      if (found !== undefined) next = found + 1;
      return found;
    });
  }
}
