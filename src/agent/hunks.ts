import { fileSteps, stretchSteps } from '../core/session/blame.ts';
import type { FileStep } from '../core/session/blame.ts';
import type { FileDiff, Hunk, Write } from '../core/session/changes.ts';
import { listedHunks } from '../core/session/listedHunk.ts';
import type { ListedHunk } from '../core/session/listedHunk.ts';
import type { Session } from '../core/session/session.ts';
import { standingWrites } from '../core/session/standing.ts';
import type { Workspace } from './ports.ts';

/**
 * Every part of the session's change against its base, by path and place, each with who made it and how it stands. `tree` is what the work tree holds;
 * without it, what it held at the last look. None where the session has no base yet.
 */
export async function listHunks(workspace: Pick<Workspace, 'diff' | 'hunks'>, session: Session, tree = session.tree): Promise<readonly ListedHunk[]> {
  const { base } = session;
  if (base === undefined || tree === undefined || tree === base.tree) return [];
  const [written, standing] = [new Set(session.line.writes.flatMap(({ by, path }) => (by === 'rewind' ? [] : [path]))), standingWrites(session.line.writes)];
  const found: ListedHunk[] = [];
  for (const diff of await workspace.diff(base.tree, tree)) if (written.has(diff.path)) found.push(...(await hunksOfFile(workspace, session, diff, standing.get(diff.path))));
  return found;
}

async function hunksOfFile(workspace: Pick<Workspace, 'hunks'>, session: Session, diff: FileDiff, writes: readonly Write[] = []): Promise<readonly ListedHunk[]> {
  const hunks = await workspace.hunks(diff);
  const steps = fileSteps(diff.before, writes, diff.after);
  // No hunk of a file that has none needs to be told from another.
  if (hunks.length === 0) return listedHunks(session, diff, hunks, steps.map((step) => ({ ...step, hunks })));
  return listedHunks(session, diff, hunks, await told(workspace, diff, hunks, steps));
}

/**
 * Each step with its own hunks. Where the store has given up a version between two writes of the session, those count as one; where it has none of
 * what is needed, no step tells anything.
 */
async function told(workspace: Pick<Workspace, 'hunks'>, diff: FileDiff, hunks: readonly Hunk[], steps: readonly FileStep[]): Promise<readonly (FileStep & { readonly hunks: readonly Hunk[] })[]> {
  return eachTold(workspace, diff, hunks, steps).catch(() => eachTold(workspace, diff, hunks, stretchSteps(steps))).catch(() => steps.map((step) => ({ ...step, hunks: [] })));
}

async function eachTold(workspace: Pick<Workspace, 'hunks'>, { path }: FileDiff, hunks: readonly Hunk[], steps: readonly FileStep[]): Promise<readonly (FileStep & { readonly hunks: readonly Hunk[] })[]> {
  if (steps.length === 1) return steps.map((step) => ({ ...step, hunks }));
  const each = [];
  for (const { before, after, ...step } of steps) each.push({ ...step, hunks: await workspace.hunks({ path, added: 0, removed: 0, binary: false, ...(before && { before }), ...(after && { after }) }) });
  return each;
}
