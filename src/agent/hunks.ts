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
  const changed = (await workspace.diff(base.tree, tree)).filter((diff) => written.has(diff.path));
  for await (const [diff, hunks] of withHunks(workspace, changed)) found.push(...(await hunksOfFile(workspace, session, diff, hunks, standing.get(diff.path))));
  return found;
}

/** The most files, and about the most lines of them, whose hunks are asked for at once: an answer is taken in one stretch. */
const most = { files: 250, lines: 20_000 };

/** Each of these with its hunks, in their order. A command may change tens of thousands of files: many are asked for at once. */
export async function* withHunks<Diff extends FileDiff>(workspace: Pick<Workspace, 'hunks'>, diffs: readonly Diff[]): AsyncGenerator<readonly [Diff, readonly Hunk[]], undefined> {
  for (let at = 0; at < diffs.length;) {
    let [end, lines] = [at, 0];
    do lines += linesIn(diffs[end++]);
    while (end < diffs.length && end - at < most.files && lines + linesIn(diffs[end]) <= most.lines);
    const answer = await workspace.hunks(diffs.slice(at, end));
    if (answer.length === 0) throw new Error('nothing was answered of files whose hunks were asked for');
    for (const hunks of answer) {
      const diff = diffs[at++];
      if (diff !== undefined) yield [diff, hunks];
    }
  }
}

const linesIn = (diff: FileDiff | undefined): number => (diff === undefined ? 0 : diff.added + diff.removed);

async function hunksOfFile(workspace: Pick<Workspace, 'hunks'>, session: Session, diff: FileDiff, hunks: readonly Hunk[], writes: readonly Write[] = []): Promise<readonly ListedHunk[]> {
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
  const found: (readonly Hunk[])[] = [];
  const diffs = steps.map(({ before, after, write: { added, removed } = { added: 0, removed: 0 } }) => ({ path, added, removed, binary: false, ...(before && { before }), ...(after && { after }) }));
  for await (const [, own] of withHunks(workspace, diffs)) found.push(own);
  return steps.map((step, index) => ({ ...step, hunks: found[index] ?? [] }));
}
