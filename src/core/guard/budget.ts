import type { DiffBudget } from '../contract/contract.ts';
import type { ChangeSize, DiffUse, DiffUses, FileDiff, Path } from '../session/changes.ts';
import { compileGlobs } from './globs.ts';

/** Size of the part of the diffs that counts: paths of the session's own write set that are not uncounted. A binary file has no lines. */
export function sizeOf(budget: DiffBudget, diffs: readonly FileDiff[], written: ReadonlySet<Path>): ChangeSize {
  const uncounted = compileGlobs(budget.uncounted);
  const counted = diffs.filter((diff) => written.has(diff.path) && uncounted(diff.path) === undefined);
  const sum = (of: (diff: FileDiff) => number): number => counted.reduce((total, diff) => total + of(diff), 0);
  return { files: counted.length, added: sum((diff) => diff.added), removed: sum((diff) => diff.removed) };
}

/** What diffs use of the diff budget. */
export function useOf(budget: DiffBudget, diffs: readonly FileDiff[], written: ReadonlySet<Path>): DiffUse {
  const { files, added, removed } = sizeOf(budget, diffs, written);
  return { files, lines: added + removed };
}

/** Which limit the use is over, in words, or undefined while it is within. */
export function overBudget(budget: DiffBudget, uses: DiffUses): string | undefined {
  const files = Math.max(uses.phase.files, uses.base.files);
  const lines = Math.max(uses.phase.lines, uses.base.lines);
  if (files > budget.files) return `${files} files changed, at most ${budget.files}`;
  if (lines > budget.lines) return `${lines} lines changed, at most ${budget.lines}`;
  return undefined;
}
