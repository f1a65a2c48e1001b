import { blame, type FileStep } from './blame.ts';
import type { Blob, FileDiff, Hunk, HunkName, Path, Write } from './changes.ts';
import { wasLeft } from './line.ts';
import { ofPath } from './ofPath.ts';
import type { Session, Standing } from './session.ts';

/** One part of the session's change against its base that a person looks at, marks and rewinds by itself. */
export interface ListedHunk extends HunkName {
  /** Absent where the file is one part: binary, secret, very large, a link, or changed in its mode alone. */
  readonly lines?: Hunk;
  /** The mode that the file had: this part is the change of its mode, beside parts of its text. */
  readonly mode?: Blob['mode'];
  /** First line in the file as it is now, from 1. */
  readonly line: number;
  readonly added: number;
  readonly removed: number;
  readonly what: 'created' | 'changed' | 'deleted';
  /** The writes of the session that made it, the earliest first; none where it is the user's alone. */
  readonly writes: readonly Write[];
  /** Lines of the user are in it, too. */
  readonly users: boolean;
  readonly standing: Standing;
}

/** The parts of one file's change. `steps` are its versions, each with its own hunks; `hunks` are those of the whole change. */
export function listedHunks(session: Session, diff: FileDiff, hunks: readonly Hunk[], steps: readonly (FileStep & { readonly hunks: readonly Hunk[] })[]): readonly ListedHunk[] {
  const what = diff.before === undefined ? 'created' : diff.after === undefined ? 'deleted' : 'changed';
  const listed = (part: Pick<ListedHunk, 'hunk' | 'lines' | 'mode' | 'line' | 'added' | 'removed'>, by: readonly FileStep[]): ListedHunk => {
    const writes = by.flatMap(({ write }) => write ?? []);
    return { path: diff.path, ...part, what, writes, users: writes.length < by.length, standing: standingOf(session, diff.path, writes) };
  };
  if (hunks.length === 0) return [listed({ hunk: wholeId(diff), line: 1, added: diff.added, removed: diff.removed }, steps)];
  const made = blame(steps.map((step) => step.hunks), hunks);
  const parts = hunks.map((lines, index) => listed({ hunk: lines.id, lines, line: Math.max(1, lines.newStart), added: lines.newLines, removed: lines.oldLines }, (made[index] ?? []).flatMap((at) => steps[at] ?? [])));
  const mode = changedMode(diff);
  return mode === undefined ? parts : [listed({ hunk: `${diff.path}@${diff.after?.mode}`, mode, line: 1, added: 0, removed: 0 }, changedModes(diff.before, steps)), ...parts];
}

/** The steps after which the file had another mode than the last time that it was there. */
function changedModes(base: Blob | undefined, steps: readonly FileStep[]): readonly FileStep[] {
  let last = base;
  return steps.filter(({ after }) => {
    const changed = after !== undefined && after.mode !== last?.mode;
    last = after ?? last;
    return changed;
  });
}

/** The mode of before, where both sides are there and differ in it. */
const changedMode = ({ before, after }: Pick<FileDiff, 'before' | 'after'>): Blob['mode'] | undefined => (before !== undefined && after !== undefined && before.mode !== after.mode ? before.mode : undefined);

/** A file that is one part is named by its path and what it is now: the base that it came from never changes. */
function wholeId({ path, after }: FileDiff): string {
  return `${path}@${after === undefined ? 'deleted' : `${after.oid.slice(0, 20)}.${after.mode}`}`;
}

function standingOf({ line }: Session, path: Path, writes: readonly Write[]): Standing {
  if (writes.length === 0) return 'user';
  // What a person left outside of the scope is outside of it all the same.
  const flags = ofPath(line.flags, path).filter((flag) => flag.outcome === undefined || wasLeft(flag));
  return (flags.find((flag) => writes.some((write) => write.call === flag.write.call)) ?? flags[0])?.standing ?? 'in-scope';
}

/** Whether to take this part back is to take the whole file back: to delete it, or to bring it back with its permissions. */
export function isWholeFile({ lines, mode, what, users }: ListedHunk): boolean {
  return mode === undefined && (lines === undefined || (what !== 'changed' && !users));
}

/** What a person has to know of a hunk before it is taken back: whether lines of their own go with it. Empty, or begins with a comma. */
export function usersPart({ users, writes }: ListedHunk): string {
  if (!users) return '';
  return writes.length === 0 ? ', yours' : ', with lines of yours';
}

/** Whether a person has marked exactly this change as reviewed. */
export function isReviewed({ reviewed }: Session, { path, hunk }: HunkName): boolean {
  return ofPath(reviewed, path).some((one) => one.hunk === hunk);
}
