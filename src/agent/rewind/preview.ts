import type { HunkName, Path, TreeId, Write } from '../../core/session/changes.ts';
import type { BesideItem } from '../../core/session/facts.ts';
import type { ListedHunk } from '../../core/session/listedHunk.ts';
import { flagsToRewind } from '../../core/session/line.ts';
import { callWithoutAnswer } from '../../core/session/next.ts';
import type { Flag, Session } from '../../core/session/session.ts';
import { count } from '../../core/session/view/figures.ts';
import type { Intention } from '../../core/session/view.ts';
import { byPath } from '../../core/session/ofPath.ts';
import { scratchInWords } from '../../core/session/view/notMeasured.ts';
import { emptyFolder, inverse, isPermissions, planBeside } from '../beside.ts';
import { besideStates, notYetBack } from '../control.ts';
import { listHunks } from '../hunks.ts';
import { movedPaths } from '../moved.ts';
import type { Capture, Rehearsal, RestoreItem, Workspace } from '../ports.ts';
import { planRewind } from './restoreRounds.ts';
import { besideBack, itemsBetween } from './undoRewind.ts';
import { atOneOf, besideOfFlags, besideOfWrites, writesOfFile, writesOfPath } from './rewind.ts';
import { besideSince, undoneBy } from './sinceBoundary.ts';
import { planFlagged, planHunks, type Parts } from './rewindHunks.ts';

/** What an intention would do to the work tree, and what it would leave. */
export interface RewindPreview {
  readonly files: readonly PreviewFile[];
  readonly stays: readonly { readonly path: Path; readonly why: string; readonly conflict?: true }[];
  /** What changes beside the content of files. */
  readonly beside: readonly PreviewBeside[];
  /** What is in no checkpoint, as sentences: it stays as it is. */
  readonly notCovered: readonly string[];
  /** What is done before anything is rewound, and may add to this, in a sentence. */
  readonly before?: string;
}

export const emptyPreview: RewindPreview = { files: [], stays: [], beside: [], notCovered: [] };

/** `folder`: an empty folder comes back; `no-folder`: one goes; `back`: permissions or a control file of git come back. */
export interface PreviewBeside {
  readonly path: Path;
  readonly does: 'folder' | 'no-folder' | 'back';
}

/** What a preview says of it behind its path. */
export const besideInWords: Readonly<Record<PreviewBeside['does'], string>> = { 'folder': ' (an empty folder again)', 'no-folder': ' (an empty folder: removed)', 'back': '' };

/** What a preview says of a file with several names, behind its path and what becomes of it; nothing of any other. */
export function namesInWords({ otherNames }: Pick<PreviewFile, 'otherNames'>): string {
  return otherNames === undefined ? '' : ` (becomes a file of its own: ${count(otherNames, 'other name')} of it, by hard link, ${otherNames === 1 ? 'changes' : 'change'} only where listed)`;
}

export interface PreviewFile {
  readonly path: Path;
  readonly does: Exclude<Rehearsal['does'], 'left' | 'conflict' | 'nothing'>;
  /** Other names of the same file (hard links). What comes takes the place of one name; the others keep what is there now. */
  readonly otherNames?: number;
  /** The session's hunks that go. None where a change comes back, as in an undo. */
  readonly hunks: readonly ListedHunk[];
}

/** Works out what an intention would change, by the same rules and without changing anything: for `--dry-run`, and for the question before a rewind. */
export async function previewFor(workspace: Workspace, session: Session, intention: Intention): Promise<RewindPreview> {
  if (session.base === undefined) return emptyPreview;
  const capture = await workspace.capture();
  const { files, stays, permissions = [], emptied = [] } = await previewIn(workspace, session, intention, capture.tree);
  const isLeft = atOneOf(stays.map(({ path }) => path));
  const items = [...besideOf(session, intention), ...permissions].filter(({ path }) => isOfBoundary(session, intention) || !isLeft(path));
  const { back, left } = rehearseBeside(items, capture);
  const rest = emptied.filter((path) => !back.some((one) => one.path === path)).map((path) => ({ path, does: 'no-folder' as const }));
  // Permissions come with the file.
  const beside = back.filter(({ path, does }) => does !== 'back' || !files.some((file) => file.path === path));
  return { files, stays: [...stays, ...left], beside: [...beside, ...rest], notCovered: [...capture.notCovered, ...scratchInWords(session)], ...unsettled(session) };
}

/** To a boundary permissions come back also of a file that is left; otherwise a file that is left is left wholly. */
function isOfBoundary({ rewinds }: Session, intention: Intention): boolean {
  if (intention.type === 'rewind-boundary' || intention.type === 'keep') return true;
  return (intention.type === 'undo-rewind' || intention.type === 'redo-rewind') && rewinds.some((one) => one.id === intention.rewind && one.kind === 'boundary');
}

/** A person acts on a work tree where no rewind is half done and where it is known whose every change is. */
function unsettled(session: Session): Pick<RewindPreview, 'before'> {
  if (session.rewinding !== undefined) return { before: 'a rewind was interrupted: it is taken to its end before this one, which may add to it' };
  return callWithoutAnswer(session) === undefined ? {} : { before: 'what a call changed that runs or was interrupted is measured before, which may add to it' };
}

