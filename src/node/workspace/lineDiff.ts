import { diffArrays } from 'diff';

/** One contiguous change between two lists of lines; positions count from 0. */
export interface LineChange {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
}

/** Most edits that are searched for in this process; the search grows with their square. */
const mostEdits = 400;

/**
 * The changes that turn `before` into `after`, as few lines as possible. Undefined where the search would take long: git
 * finds them in another process then. The same lines always get the same answer.
 */
export function lineChanges(before: readonly string[], after: readonly string[]): LineChange[] | undefined {
  const start = commonStart(before, after);
  const end = commonEnd(before, after, start);
  const [old, now] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  if (old.length === 0 && now.length === 0) return [];
  const whole = { oldStart: start, oldLines: old.length, newStart: start, newLines: now.length };
  if (old.length === 0 || now.length === 0) return [whole];
  const known = new Set(old);
  if (!now.some((line) => known.has(line))) return [whole];
  return searched(old, now, start);
}

function searched(old: string[], now: string[], offset: number): LineChange[] | undefined {
  const parts = diffArrays(old, now, { maxEditLength: mostEdits });
  if (parts === undefined) return undefined;
  const changes: LineChange[] = [];
  let [oldAt, newAt] = [offset, offset];
  let open: { oldStart: number; oldLines: number; newStart: number; newLines: number } | undefined;
  for (const part of parts) {
    if (!part.added && !part.removed) open = undefined;
    else {
      if (open === undefined) changes.push((open = { oldStart: oldAt, oldLines: 0, newStart: newAt, newLines: 0 }));
      if (part.added) open.newLines += part.value.length;
      else open.oldLines += part.value.length;
    }
    if (!part.added) oldAt += part.value.length;
    if (!part.removed) newAt += part.value.length;
  }
  return changes;
}

function commonStart(a: readonly string[], b: readonly string[]): number {
  let count = 0;
  while (count < a.length && count < b.length && a[count] === b[count]) count += 1;
  return count;
}

function commonEnd(a: readonly string[], b: readonly string[], start: number): number {
  let count = 0;
  while (count < a.length - start && count < b.length - start && a[a.length - 1 - count] === b[b.length - 1 - count]) count += 1;
  return count;
}

/** Added and removed lines of a list of changes. */
export function countsOf(changes: readonly LineChange[]): { readonly added: number; readonly removed: number } {
  return changes.reduce((sum, change) => ({ added: sum.added + change.newLines, removed: sum.removed + change.oldLines }), { added: 0, removed: 0 });
}
