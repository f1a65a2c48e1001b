import type { BesideChange, FileDiff, Path, TreeId } from '../core/session/changes.ts';
import type { MaybeMoved } from '../core/session/facts.ts';
import type { Session } from '../core/session/session.ts';
import { shownPath } from '../core/session/shownPath.ts';
import { someOf } from '../core/session/someOf.ts';
import { count } from '../core/session/view/figures.ts';
import { canComeBack, emptyFolder } from './beside.ts';
import type { Run } from './run.ts';

/**
 * The new files of a call that left less than there was where no checkpoint looks: in a folder of git (`gone`: those that are not there) or in what is
 * left out (`besides`). They may be what is missing there, which no rewind brings back; so none takes them away, wherever they are: they count as the
 * user's. Undefined where there are none. Pure.
 */
export function maybeMoved(diffs: readonly FileDiff[], besides: readonly BesideChange[], gone: readonly Path[]): MaybeMoved | undefined {
  const missing = [...new Set([...gone, ...besides.filter(isLess).map(({ path }) => path)])];
  const files = missing.length === 0 ? [] : diffs.filter((diff) => diff.before === undefined).map(({ path }) => path);
  return files.length === 0 ? undefined : { files, missing };
}

/** Whether of something that no checkpoint holds less is there than was. What has no bytes, as a pipe, cannot be missed in any file. */
export function isLess(change: BesideChange): boolean {
  const { before, after } = change;
  return before !== undefined && !withoutBytes.has(before) && !canComeBack(change) && (after === undefined || filesIn(after) < filesIn(before));
}

const withoutBytes: ReadonlySet<string> = new Set(['pipe', 'socket', 'device', 'special file']);

/** How many files a word of `Capture.beside` tells of, as that for a large ignored folder does. */
const filesIn = (word: string): number => Number(/^(\d+) files /.exec(word)?.[1] ?? 0);

/** Whether a change came with what may have been moved: an empty folder, or permissions of one of the files. Without them it would not be whole. Pure. */
export function cameAlong({ path, before, after }: BesideChange, files: ReadonlySet<Path>): boolean {
  return before === undefined && (after === emptyFolder || files.has(path));
}

/** A sentence for after the one that names `missing`, with a space before it; nothing where `moved` cannot come from there. */
export function tellMoved(moved: MaybeMoved | undefined, missing: readonly Path[], whose: 'yours' | 'the user\'s'): string {
  if (moved === undefined || !moved.missing.some((path) => missing.includes(path))) return '';
  return ` New since then, and maybe what is missing there: ${filesInWords(moved.files)}. That counts as ${whose}, and no rewind takes it away.`;
}

/** Of each path that may be what is missing elsewhere, why it stays in a rewind. Pure. */
export function movedPaths({ maybeMoved: all }: Session): ReadonlyMap<Path, string> {
  return new Map(all.flatMap(({ files, missing }) => files.map((path): [Path, string] => [path, `${mayBe(missing)}, so it counts as yours`])));
}

/** The files in one of these contents that may be what is missing elsewhere, as the end of a sentence; undefined where there are none. */
export async function movedIn({ ports, recorder: { session } }: Run, trees: readonly TreeId[]): Promise<string | undefined> {
  const { maybeMoved: all } = session;
  if (all.length === 0) return undefined;
  const found = new Set<Path>();
  const paths = all.flatMap(({ files }) => files);
  for (const tree of trees) for (const path of (await ports.workspace.entries(tree, paths)).keys()) found.add(path);
  const words = all.map(({ files, missing }) => ({ missing, files: files.filter((path) => found.has(path)) })).filter(({ files }) => files.length > 0).map(({ files, missing }) => `${filesInWords(files)}, ${mayBe(missing)}`);
  return words.length === 0 ? undefined : words.join('; ');
}

const mayBe = (missing: readonly Path[]): string => `maybe what is missing in ${missing.map(shownPath).join(', ')}`;

const mostNamed = 3;

function filesInWords(files: readonly Path[]): string {
  return `${count(files.length, 'file')} (${someOf(files.map(shownPath), mostNamed)})`;
}