/** `permissions`: those that come back with hunks that are whole files. `emptied`: empty folders that go where files come back. */
type InTree = Pick<RewindPreview, 'files' | 'stays'> & { readonly permissions?: readonly BesideItem[]; readonly emptied?: readonly Path[] };

async function previewIn(workspace: Workspace, session: Session, intention: Intention, tree: TreeId): Promise<InTree> {
  const listed = await listHunks(workspace, session, tree);
  if (intention.type === 'rewind-hunks') return previewHunks(workspace, session, listed, intention.hunks, tree);
  if (intention.type === 'rewind-hunk') return previewFlagged(workspace, session, intention);
  const { rounds, writes } = await planOf(workspace, session, intention, tree);
  const rehearsed = withRoom(await rehearseRounds(workspace, rounds));
  const [gone, hunksOf] = [new Set(writes), byPath(listed)];
  const { files, stays, emptied } = told(rehearsed, (path) => hunksOf.get(path)?.filter((hunk) => hunk.writes.some((write) => gone.has(write))) ?? []);
  // Where something comes back, nobody asked for hunks: a whole file does, and what it has now may go.
  const others = writes.length === 0 ? [] : othersOf(listed, files);
  return { files, stays: [...stays, ...others, ...(intention.type === 'rewind-boundary' || intention.type === 'keep' ? yours(session, rehearsed.map(({ path }) => path)) : [])], emptied };
}

async function rehearseRounds(workspace: Workspace, rounds: Plan['rounds']): Promise<readonly Rehearsal[]> {
  return Promise.all(Array.from(byPath(rounds.flat()), ([path, items]) => workspace.rehearse(path, items)));
}

/** What goes makes room for what comes, also where it should be put back in the end; what stays keeps it away. */
function withRoom(rehearsed: readonly Rehearsal[]): readonly Rehearsal[] {
  const going = new Set(rehearsed.flatMap(({ path, does, goesFirst }) => (does === 'delete' || goesFirst === true ? [path] : [])));
  return rehearsed.map((one) => (one.inWay?.files.every((path) => going.has(path)) === false ? { path: one.path, does: 'left', why: one.inWay.why } : one));
}

/** What goes and what is left, by the answers of a rehearsal. `hunksOf`: those of a path that go with it. */
function told(rehearsed: readonly Rehearsal[], hunksOf: (path: Path) => readonly ListedHunk[]): InTree & Required<Pick<InTree, 'emptied'>> {
  const coming = new Set(rehearsed.flatMap(({ does, inWay }) => (does === 'back' || does === 'merge' ? inWay?.files ?? [] : [])));
  const inPart = rehearsed.filter(({ path, goesFirst }) => goesFirst === true && coming.has(path));
  return {
    files: [
      ...rehearsed.flatMap(({ path, does, otherNames }) => (does === 'left' || does === 'conflict' || does === 'nothing' ? [] : [{ path, does, hunks: hunksOf(path), ...(does === 'delete' || otherNames === undefined ? {} : { otherNames }) }])),
      // As its record says it: neither what it was nor what it should be.
      ...inPart.map(({ path }) => ({ path, does: 'merge' as const, hunks: hunksOf(path) })),
    ],
    emptied: rehearsed.flatMap(({ does, emptied = [] }) => (does === 'back' || does === 'merge' ? emptied : [])),
    stays: rehearsed.flatMap(({ path, does, why = '' }) => (does === 'left' ? [{ path, why }] : does === 'conflict' ? [{ path, why, conflict: true as const }] : [])),
  };
}

/** What is to come back beside the files of a tree. */
function besideOf(session: Session, intention: Intention): readonly BesideItem[] {
  const { line, rewinds } = session;
  switch (intention.type) {
    case 'rewind-boundary': return planBeside(besideSince(session, intention.to));
    case 'keep': return intention.how === 'undo' ? planBeside(line.beside) : [];
    case 'rewind-path': return planBeside(besideOfWrites(session, writesOfPath(session, intention.path)));
    case 'rewind-file': return besideOfFlags(session, flagOf(session, intention.flag));
    case 'rewind-flags': return besideOfFlags(session, flagsToRewind(session.line));
    case 'restore-flag': return flagOf(session, intention.flag).flatMap(({ beside }) => (beside === undefined ? [] : inverse(planBeside([beside]))));
    case 'undo-rewind': return rewinds.filter((one) => one.id === intention.rewind).flatMap(besideBack);
    case 'redo-rewind': return rewinds.find((one) => one.id === intention.rewind)?.beside ?? [];
    default: return [];
  }
}

const flagOf = ({ line }: Session, id: string): readonly Flag[] => line.flags.filter((flag) => flag.id === id);

const doesBeside = ({ target, expected }: BesideItem): PreviewBeside['does'] => (target === emptyFolder ? 'folder' : expected === emptyFolder ? 'no-folder' : 'back');

