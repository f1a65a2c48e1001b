import type { Path, Write } from './changes.ts';
import type { RewindPlan, RewindRecord } from './facts.ts';
import type { Line } from './session.ts';
import { standingWrites } from './standing.ts';

/**
 * The writes of a rewind that is over, each with what it took back of `line`, the line that it found. Only where whole writes went, to what the path had
 * before the first of them: of hunks there may be a rest, and what a person decided about lines ends with them.
 */
export function takenBack({ writes, left }: RewindRecord, plan: RewindPlan, line: Line): readonly Write[] {
  if (plan.resolves !== undefined) return writes;
  const targets = new Map(plan.rounds.flat().map(({ path, target }) => [path, target]));
  const inPart = new Set<Path>([...left, ...(plan.hunks ?? [])].map(({ path }) => path));
  const standing = standingWrites(line.writes);
  return writes.map((write) => {
    const [before, last] = [targets.get(write.path), standing.get(write.path)?.at(-1)];
    return write.ends === true || before === undefined || last === undefined || inPart.has(write.path) ? write : { ...write, cancels: { before, after: last.after ?? null } };
  });
}
