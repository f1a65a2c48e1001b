import { sizeOf, useOf } from '../core/guard/budget.ts';
import type { ChangeSize, DiffUses, FileDiff, Path, TreeId } from '../core/session/changes.ts';
import { phaseBase } from '../core/session/line.ts';
import type { Session } from '../core/session/session.ts';
import { standingPaths } from '../core/session/standing.ts';
import { differences } from './look.ts';
import type { Run } from './run.ts';

/** What the session's work uses of the diff budget now. */
export async function measureUse(run: Run, tree: TreeId): Promise<DiffUses> {
  const { session } = run.recorder;
  const standing = standingPaths(session.line.writes);
  const use = async (from: TreeId) => useOf(session.contract.diff, await differences(run, from, tree), standing);
  return { phase: await use(phaseBase(session)), base: await use(baseTree(session)) };
}

/** Size of the session's own change between two trees. */
export async function measureChange(run: Run, from: TreeId, to: TreeId): Promise<ChangeSize> {
  const { session } = run.recorder;
  return sizeOf(session.contract.diff, await differences(run, from, to), standingPaths(session.line.writes));
}

/** Measures what the work uses of the diff budget, and records it where it has changed. */
export async function recordUse(run: Run, tree: TreeId): Promise<DiffUses> {
  const uses = await measureUse(run, tree);
  const { line } = run.recorder.session;
  if (JSON.stringify(uses) !== JSON.stringify(line.uses)) await run.recorder.record({ type: 'diff/measured', uses });
  return uses;
}

/** The same, as if `path` had `content` (null: were deleted). */
export async function measureUseWith(run: Run, tree: TreeId, path: Path, content: string | null): Promise<DiffUses> {
  const { session } = run.recorder;
  const standing = standingPaths(session.line.writes).add(path);
  const use = async (from: TreeId) => {
    const others = (await differences(run, from, tree)).filter((diff) => diff.path !== path);
    const counted = await run.ports.workspace.countLines(path, content, from);
    const proposed: FileDiff[] = counted === undefined ? [] : [{ path, ...counted }];
    return useOf(session.contract.diff, [...others, ...proposed], standing);
  };
  return { phase: await use(phaseBase(session)), base: await use(baseTree(session)) };
}

export function baseTree(session: Session): TreeId {
  if (session.base === undefined) throw new Error('the base was asked for before it was taken');
  return session.base.tree;
}
