import { createHash } from 'node:crypto';
import type { Hunk, Path } from '../../core/session/changes.ts';
import { byPath } from '../../core/session/ofPath.ts';
import type { Flag } from '../../core/session/session.ts';
import { placeOfHunk } from '../../node/workspace/rewind/revertHunk.ts';

/** Lines of a text, counted from 0, the end exclusive; of a hunk that only removed lines there are none. */
export interface Lines {
  readonly start: number;
  readonly end: number;
}

/** One hunk of an open flag in the file as it is now. */
export interface PlacedHunk extends Lines {
  readonly flag: Flag;
  /** Absent where the flag is about the whole file: a binary, deleted or unreadable one. */
  readonly hunk?: Hunk;
}

/**
 * Where the hunks of a flag are in `text` (undefined: there is no such file). They are found by their content, exactly as a
 * rewind of the hunk finds them; a hunk whose lines are gone is gone.
 */
export function placedIn(text: string | undefined, flag: Flag): readonly PlacedHunk[] {
  if (flag.outcome !== undefined) return [];
  if (flag.write.after === undefined) return text === undefined ? [{ flag, start: 0, end: 0 }] : [];
  if (text === undefined) return [];
  if (flag.hunks.length === 0) return [{ flag, start: 0, end: 0 }];
  return flag.hunks.flatMap((hunk) => {
    const lines = linesOfHunk(text, hunk);
    return lines === undefined ? [] : [{ flag, hunk, ...lines }];
  });
}

/**
 * What of a file's flags is in `text`, first lines first. Where no flagged line is left, but the file is not what it was
 * before either, the change is still there in another form: then the file as a whole is flagged.
 */
export function flaggedIn(text: string | undefined, flags: readonly Flag[]): readonly PlacedHunk[] {
  const placed = flags.flatMap((flag) => placedIn(text, flag)).toSorted((a, b) => a.start - b.start);
  if (placed.length > 0 || text === undefined) return placed;
  const changed = flags.find((flag) => flag.outcome === undefined && flag.standing !== 'over-budget');
  return changed === undefined || changed.write.before?.oid === blobIdOf(text) ? [] : [{ flag: changed, start: 0, end: 0 }];
}

/** Nobody looks through more files in the editor; each of them is read whenever one of them changes. */
const filesPlaced = 1000;

/** The flags of the files that the editor shows, by path: where there are very many, of those that are open and of the first others. */
export function firstFiles(flags: readonly Flag[], isOpen: (path: Path) => boolean): readonly (readonly [Path, readonly Flag[]])[] {
  const files = [...byPath(flags)];
  if (files.length <= filesPlaced) return files;
  return [...files.filter(([path]) => isOpen(path)), ...files.filter(([path]) => !isOpen(path))].slice(0, filesPlaced);
}

/** The id that git gives a text as a file. */
function blobIdOf(text: string): string {
  const bytes = Buffer.from(text);
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** Where a hunk is in a text, or undefined where it is not to be found. An editor shows a file with mixed line ends as if it had but one kind. */
export function linesOfHunk(text: string, hunk: Hunk): Lines | undefined {
  const shown = withoutMark(hunk);
  return placeIn(text, shown) ?? placeIn(text.replaceAll('\r\n', '\n'), withoutReturns(shown));
}

function placeIn(text: string, hunk: Hunk): Lines | undefined {
  const place = placeOfHunk(text.match(/[^\n]*\n|[^\n]+$/g) ?? [], hunk);
  return 'hindrance' in place ? undefined : { start: place.at, end: place.at + hunk.newLines };
}

function withoutReturns(hunk: Hunk): Hunk {
  return eachLine(hunk, (line) => line.replace(/\r$/, ''));
}

/** An editor hides the byte-order mark of a file; what is at its first line has it. */
function withoutMark(hunk: Hunk): Hunk {
  return hunk.newStart > 4 ? hunk : eachLine(hunk, (line) => line.replace(/^([-+]?)\uFEFF/, '$1'));
}

function eachLine({ context, ...hunk }: Hunk, change: (line: string) => string): Hunk {
  const around = context === undefined ? {} : { context: { before: context.before.map(change), after: context.after.map(change) } };
  return { ...hunk, ...around, lines: hunk.lines.map(change) };
}
