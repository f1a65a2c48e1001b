import type { Blob, Hunk, Write } from './changes.ts';
import { sameBlob } from './sameBlob.ts';

/** From one version of a file to the next. Without a `write` it was the user. */
export interface FileStep {
  readonly before?: Blob;
  readonly after?: Blob;
  readonly write?: Write;
}

/** How a file came from `base` to `now`, step by step: what `writes`, those of the path that count, leave open between them is the user's. */
export function fileSteps(base: Blob | undefined, writes: readonly Write[], now: Blob | undefined): readonly FileStep[] {
  const steps: FileStep[] = [];
  let at = base;
  const step = (before: Blob | undefined, after: Blob | undefined, write?: Write): void => {
    at = after;
    if (!sameBlob(before ?? null, after ?? null)) steps.push({ ...(before && { before }), ...(after && { after }), ...(write && { write }) });
  };
  for (const write of writes) {
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

/** Lines that stand together: those of the first version from `from` on, or those that a step wrote. */
interface Stretch {
  readonly step?: number;
  readonly from: number;
  readonly length: number;
}

/**
 * Which steps made each hunk of the whole change, ascending: those that wrote the lines that it adds, and those that took away the lines that it
 * removes. `steps` are the hunks of each step, in order. Where lines repeat, a hunk may be told by no step; then each of them may have made it.
 */
export function blame(steps: readonly (readonly Place[])[], whole: readonly Place[]): readonly (readonly number[])[] {
  let lines: readonly Stretch[] = [{ from: 0, length: Number.POSITIVE_INFINITY }];
  const removed: Stretch[] = [];
  for (const [step, places] of steps.entries()) {
    for (const place of places.toReversed()) {
      const [from, to] = [firstOf(place.oldStart, place.oldLines), firstOf(place.oldStart, place.oldLines) + place.oldLines];
      for (const gone of between(lines, from, to)) if (gone.step === undefined) removed.push({ step, from: gone.from, length: gone.length });
      lines = [...between(lines, 0, from), ...(place.newLines === 0 ? [] : [{ step, from: 0, length: place.newLines }]), ...between(lines, to, Number.POSITIVE_INFINITY)];
    }
  }
  return whole.map(({ oldStart, oldLines, newStart, newLines }) => {
    const wrote = between(lines, firstOf(newStart, newLines), firstOf(newStart, newLines) + newLines);
    const [from, to] = [firstOf(oldStart, oldLines), firstOf(oldStart, oldLines) + oldLines];
    const took = removed.filter((one) => one.from < to && one.from + one.length > from);
    const found = [...new Set([...wrote, ...took].flatMap((one) => one.step ?? []))].toSorted((a, b) => a - b);
    return found.length > 0 ? found : steps.map((_, step) => step);
  });
}

/** Lines before the first one of a side: an empty side is named by the line before it. */
const firstOf = (start: number, count: number): number => (count === 0 ? start : start - 1);

/** The part of stretches that stands from line `from` up to line `to`, counted from 0. */
function between(lines: readonly Stretch[], from: number, to: number): readonly Stretch[] {
  const found: Stretch[] = [];
  let at = 0;
  for (const one of lines) {
    const [start, end] = [Math.max(from, at), Math.min(to, at + one.length)];
    if (start < end) found.push({ ...one, from: one.from + start - at, length: end - start });
    at += one.length;
    if (at >= to) break;
  }
  return found;
}
