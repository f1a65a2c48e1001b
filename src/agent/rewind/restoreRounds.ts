import type { Blob, Path, TreeId, Write } from '../../core/session/changes.ts';
import type { LeftPath, MovedPath } from '../../core/session/facts.ts';
import { byPath } from '../../core/session/ofPath.ts';
import { sameBlob } from '../../core/session/sameBlob.ts';
import { stretchesOf } from '../../core/session/standing.ts';
import type { RestoreItem, RestoreOutcome } from '../ports.ts';
import type { Run } from '../run.ts';

/**
 * The plan of undoing writes, in rounds: each round undoes one unbroken stretch of the session's own writes per path, the
 * latest first. Where the user changed a path in between, its writes fall into several stretches, and the user's change stays
 * through all of them: each is a three-way merge against what is there. A stretch that ends as it began is nothing to undo. Pure.
 */
export function planRewind(writes: readonly Write[]): readonly (readonly RestoreItem[])[] {
  const stretches = Array.from(stretchesOf(writes), ([path, own]) => own.flatMap(({ before, after }): RestoreItem[] => (sameBlob(before, after) ? [] : [{ path, target: before, expected: after }])));
  const rounds = Math.max(0, ...stretches.map((own) => own.length));
  return Array.from({ length: rounds }, (_, round) => stretches.flatMap((own) => own[own.length - 1 - round] ?? []));
}

/**
 * Runs the rounds. A path that has to be left in one is left wholly as it was in `safety`, the tree before the first: half a rewind of a file
 * is none that anybody asked for. Where not even that is possible, as where a folder of the user came back in its place, it is told as changed
 * and as left, and an undo brings it back; where the user has changed it since a round did, it stays, and is theirs. `begun`: what rounds before these
 * made of the paths that they changed.
 */
export async function restoreRounds(run: Run, rounds: readonly (readonly RestoreItem[])[], safety: TreeId, begun: ReadonlyMap<Path, Blob | null> = new Map()): Promise<RestoreOutcome> {
  const there = await alreadyThere(run, rounds, safety, begun);
  const [restored, merged, left, moved, emptied, now] = [new Set(there.keys()), new Set<Path>(), await leftAlone(run, rounds, (path) => there.has(path) || begun.has(path)), [] as MovedPath[], [] as Path[], new Map(there)];
  for (const round of rounds) {
    const outcome = await run.ports.workspace.restore(round.filter((item) => !there.has(item.path) && !left.has(item.path)));
    for (const path of outcome.restored) restored.add(path);
    for (const path of outcome.merged) merged.add(path);
    for (const one of outcome.left) left.set(one.path, one);
    for (const [path, blob] of outcome.now) now.set(path, blob);
    moved.push(...(outcome.moved ?? []));
    emptied.push(...(outcome.emptied ?? []));
  }
  const half = new Map([...begun, ...now].filter(([path]) => left.has(path)));
  for (const path of left.keys()) now.delete(path);
  const { back, theirs } = await putBack(run, half, safety);
  const notBack = new Set(back.left.map((one) => one.path));
  for (const path of notBack) now.set(path, half.get(path) ?? null);
  moved.push(...(back.moved ?? []));
  return {
    restored: [...restored].filter((path) => !merged.has(path) && !left.has(path)), merged: [...[...merged].filter((path) => !left.has(path)), ...notBack],
    left: [...left.values()].map((one) => inPart(one, notBack, theirs)), ...(moved.length === 0 ? {} : { moved }), ...(emptied.length === 0 ? {} : { emptied }), now,
  };
}

/**
 * Paths that a later round is known to leave, so that the first one need not touch them: a file that is written and then put back has the same bytes, but
 * other times. One that is in the way of others goes all the same, and is put back if it can be; of one that others are in the way of, the restore says whether they stay.
 * So is one that a person has in an editor with unsaved changes: what comes would be written under their hands.
 */
