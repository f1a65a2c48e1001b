import { diskFault } from '../../core/session/diskFault.ts';
import type { Blob, Hunk, Path, TreeId } from '../../core/session/changes.ts';
import type { FileHunks, LeftPath, RestoreItem, RewindPlan } from '../../core/session/facts.ts';
import { openFlags } from '../../core/session/line.ts';
import { sameBlob } from '../../core/session/sameBlob.ts';
import { settle } from '../flags.ts';
import { differences } from '../look.ts';
import type { RestoreOutcome } from '../ports.ts';
import { writeReports } from '../reports.ts';
import { restoreRounds } from './restoreRounds.ts';
import { backAgain, finish } from './rewind.ts';
import { finishHunks, joined, revertAll, settleFlags } from './rewindHunks.ts';
import type { Run } from '../run.ts';
import { finishRedo, finishUndo } from './undoRewind.ts';

/**
 * Takes a rewind, or the undoing of one, to its end that was begun when the process died. A path that is as before the rewind, or as one of its rounds left it, is
 * brought back now; one that has what it shall have was brought back then. Any other may hold what the user did since, and counts as theirs.
 * Does nothing where no rewind was begun.
 */
export async function finishRewind(run: Run): Promise<void> {
  const plan = run.recorder.session.rewinding;
  if (plan === undefined) return;
  await run.ports.workspace.sweep(plan.safety);
  const { tree } = await run.ports.workspace.capture();
  const hunks = plan.hunks ?? (plan.hunk === undefined ? undefined : [{ path: plan.to, hunks: [plan.hunk] }]);
  await (hunks === undefined ? finishFiles(run, plan, tree) : finishParts(run, plan, hunks, tree));
  await writeReports(run);
}

async function finishFiles(run: Run, plan: RewindPlan, tree: TreeId): Promise<void> {
  const { begun, bring } = await standOf(run, plan, tree);
  await observe(run, tree, new Set(begun.keys()));
  const outcome = await bring();
  if (plan.undoes !== undefined) return void (await finishUndo(run, plan, plan.undoes, outcome));
  if (plan.redoes !== undefined) return void (await finishRedo(run, plan, plan.redoes, outcome));
  const rewind = await finish(run, plan, outcome);
  if (plan.kind !== 'file') return;
  // What a person decided about lines may leave some of the session's.
  if (plan.resolves !== undefined) return settleFlags(run, [plan.to]);
  const back = backAgain(rewind);
  await settle(run, openFlags(run.recorder.session.line).filter((flag) => back.has(flag.path)).map((flag) => ({ flag: flag.id, how: 'rewound' })));
}

/** How far the rounds of a rewind came: paths that they changed, and what does the rest. */
async function standOf(run: Run, plan: RewindPlan, tree: TreeId): Promise<{ readonly begun: ReadonlyMap<Path, Blob | null>; readonly bring: () => Promise<RestoreOutcome> }> {
  const items = new Map<Path, RestoreItem[]>();
  for (const item of plan.rounds.flat()) items.set(item.path, [...(items.get(item.path) ?? []), item]);
  const paths = [...items.keys()];
  const [was, is] = [await run.ports.workspace.entries(plan.safety, paths), await run.ports.workspace.entries(tree, paths)];
  /** Rounds that a path has behind it; undefined where that cannot be known. */
  const behind = new Map(paths.map((path) => [path, roundsBehind(items.get(path) ?? [], was.get(path), is.get(path))]));
  const ahead = paths.filter((path) => (behind.get(path) ?? Infinity) < (items.get(path)?.length ?? 0));
  const theirs = paths.filter((path) => behind.get(path) === undefined);
  const reached = paths.filter((path) => behind.get(path) === items.get(path)?.length);
  const begun = new Map(paths.flatMap((path) => ((behind.get(path) ?? 0) > 0 ? [[path, is.get(path) ?? null] as const] : [])));
  const rounds = plan.rounds.map((round, index) => round.filter((item) => (behind.get(item.path) ?? Infinity) <= index));
  const bring = async (): Promise<RestoreOutcome> => {
    const rest = await restoreRounds(run, rounds, plan.safety, begun).catch((error: unknown) => soFar(run, plan, ahead, error));
    const now = new Map([...reached.map((path) => [path, is.get(path) ?? null] as const), ...rest.now]);
    return { ...rest, now, restored: [...reached, ...rest.restored], left: [...rest.left, ...theirs.map((path): LeftPath => ({ path, why: changedMeanwhile }))] };
  };
  return { begun, bring };
}

