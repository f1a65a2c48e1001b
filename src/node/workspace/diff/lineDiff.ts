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

/**
 * The same changes in a form that only the lines around each of them decide. Where lines repeat, several shortest lists of changes lead from one text to
 * the other; a change elsewhere in the text must not choose between them, or it would give another form to one that nobody touched. So changes that
 * stand near each other are found anew by themselves. What comes out is as short as `changes`.
 */
export function settled(before: readonly string[], after: readonly string[], changes: readonly LineChange[]): LineChange[] {
  const groups: LineChange[][] = [];
  for (const change of changes) {
    const last = groups.at(-1)?.at(-1);
    if (last !== undefined && change.oldStart - endOf(last).old < 2 * near) groups.at(-1)?.push(change);
    else groups.push([change]);
  }
  return groups.flatMap((group) => foundAnew(before, after, group));
}

/** Lines around a group of changes that are looked at with it; groups stand at least twice as far apart. */
const near = 5;

function foundAnew(before: readonly string[], after: readonly string[], group: readonly LineChange[]): readonly LineChange[] {
  const [first, last] = [group[0], group.at(-1)];
  if (first === undefined || last === undefined) return group;
  const [above, { old, now }] = [Math.min(near, first.oldStart), endOf(last)];
  const [oldStart, newStart] = [first.oldStart - above, first.newStart - above];
  const found = lineChanges(before.slice(oldStart, old + near), after.slice(newStart, now + near));
  return found?.map((change) => ({ ...change, oldStart: change.oldStart + oldStart, newStart: change.newStart + newStart })) ?? group;
}

const endOf = ({ oldStart, oldLines, newStart, newLines }: LineChange): { readonly old: number; readonly now: number } => ({ old: oldStart + oldLines, now: newStart + newLines });

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
