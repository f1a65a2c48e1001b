import type { Blob, Hunk, Write } from './changes.ts';
import { joined, StretchReader } from './lineStretches.ts';
import type { Stretch } from './lineStretches.ts';
import { sameBlob } from './sameBlob.ts';
import { TakenLines } from './takenLines.ts';

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

/**
 * Which steps made each hunk of the whole change, ascending: those that wrote the lines that it adds, and those that took away the lines that it
 * removes. Where a line was brought back in between, as by a rewind, that is whoever took it away last. `steps` are the hunks of each step, in order.
 * Where lines repeat, a hunk may be told by no step; then each of them may have made it.
 */
export function blame(steps: readonly (readonly Hunk[])[], whole: readonly Place[]): readonly (readonly number[])[] {
  let lines: readonly Stretch[] = [{ from: 0, length: Number.POSITIVE_INFINITY }];
  const taken = new TakenLines();
  for (const [step, hunks] of steps.entries()) lines = stepped(lines, step, hunks, taken);
  const rest = new StretchReader(lines);
  return whole.map(({ oldStart, oldLines, newStart, newLines }) => {
    rest.upTo(firstOf(newStart, newLines));
    const wrote = rest.upTo(firstOf(newStart, newLines) + newLines).map((one) => one.step);
    const took = Array.from({ length: oldLines }, (_, index) => taken.last(firstOf(oldStart, oldLines) + index));
    const found = [...new Set([...wrote, ...took])].filter((step) => step !== undefined).toSorted((a, b) => a - b);
    return found.length > 0 ? found : steps.map((_, step) => step);
  });
}

/** The lines after a step, whose hunks are in order. */
function stepped(lines: readonly Stretch[], step: number, hunks: readonly Hunk[], taken: TakenLines): readonly Stretch[] {
  const [rest, found] = [new StretchReader(lines), [] as Stretch[]];
  let end = 0;
  const put = (stretches: readonly Stretch[]): void => {
    for (const one of stretches) {
      if (one.from !== undefined) end = one.from + one.length;
      found.push(one);
    }
  };
  for (const hunk of hunks) {
    put(rest.upTo(firstOf(hunk.oldStart, hunk.oldLines)));
    const gone = rest.upTo(firstOf(hunk.oldStart, hunk.oldLines) + hunk.oldLines);
    const back = taken.back(hunk, end, rest.next());
    taken.by(step, hunk, gone);
    put(joined(step, back));
  }
  put(rest.upTo(Number.POSITIVE_INFINITY));
  return found;
}

/** Lines before the first one of a side: an empty side is named by the line before it. */
const firstOf = (start: number, count: number): number => (count === 0 ? start : start - 1);
