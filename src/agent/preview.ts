import type { Path, TreeId, Write } from '../core/session/changes.ts';
import { isWholeFile } from '../core/session/listedHunk.ts';
import type { HunkName, ListedHunk } from '../core/session/listedHunk.ts';
import type { Session } from '../core/session/session.ts';
import type { Intention } from '../core/session/view.ts';
import { planBeside } from './beside.ts';
import { listHunks } from './hunks.ts';
import type { Rehearsal, RestoreItem, Workspace } from './ports.ts';
import { planRewind } from './restoreRounds.ts';
import { itemsBetween } from './undoRewind.ts';
import { besideSince, writesOfFile, writesSince } from './rewind.ts';

/** What an intention would do to the work tree, and what it would leave. */
export interface RewindPreview {
  readonly files: readonly PreviewFile[];
  readonly stays: readonly { readonly path: Path; readonly why: string; readonly conflict?: true }[];
  /** Empty folders, permissions and control files of git that come back. */
  readonly beside: readonly Path[];
  /** What is in no checkpoint, as sentences: it stays as it is. */
  readonly notCovered: readonly string[];
}

export const emptyPreview: RewindPreview = { files: [], stays: [], beside: [], notCovered: [] };

export interface PreviewFile {
  readonly path: Path;
  readonly does: Exclude<Rehearsal['does'], 'left' | 'conflict' | 'nothing'>;
  /** The session's hunks that go. None where a change comes back, as in an undo. */
  readonly hunks: readonly ListedHunk[];
}

/** Works out what an intention would change, by the same rules and without changing anything: for `--dry-run`, and for the question before a rewind. */
export async function previewFor(workspace: Workspace, session: Session, intention: Intention): Promise<RewindPreview> {
  if (session.base === undefined) return emptyPreview;
  const { tree, notCovered } = await workspace.capture();
  const inTree = await previewIn(workspace, session, intention, tree);
  return { ...inTree, beside: besideOf(session, intention).filter((path) => !inTree.files.some((file) => file.path === path)), notCovered };
}

type InTree = Pick<RewindPreview, 'files' | 'stays'>;

async function previewIn(workspace: Workspace, session: Session, intention: Intention, tree: TreeId): Promise<InTree> {
  const listed = await listHunks(workspace, session, tree);
  if (intention.type === 'rewind-hunks') return previewHunks(listed, intention.hunks);
  const flagged = flaggedHunk(session, intention);
  if (flagged !== undefined) return { files: [{ path: flagged, does: 'back', hunks: [] }], stays: [] };
  const { rounds, writes } = await planOf(workspace, session, intention);
  const paths = [...new Set(rounds.flat().map((item) => item.path))];
  const rehearsed = await Promise.all(paths.map((path) => workspace.rehearse(path, rounds.flatMap((round) => round.filter((item) => item.path === path)))));
  const files = rehearsed.flatMap(({ path, does }) => (does === 'left' || does === 'conflict' || does === 'nothing' ? [] : [{ path, does, hunks: listed.filter((hunk) => hunk.path === path && hunk.writes.some((write) => writes.includes(write))) }]));
  const left = rehearsed.flatMap(({ path, does, why = '' }) => (does === 'left' ? [{ path, why }] : does === 'conflict' ? [{ path, why, conflict: true as const }] : []));
  const gone = files.flatMap(({ hunks }) => hunks);
  return { files, stays: [...left, ...othersOf(listed, new Set(files.map((file) => file.path)), gone), ...(intention.type === 'rewind-boundary' || intention.type === 'keep' ? yours(session, paths) : [])] };
}

/** What comes back beside the files of a tree. */
function besideOf(session: Session, intention: Intention): readonly Path[] {
  const { line, rewinds } = session;
  const paths = (items: readonly { readonly path: Path }[] = []) => [...new Set(items.map(({ path }) => path))];
  switch (intention.type) {
    case 'rewind-boundary': return paths(planBeside(besideSince(session, intention.to)));
    case 'keep': return intention.how === 'undo' ? paths(planBeside(line.beside)) : [];
    case 'rewind-file': case 'restore-flag': return paths(line.flags.filter((flag) => flag.id === intention.flag && flag.beside !== undefined));
    case 'undo-rewind': case 'redo-rewind': return paths(rewinds.find((one) => one.id === intention.rewind)?.beside);
    default: return [];
  }
}

