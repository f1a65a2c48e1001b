import type { DiffBudget } from '../contract/contract.ts';
import type { FileDiff, Path } from '../session/changes.ts';
import { compileGlobs } from './globs.ts';
import type { DiffUse, DiffUses } from './proposal.ts';

/** What the diffs of the session's own write set use of the diff budget. A binary file counts as a file without lines. */
export function useOf(budget: DiffBudget, diffs: readonly FileDiff[], written: ReadonlySet<Path>): DiffUse {
  const uncounted = compileGlobs(budget.uncounted);
  const counted = diffs.filter((diff) => written.has(diff.path) && uncounted(diff.path) === undefined);
  return { files: counted.length, lines: counted.reduce((sum, diff) => sum + diff.added + diff.removed, 0) };
}

/** Which limit the use is over, in words, or undefined while it is within. */
export function overBudget(budget: DiffBudget, uses: DiffUses): string | undefined {
  const files = Math.max(uses.phase.files, uses.base.files);
  const lines = Math.max(uses.phase.lines, uses.base.lines);
  if (files > budget.files) return `${files} files changed, at most ${budget.files}`;
  if (lines > budget.lines) return `${lines} lines changed, at most ${budget.lines}`;
  return undefined;
}
