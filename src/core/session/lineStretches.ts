/** Lines that stand together. */
export interface Stretch {
  /** The step that put them there; none where they were there from the first. */
  readonly step?: number;
  /** Where they stand in the first version, counted from 0; none where they are new. */
  readonly from?: number;
  readonly length: number;
}

/** Lines that a step put side by side, as few stretches as possible; `froms`: where each stood in the first version, if it did. */
export function joined(step: number, froms: readonly (number | undefined)[]): readonly Stretch[] {
  const found: Stretch[] = [];
  let start = 0;
  for (let end = 1; end <= froms.length; end += 1) {
    const [from, last, next] = [froms[start], froms[end - 1], froms[end]];
    if (end < froms.length && next === (last === undefined ? undefined : last + 1)) continue;
    found.push({ step, length: end - start, ...(from === undefined ? {} : { from }) });
    start = end;
  }
  return found;
}

/** Reads stretches from the first line on. */
export class StretchReader {
  readonly #lines: readonly Stretch[];
  #index = 0;
  /** Lines that were read: all of them, and those of the stretch at the index. */
  #read = 0;
  #within = 0;

  constructor(lines: readonly Stretch[]) {
    this.#lines = lines;
  }

  /** The stretches from where it stands up to a line, counted from 0. */
  upTo(line: number): readonly Stretch[] {
    const found: Stretch[] = [];
    for (let one = this.#lines[this.#index]; one !== undefined && this.#read < line; one = this.#lines[this.#index]) {
      const length = Math.min(one.length - this.#within, line - this.#read);
      found.push({ ...one, ...(one.from === undefined ? {} : { from: one.from + this.#within }), length });
      this.#read += length;
      this.#within += length;
      if (this.#within === one.length) [this.#index, this.#within] = [this.#index + 1, 0];
    }
    return found;
  }

  /** The next line of the first version from where it stands. */
  next(): number {
    for (let index = this.#index; index < this.#lines.length; index += 1) {
      const from = this.#lines[index]?.from;
      if (from !== undefined) return index === this.#index ? from + this.#within : from;
    }
    return Number.POSITIVE_INFINITY;
  }
}