/** Where one of them is not there any more, nothing of the others is rewound either. */
function previewHunks(listed: readonly ListedHunk[], names: readonly HunkName[]): InTree {
  const chosen = listed.filter((one) => names.some((name) => name.path === one.path && name.hunk === one.hunk));
  const gone = names.filter((name) => !chosen.some((one) => one.path === name.path && one.hunk === name.hunk));
  if (gone.length > 0) return { files: [], stays: [...new Set(gone.map(({ path }) => path))].map((path) => ({ path, why: 'it has no such hunk now: it was changed or rewound since' })) };
  const paths = [...new Set(chosen.map((one) => one.path))];
  const files = paths.map((path) => {
    const hunks = chosen.filter((one) => one.path === path);
    return { path, does: hunks.some((one) => one.what === 'created' && isWholeFile(one)) ? 'delete' as const : 'back' as const, hunks };
  });
  return { files, stays: othersOf(listed, new Set(paths), chosen) };
}

/** Hunks of the same files that nobody asked to take back. */
function othersOf(listed: readonly ListedHunk[], paths: ReadonlySet<Path>, gone: readonly ListedHunk[]): RewindPreview['stays'] {
  return [...paths].flatMap((path) => {
    const others = listed.filter((one) => one.path === path && !gone.includes(one));
    const mine = others.filter((one) => one.writes.length === 0).length;
    const words = `${others.length === 1 ? '1 other hunk of it' : `${others.length} other hunks of it`}${mine === 0 ? '' : mine === others.length ? ', yours' : `, ${mine} of them yours`}`;
    return others.length === 0 ? [] : [{ path, why: words }];
  });
}

/** What the user changed themselves, and no rewind touches. */
function yours({ userChanges }: Session, touched: readonly Path[]): RewindPreview['stays'] {
  return [...new Set(userChanges.map((diff) => diff.path))].filter((path) => !touched.includes(path)).map((path) => ({ path, why: 'your own change' }));
}

/** The file of a flag of which one hunk is taken back. */
function flaggedHunk({ line }: Session, intention: Intention): Path | undefined {
  return intention.type === 'rewind-hunk' ? line.flags.find((flag) => flag.id === intention.flag)?.path : undefined;
}

interface Plan {
  readonly rounds: readonly (readonly RestoreItem[])[];
  /** The writes that are undone. */
  readonly writes: readonly Write[];
}

const none: Plan = { rounds: [], writes: [] };

async function planOf(workspace: Workspace, session: Session, intention: Intention): Promise<Plan> {
  const { line, rewinds } = session;
  const undoing = (writes: readonly Write[]): Plan => ({ rounds: planRewind(writes), writes });
  switch (intention.type) {
    case 'rewind-boundary': return undoing(writesSince(session, intention.to));
    case 'keep': return undoing(intention.how === 'undo' ? line.writes : []);
    case 'rewind-path': return undoing(line.writes.filter((write) => write.path === intention.path));
    case 'rewind-file': {
      const flag = line.flags.find((one) => one.id === intention.flag);
      return undoing(flag === undefined ? [] : writesOfFile(session, flag));
    }
    case 'restore-flag': return { rounds: [line.flags.filter((flag) => flag.id === intention.flag && flag.beside === undefined).map(({ path, write }) => ({ path, target: write.after ?? null, expected: write.before ?? null }))], writes: [] };
    case 'undo-rewind': {
      const rewind = rewinds.find((one) => one.id === intention.rewind);
      return rewind === undefined ? none : { rounds: [await itemsBetween(workspace, [...rewind.restored, ...rewind.merged], rewind.safety, rewind.tree)], writes: [] };
    }
    case 'redo-rewind': {
      const undoing = rewinds.find((one) => one.id === intention.rewind)?.undoing;
      return undoing === undefined ? none : { rounds: [await itemsBetween(workspace, undoing.restored, undoing.safety, undoing.tree)], writes: [] };
    }
    default: return none;
  }
}