const changedMeanwhile = 'it changed while the rewind was interrupted';

function roundsBehind(items: readonly RestoreItem[], was: Blob | undefined, is: Blob | undefined): number | undefined {
  if (sameBlob(was ?? null, is ?? null)) return 0;
  const at = items.findLastIndex((item) => sameBlob(item.target, is ?? null));
  return at === -1 ? undefined : at + 1;
}

/**
 * Where it cannot be taken to its end this time either, it ends here with what it did: a rewind that never ends would let nobody go on. A disk that
 * takes nothing now may take it later.
 */
async function soFar(run: Run, { rounds, safety }: RewindPlan, paths: readonly Path[], error: unknown): Promise<RestoreOutcome> {
  if (diskFault(error) !== undefined) throw error;
  const { tree } = await run.ports.workspace.capture();
  const [was, is] = [await run.ports.workspace.entries(safety, paths), await run.ports.workspace.entries(tree, paths)];
  const last = new Map(rounds.flat().map((item) => [item.path, item.target]));
  const restored = paths.filter((path) => sameBlob(is.get(path) ?? null, last.get(path) ?? null));
  const back = new Set(restored);
  const rest = paths.filter((path) => !back.has(path));
  const merged = rest.filter((path) => !sameBlob(is.get(path) ?? null, was.get(path) ?? null));
  return { restored, merged, left: rest.map((path) => ({ path, why: inWords(error) })), now: new Map([...restored, ...merged].map((path) => [path, is.get(path) ?? null])) };
}

const inWords = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function finishParts(run: Run, plan: RewindPlan, files: readonly FileHunks[], tree: TreeId): Promise<void> {
  const diffs = new Map((await differences(run, plan.safety, tree)).map((diff) => [diff.path, diff]));
  const [done, ahead, theirs]: [Path[], FileHunks[], LeftPath[]] = [[], [], []];
  const { begun, bring } = await standOf(run, plan, tree);
  for (const file of files) {
    const diff = diffs.get(file.path);
    const [changes = []] = diff === undefined ? [] : await run.ports.workspace.hunks([diff]);
    // Its mode may be back already, by a round.
    if (diff === undefined || (changes.length === 0 && begun.has(file.path))) ahead.push(file);
    else if (isInverse(file.hunks, changes)) done.push(file.path);
    else theirs.push({ path: file.path, why: changedMeanwhile });
  }
  await observe(run, tree, new Set([...begun.keys(), ...done]));
  const failed = (error: unknown): RestoreOutcome => {
    if (diskFault(error) !== undefined) throw error;
    return { restored: [], merged: [], left: ahead.map(({ path }) => ({ path, why: inWords(error) })), now: new Map() };
  };
  const rest = joined(await bring(), await revertAll(run, ahead).catch(failed));
  const rewind = await finishHunks(run, plan, joined(rest, { restored: done, merged: [], left: theirs, now: await run.ports.workspace.entries(tree, done) }));
  if (typeof rewind !== 'string') await settleFlags(run, [...rewind.restored, ...rewind.merged]);
}

/** Whether these changes took back those hunks and did nothing else. */
function isInverse(taken: readonly Hunk[], changes: readonly Hunk[]): boolean {
  const side = (hunks: readonly Hunk[], sign: '-' | '+') => hunks.flatMap((one) => one.lines).filter((line) => line.startsWith(sign)).map((line) => line.slice(1)).join('\n');
  return changes.length === taken.length && side(changes, '-') === side(taken, '+') && side(changes, '+') === side(taken, '-');
}

/** What else changed since the rewind began is the user's. */
async function observe(run: Run, tree: TreeId, but: ReadonlySet<Path>): Promise<void> {
  const files = (await differences(run, run.recorder.session.tree ?? tree, tree)).filter((diff) => !but.has(diff.path));
  if (files.length > 0) await run.recorder.record({ type: 'changes/observed', by: 'user', files, tree });
}
