import type { Path } from '../core/session/changes.ts';
import type { RestoreItem, RewindRecord } from '../core/session/facts.ts';
import type { Session } from '../core/session/session.ts';
import { openConflicts } from '../core/session/conflicts.ts';
import { look } from './look.ts';
import type { Rehearsal } from './ports.ts';
import { restoreRounds } from './rewind/restoreRounds.ts';
import { begin, finish } from './rewind/rewind.ts';
import { settleFlags } from './rewind/rewindHunks.ts';
import type { Run } from './run.ts';

/** What a person decided about a conflict: the texts for each place where a merge stopped, and what they saw of the file when they began. */
export interface Resolution {
  readonly rewind: string;
  readonly path: Path;
  readonly answers: readonly string[];
  readonly seen: string;
}

/** What a rewind wanted to do with a path that it left in conflict, in rounds; undefined where that is settled. */
function itemsOf({ rewinds }: Session, id: string, path: Path): readonly RestoreItem[] | undefined {
  const rewind = rewinds.find((one) => one.id === id);
  return rewind === undefined ? undefined : openConflicts(rewinds, rewind).find((one) => one.path === path)?.items;
}

/** The next place where the merge of a path stops, with its sides, or the text that it comes to. A sentence where there is nothing to decide. */
export async function conflictOf(run: Run, { rewind, path, answers }: Omit<Resolution, 'seen'>): Promise<Rehearsal | string> {
  const items = itemsOf(run.recorder.session, rewind, path);
  return items === undefined ? settled(path) : run.ports.workspace.rehearse(path, items, answers);
}

/**
 * Takes a rewind of one path to the end that a person decided on. What they accepted is written as a rewind is: over what they saw and nothing else,
 * verified, undoable. Answers a sentence where nothing was changed.
 */
export async function resolveConflict(run: Run, { rewind, path, answers, seen }: Resolution): Promise<RewindRecord | string> {
  const safety = (await look(run)).tree;
  const items = itemsOf(run.recorder.session, rewind, path);
  if (items === undefined) return settled(path);
  const [{ sides }, end] = [await run.ports.workspace.rehearse(path, items), await run.ports.workspace.rehearse(path, items, answers)];
  // Where it meets no conflict any more, nobody would use what the person decided.
  if ((sides !== undefined || answers.length > 0) && sides?.yours !== seen) return `${path} has changed since the conflict was opened; open it again. Nothing was changed`;
  if (end.does === 'left' || end.does === 'conflict') return `${path}: ${end.why ?? 'it is not resolved yet'}`;
  const current = (await run.ports.workspace.entries(safety, [path])).get(path) ?? null;
  const target = end.text === undefined || end.mode === undefined ? current : { oid: await run.ports.workspace.keepText(path, end.text), mode: end.mode };
  const rounds = end.does === 'nothing' ? [] : [[{ path, target, expected: current }]];
  const plan = await begin(run, { kind: 'file', to: path, by: 'person', safety, rounds, beside: [], resolves: rewind, users: [path] });
  const done = await finish(run, plan, await restoreRounds(run, rounds, safety));
  await settleFlags(run, [path]);
  return done;
}

const settled = (path: Path): string => `there is no conflict about ${path} any more`;
