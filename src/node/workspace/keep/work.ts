import type { Blob, Path, TreeId, Write } from '../../../core/session/changes.ts';
import type { Verdict } from '../../../core/oracle/result.ts';
import type { Session } from '../../../core/session/session.ts';
import { evictedAt } from '../../../core/session/retention.ts';
import { sharesOf } from '../../../core/session/shares.ts';
import { shownPath } from '../../../core/session/shownPath.ts';
import { trailersOf } from '../../../core/session/trailers.ts';
import type { Commits } from './commits.ts';
import { NotKept } from '../repository/notKept.ts';
import { isUnder } from '../disk/places.ts';
import { type Dir, differences } from '../store/tree.ts';
import { treeOf } from '../store/trees.ts';

/** The work of a session in the order in which it came about. */
export interface Work {
  /** The contract's name. */
  readonly name: string;
  /** Id of the session, which the messages name. */
  readonly session?: string;
  /** Commit of the user's HEAD when the session started; undefined in a repository without commits. */
  readonly head?: string;
  readonly base: TreeId;
  /** Paths of the base that differed from HEAD: the user's uncommitted work. */
  readonly dirty: readonly Path[];
  /** What was measured was measured with changes of the user's in another repository, which are left out there. */
  readonly leftElsewhere?: boolean;
  readonly steps: readonly WorkStep[];
}

export interface WorkStep {
  readonly tree: TreeId;
  readonly message: string;
  /** Seconds since the epoch. */
  readonly seconds: number;
  /** What the session wrote since the step before; every other change of the step is the user's. */
  readonly writes: readonly Write[];
}

/** Contents by path; null: gone. */
export type Changes = ReadonlyMap<Path, Blob | null>;

/** What one step changed, the user's own part and the rest, in which `both` had a hand where it is named there. */
export interface Stage {
  readonly step: WorkStep;
  /** What git would track after the step. */
  readonly after: Dir;
  readonly users: Changes;
  readonly rest: Changes;
  readonly both: ReadonlySet<Path>;
}

/** The work that a session's journal tells of. */
export function workOf(session: Session, messages: ReadonlyMap<string, string>): Work {
  const { base, line } = session;
  if (base === undefined) throw new NotKept('the session has done nothing that could be kept');
  // What a boundary without its checkpoint did is part of the next one's step.
  const boundaries = line.boundaries.filter((boundary) => evictedAt(session, boundary) === undefined);
  const steps = boundaries.map((boundary, index): WorkStep => ({
    tree: boundary.tree, seconds: Math.floor(boundary.at / 1000), message: messages.get(boundary.commit) ?? boundary.id,
    writes: boundary.line.writes.slice(boundaries[index - 1]?.line.writes.length ?? 0),
  }));
  const [last, lastStep] = [line.boundaries.at(-1), steps.at(-1)];
  const open = session.tree !== undefined && session.tree !== (last?.tree ?? base.tree);
  const rest: WorkStep[] = open && session.tree !== undefined
    ? [{ tree: session.tree, seconds: lastStep?.seconds ?? Math.floor(session.startedAt / 1000), message: afterBoundaries(session, session.tree), writes: line.writes.slice(last?.line.writes.length ?? 0) }] : [];
  return { name: session.name, session: session.id, base: base.tree, dirty: base.dirty, steps: [...steps, ...rest], ...(base.head === undefined ? {} : { head: base.head }) };
}

function afterBoundaries(session: Session, tree: TreeId): string {
  return `Work after the last boundary\n\n${trailersOf(session, { tree, verdict: verdictOn(session, tree) })}`;
}

/** The verdict that stands for a content, as the journal has it. */
export function verdictOn({ verdict }: Session, tree: TreeId): Verdict {
  return verdict?.tree === tree ? verdict.verdict : 'unverified';
}

/** What git would track of each step's changes, by whose they are. */
export async function stagesOf(commits: Commits, work: Work): Promise<readonly Stage[]> {
  const stages: Stage[] = [];
  let before = await commits.committable(work.base);
  for (const step of work.steps) {
    const after = await trackedAfter(commits, step, before);
    const changes = [...differences(before, after)];
    const { users, both } = sharesOf(changes, step.writes);
    const part = (mine: boolean): Changes => new Map(changes.filter(({ path }) => users.has(path) === mine).map((change) => [change.path, change.after ?? null]));
    stages.push({ step, after, users: part(true), rest: part(false), both });
    before = after;
  }
  return stages;
}

/**
 * What git would track after a step, where it tracked `before`. What a sparse checkout has left out of the work tree meanwhile is not deleted for git either: it is as
 * it last was.
 */
async function trackedAfter(commits: Commits, { tree, writes }: WorkStep, before: Dir): Promise<Dir> {
  const after = await commits.committable(tree);
  const changes = [...differences(before, after)];
  const gone = changes.filter((change) => change.after === undefined);
  if (gone.length === 0) return after;
  const [skipped, made] = [await commits.skipped(), new Set(changes.flatMap((change) => (change.before === undefined ? [change.path] : [])))];
  const written = new Map(writes.map((write) => [write.path, write.after]));
  const left = gone.filter(({ path }) => skipped.has(path) && !isUnder(path, made));
  return treeOf(left.map((change): [Path, Blob | null] => [change.path, (written.has(change.path) ? written.get(change.path) : change.before) ?? null]), after);
}

/** What git would track at the end of the work. */
export const trackedAtEnd = async (commits: Commits, { base }: Work, stages: readonly Stage[]): Promise<Dir> => stages.at(-1)?.after ?? commits.committable(base);

/** The base with the session's own changes and none that the user made later. Throws `NotKept` where the two cannot be told apart. */
export async function withoutUsers(commits: Commits, work: Work, stages: readonly Stage[]): Promise<Dir> {
  const mixed = mixedPaths(stages, work.dirty);
  if (mixed.length > 0) throw new NotKept(`your changes cannot be left out: session and you changed the same ${mixed.length === 1 ? 'file' : 'files'}, ${mixed.map(shownPath).join(', ')}. Keep the work with your changes, or take yours back in ${mixed.length === 1 ? 'it' : 'them'} first; nothing was written`);
  return treeOf(stages.flatMap((stage) => [...stage.rest]), await commits.committable(work.base));
}

/** Paths whose content holds the session's change and one of the user's, made at the start, earlier or in between. */
function mixedPaths(stages: readonly Stage[], dirty: readonly Path[]): Path[] {
  const users = new Set(dirty);
  const mixed = new Set<Path>();
  for (const stage of stages) {
    for (const path of stage.rest.keys()) if (stage.both.has(path) || meets(path, users)) mixed.add(path);
    for (const path of stage.users.keys()) users.add(path);
  }
  return [...mixed].sort();
}

/** Whether the path, a folder above it or something below it is among `paths`: a file in the place of a folder takes all of it away. */
function meets(path: Path, paths: ReadonlySet<Path>): boolean {
  return isUnder(path, paths) || [...paths].some((one) => one.startsWith(`${path}/`));
}