async function leftAlone({ ports }: Run, rounds: readonly (readonly RestoreItem[])[], isElsewhere: (path: Path) => boolean): Promise<Map<Path, LeftPath>> {
  const left = new Map<Path, LeftPath>();
  const [items, unsaved] = [byPath(rounds.flat()), new Set(ports.user.unsaved())];
  for (const [path, own] of items) {
    if (isElsewhere(path)) continue;
    if (unsaved.has(path)) left.set(path, { path, why: notSaved });
    if (own.length < 2 || left.has(path)) continue;
    const { does, why = '', goesFirst, inWay } = await ports.workspace.rehearse(path, own);
    if (goesFirst !== true && inWay === undefined && (does === 'left' || does === 'conflict')) left.set(path, { path, why, ...(does === 'conflict' ? { conflict: true as const } : {}) });
  }
  return left;
}

/** Why a path is left that a person has in an editor with unsaved changes. They may have begun to type after they were asked, while a call still ran. */
export const notSaved = 'it has unsaved changes in an editor';

/** Half a rewind is no conflict that a person could decide: its rounds would not begin where they did. */
function inPart(one: LeftPath, notBack: ReadonlySet<Path>, theirs: ReadonlySet<Path>): LeftPath {
  if (theirs.has(one.path)) return { path: one.path, why: `${one.why}; it was rewound in part, and you changed it meanwhile` };
  return notBack.has(one.path) ? { path: one.path, why: `${one.why}; it was rewound in part` } : one;
}

/** Paths that were in the end's state before the first round: nothing leads them there by ways in which a change of the user's may stand. */
async function alreadyThere(run: Run, rounds: readonly (readonly RestoreItem[])[], safety: TreeId, begun: ReadonlyMap<Path, Blob | null>): Promise<ReadonlyMap<Path, Blob | null>> {
  const last = new Map(rounds.flat().map(({ path, target }) => [path, target]));
  const was = await run.ports.workspace.entries(safety, [...last.keys()]);
  return new Map([...last].filter(([path, target]) => !begun.has(path) && sameBlob(was.get(path) ?? null, target)));
}

/**
 * The outcome after `tree`, the look after it: a path that has something else by then was changed between the two. That is the user's, which
 * no undo may take for what was brought back: the path is told as left.
 */
export async function asFound(run: Run, outcome: RestoreOutcome, tree: TreeId): Promise<RestoreOutcome> {
  const found = await run.ports.workspace.entries(tree, [...outcome.now.keys()]);
  const theirs = new Set([...outcome.now].flatMap(([path, now]) => (found.has(path) && !sameBlob(found.get(path) ?? null, now) ? [path] : [])));
  if (theirs.size === 0) return outcome;
  const sure = (paths: readonly Path[]): readonly Path[] => paths.filter((path) => !theirs.has(path));
  return { ...outcome, restored: sure(outcome.restored), merged: sure(outcome.merged), left: [...outcome.left.filter((one) => !theirs.has(one.path)), ...[...theirs].map((path) => ({ path, why: changedAtOnce }))] };
}

const changedAtOnce = 'you changed it the moment it had come back, so it counts as yours';

/** Brings paths back to what they were in `safety`, but for `theirs`: those that have something else by now than what the rounds made of them, `half`. */
async function putBack(run: Run, half: ReadonlyMap<Path, Blob | null>, safety: TreeId): Promise<{ readonly back: Pick<RestoreOutcome, 'left' | 'moved'>; readonly theirs: ReadonlySet<Path> }> {
  if (half.size === 0) return { back: { left: [] }, theirs: new Set() };
  const paths = [...half.keys()];
  const { tree } = await run.ports.workspace.capture();
  const [wanted, now] = [await run.ports.workspace.entries(safety, paths), await run.ports.workspace.entries(tree, paths)];
  const changed = paths.filter((path) => !sameBlob(wanted.get(path) ?? null, now.get(path) ?? null));
  const theirs = new Set(changed.filter((path) => !sameBlob(now.get(path) ?? null, half.get(path) ?? null)));
  const ours = changed.filter((path) => !theirs.has(path));
  return { back: await run.ports.workspace.restore(ours.map((path) => ({ path, target: wanted.get(path) ?? null, expected: now.get(path) ?? null }))), theirs };
}