/** By the rule of every rewind: what is neither as the session left it nor as it shall be is the user's. */
function rehearseBeside(items: readonly BesideItem[], capture: Capture): { readonly back: readonly PreviewBeside[]; readonly left: RewindPreview['stays'] } {
  const [now, open] = [besideStates(capture), notYetBack(items, capture)];
  return {
    back: open.flatMap((item) => (now.get(item.path) === item.expected ? [{ path: item.path, does: doesBeside(item) }] : [])),
    left: open.flatMap(({ path, expected }) => (now.get(path) === expected ? [] : [{ path, why: isPermissions(now.get(path)) ? `${now.get(path)}, which are yours` : 'it has changed since, so it is yours' }])),
  };
}

/** As the rewind itself: nothing is done where one of them is not there any more, and of one file all go or none. */
async function previewHunks(workspace: Workspace, session: Session, listed: readonly ListedHunk[], names: readonly HunkName[], tree: TreeId): Promise<InTree> {
  const [namesOf, hunksOf] = [byPath(names), byPath(listed)];
  const chosen = listed.filter((one) => namesOf.get(one.path)?.some((name) => name.hunk === one.hunk) === true);
  const gone = names.filter((name) => hunksOf.get(name.path)?.some((one) => one.hunk === name.hunk) !== true);
  if (gone.length > 0) return { files: [], stays: [...new Set(gone.map(({ path }) => path))].map((path) => ({ path, why: 'it has no such hunk now: it was changed or rewound since; nothing would be done' })) };
  const [parts, chosenOf] = [await planHunks(workspace, session, chosen, tree), byPath(chosen)];
  const { files, stays, emptied } = told(await rehearseParts(workspace, parts), (path) => chosenOf.get(path) ?? []);
  return { files, stays: [...stays, ...othersOf(listed, files)], permissions: parts.beside, emptied };
}

async function rehearseParts(workspace: Workspace, { rounds, files }: Parts): Promise<readonly Rehearsal[]> {
  const texts = await Promise.all(files.map(({ path, hunks, of }) => workspace.rehearseHunks(path, hunks, of)));
  // Where the mode of a file comes back with lines of it, the lines decide.
  const others = (await rehearseRounds(workspace, rounds)).filter(({ path }) => !texts.some((text) => text.path === path));
  return withRoom([...others, ...texts]);
}

/** Hunks of the same files that nobody asked to take back. */
function othersOf(listed: readonly ListedHunk[], files: readonly PreviewFile[]): RewindPreview['stays'] {
  const all = byPath(listed);
  return files.flatMap(({ path, hunks }) => {
    const others = all.get(path)?.filter((one) => !hunks.includes(one)) ?? [];
    const mine = others.filter((one) => one.writes.length === 0).length;
    const words = `${others.length === 1 ? '1 other hunk of it' : `${others.length} other hunks of it`}${mine === 0 ? '' : mine === others.length ? ', yours' : `, ${mine} of them yours`}`;
    return others.length === 0 ? [] : [{ path, why: words }];
  });
}

/** What the user changed themselves, and no rewind touches. */
function yours(session: Session, touched: readonly Path[]): RewindPreview['stays'] {
  const [done, moved] = [new Set(touched), movedPaths(session)];
  return [...new Set(session.userChanges.map((diff) => diff.path))].filter((path) => !done.has(path)).map((path) => ({ path, why: moved.get(path) ?? 'your own change' }));
}

/** One hunk of a flag, in the write that it was flagged for. */
async function previewFlagged(workspace: Workspace, session: Session, { flag: id, hunk: name }: Extract<Intention, { type: 'rewind-hunk' }>): Promise<InTree> {
  const [parts] = flagOf(session, id).flatMap(({ write, hunks }) => hunks.flatMap((hunk) => (hunk.id === name ? [planFlagged(session, write, hunk)] : [])));
  return parts === undefined ? { files: [], stays: [] } : { ...told(await rehearseParts(workspace, parts), () => []), permissions: parts.beside };
}

interface Plan {
  readonly rounds: readonly (readonly RestoreItem[])[];
  /** The writes that are undone. */
  readonly writes: readonly Write[];
}

const none: Plan = { rounds: [], writes: [] };

async function planOf(workspace: Workspace, session: Session, intention: Intention, now: TreeId): Promise<Plan> {
  const { rewinds } = session;
  const undoing = (writes: readonly Write[]): Plan => ({ rounds: planRewind(writes), writes });
  switch (intention.type) {
    case 'rewind-boundary': return undoing(await undoneBy(workspace, session, intention.to, now));
    case 'keep': return undoing(intention.how === 'undo' ? await undoneBy(workspace, session, 'base', now) : []);
    case 'rewind-path': return undoing(writesOfPath(session, intention.path));
    case 'rewind-flags': return undoing(flagsToRewind(session.line).flatMap((flag) => writesOfFile(session, flag)));
    case 'rewind-file': return undoing(flagOf(session, intention.flag).flatMap((flag) => writesOfFile(session, flag)));
    case 'restore-flag': return { rounds: [flagOf(session, intention.flag).filter((flag) => flag.beside === undefined).map(({ path, write }) => ({ path, target: write.after ?? null, expected: write.before ?? null }))], writes: [] };
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
