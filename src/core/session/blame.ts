import type { Blob, Hunk, Path, Write } from './changes.ts';
import { sidesOf } from './hunkSides.ts';
import { sameBlob } from './shares.ts';

/** From one version of a file to the next. Without a `write` it was the user. */
export interface FileStep {
  readonly before?: Blob;
  readonly after?: Blob;
  readonly write?: Write;
}

/** How a file came from `base` to `now`, step by step: what the writes of the session leave open between them is the user's. */
export function fileSteps(path: Path, base: Blob | undefined, writes: readonly Write[], now: Blob | undefined): readonly FileStep[] {
  const steps: FileStep[] = [];
  let at = base;
  const step = (before: Blob | undefined, after: Blob | undefined, write?: Write): void => {
    at = after;
    if (!sameBlob(before ?? null, after ?? null)) steps.push({ ...(before && { before }), ...(after && { after }), ...(write && { write }) });
  };
  const own = writes.filter((one) => one.path === path);
  for (const write of own.slice(own.findLastIndex((one) => one.ends === true) + 1)) {
    step(at, write.before);
    step(write.before, write.after, write);
  }
  step(at, now);
  return steps;
}

/** The same way with each unbroken stretch of the session's own writes as one step of the last of them: the store keeps both ends of each. */
export function stretchSteps(steps: readonly FileStep[]): readonly FileStep[] {
  return steps.reduce<readonly FileStep[]>((all, step) => {
    const last = all.at(-1);
    if (last?.write === undefined || step.write === undefined) return [...all, step];
    const { before: _, ...rest } = step;
    return [...all.slice(0, -1), { ...rest, ...(last.before && { before: last.before }) }];
  }, []);
}

/** Where a hunk changes which lines, as in a unified diff. */
type Place = Pick<Hunk, 'oldStart' | 'oldLines' | 'newStart' | 'newLines'>;

/** Lines that stand together. */
interface Stretch {
  /** The step that put them there; none where they were there from the first. */
  readonly step?: number;
  /** Where they stand in the first version, counted from 0; none where they are new. */
  readonly from?: number;
  readonly length: number;
}

/**
 * Which steps made each hunk of the whole change, ascending: those that wrote the lines that it adds, and those that took away the lines that it
 * removes. Where a line was brought back in between, as by a rewind, that is whoever took it away last. `steps` are the hunks of each step, in order.
 * Where lines repeat, a hunk may be told by no step; then each of them may have made it.
 */
export function blame(steps: readonly (readonly Hunk[])[], whole: readonly Place[]): readonly (readonly number[])[] {
  let lines: readonly Stretch[] = [{ from: 0, length: Number.POSITIVE_INFINITY }];
  const taken = new Taken();
  for (const [step, hunks] of steps.entries()) {
    for (const hunk of hunks.toReversed()) {
      const { old, now } = sidesOf(hunk);
      const from = firstOf(hunk.oldStart, hunk.oldLines);
      const [above, below] = [between(lines, 0, from), between(lines, from + hunk.oldLines, Number.POSITIVE_INFINITY)];
      const put = taken.back(now, endOf(above), startOf(below)).map((number) => ({ step, length: 1, ...(number === undefined ? {} : { from: number }) }));
      taken.by(step, old, between(lines, from, from + hunk.oldLines));
      lines = [...above, ...joined(put), ...below];
    }
  }
  return whole.map(({ oldStart, oldLines, newStart, newLines }) => {
    const wrote = between(lines, firstOf(newStart, newLines), firstOf(newStart, newLines) + newLines).map((one) => one.step);
    const took = Array.from({ length: oldLines }, (_, index) => taken.last(firstOf(oldStart, oldLines) + index));
    const found = [...new Set([...wrote, ...took])].filter((step) => step !== undefined).toSorted((a, b) => a - b);
    return found.length > 0 ? found : steps.map((_, step) => step);
  });
}

/** Lines of the first version that were taken away, by their number there. */
class Taken {
  readonly #by = new Map<number, number>();
  readonly #numbers = new Map<string, Set<number>>();

  /** Notes that a step took away stretches, whose lines are `texts`. */
  by(step: number, texts: readonly string[], stretches: readonly Stretch[]): void {
    let at = 0;
    for (const { from, length } of stretches) {
      for (let index = 0; from !== undefined && index < length; index += 1) this.#add(step, texts[at + index] ?? '', from + index);
      at += length;
    }
  }

  #add(step: number, text: string, number: number): void {
    this.#by.set(number, step);
    const numbers = this.#numbers.get(text) ?? new Set();
    this.#numbers.set(text, numbers.add(number));
  }

  /** The step that took a line away last. */
  last(number: number): number | undefined {
    return this.#by.get(number);
  }

  /** For each of these lines, put between lines `from` and `to` of the first version, which of those it is again, if any. */
  back(texts: readonly string[], from: number, to: number): readonly (number | undefined)[] {
    const open = new Map<string, number[]>();
    let next = from;
    return texts.map((text) => {
      const numbers = open.get(text) ?? [...(this.#numbers.get(text) ?? [])].filter((number) => number < to).toSorted((a, b) => b - a);
      open.set(text, numbers);
      while ((numbers.at(-1) ?? next) < next) numbers.pop();
      const found = numbers.pop();
      if (found !== undefined) next = found + 1;
      return found;
    });
  }
}

/** Where the first version goes on after the last of its lines in these stretches, and where it begins in them. */
const endOf = (stretches: readonly Stretch[]): number => stretches.reduce((end, { from, length }) => (from === undefined ? end : from + length), 0);
const startOf = (stretches: readonly Stretch[]): number => stretches.find((one) => one.from !== undefined)?.from ?? Number.POSITIVE_INFINITY;

/** Lines that a step put side by side, as few stretches as possible. */
function joined(lines: readonly Stretch[]): readonly Stretch[] {
  const found: Stretch[] = [];
  for (const line of lines) {
    const last = found.at(-1);
    const goesOn = last !== undefined && (last.from === undefined ? line.from === undefined : last.from + last.length === line.from);
    if (goesOn) found[found.length - 1] = { ...last, length: last.length + line.length };
    else found.push(line);
  }
  return found;
}

/** Lines before the first one of a side: an empty side is named by the line before it. */
const firstOf = (start: number, count: number): number => (count === 0 ? start : start - 1);

/** The part of stretches that stands from line `from` up to line `to`, counted from 0. */
function between(lines: readonly Stretch[], from: number, to: number): readonly Stretch[] {
  const found: Stretch[] = [];
  let at = 0;
  for (const one of lines) {
    const [start, end] = [Math.max(from, at), Math.min(to, at + one.length)];
    if (start < end) found.push({ ...one, ...(one.from === undefined ? {} : { from: one.from + start - at }), length: end - start });
    at += one.length;
    if (at >= to) break;
  }
  return found;
}
