import type { Hunk } from '../../../core/session/changes.ts';
import { sidesOf } from '../../../core/session/hunkSides.ts';
import { contextLines } from '../diff/hunks.ts';
import { type LineChange, lineChanges } from '../diff/lineDiff.ts';

/** The text with the hunks taken back, or why it cannot be. */
export type Reverted = { readonly lines: readonly string[] } | { readonly hindrance: string };

/**
 * Takes hunks back in a file as it is now (lines with their end-of-line), all or none. The lines that each made must be there unchanged. `of` is the
 * text in which they stand: what has changed in it since tells exactly where they are now, twins in the same file included. Without it, or where
 * it is another file altogether by now, they are searched.
 */
export function takeBack(lines: readonly string[], hunks: readonly Hunk[], of?: readonly string[]): Reverted {
  const since = of === undefined ? undefined : lineChanges(of, lines);
  const placed: { readonly at: number; readonly hunk: Hunk }[] = [];
  for (const hunk of hunks) {
    const place = since === undefined ? placeOfHunk(lines, hunk) : movedPlace(hunk, since);
    if ('hindrance' in place) return { hindrance: hunks.length === 1 ? place.hindrance : `the hunk at line ${Math.max(1, hunk.newStart)}: ${place.hindrance}` };
    placed.push({ at: place.at, hunk });
  }
  placed.sort((a, b) => a.at - b.at);
  if (placed.some(({ at, hunk }, index) => at + hunk.newLines > (placed[index + 1]?.at ?? Number.POSITIVE_INFINITY))) return { hindrance: 'two of the hunks stand at one place by now' };
  const reverted = placed.reduceRight<readonly string[]>((text, { at, hunk }) => [...text.slice(0, at), ...sidesOf(hunk).old, ...text.slice(at + hunk.newLines)], lines);
  // A line without an end may only be the last.
  if (reverted.slice(0, -1).some((line) => !line.endsWith('\n'))) return { hindrance: 'the end of the file has changed since' };
  return { lines: reverted };
}

/** Lines before the hunk in the text that it stands in. */
const startOf = (hunk: Hunk): number => (hunk.newLines === 0 ? hunk.newStart : hunk.newStart - 1);

/** Lines before the hunk after these changes of the text that it stands in. One that only removed lines has its place between two that must both be there. */
function movedPlace(hunk: Hunk, since: readonly LineChange[]): Place {
  const at = startOf(hunk);
  const end = at + hunk.newLines;
  const beside = hunk.newLines === 0 ? 1 : 0;
  const before = since.filter((change) => change.oldStart + change.oldLines + beside <= at);
  if (since.some((change) => change.oldStart + change.oldLines + beside > at && change.oldStart < end + beside)) return { hindrance: 'its lines have changed since' };
  return { at: before.reduce((place, change) => place + change.newLines - change.oldLines, at) };
}

type Place = { readonly at: number } | { readonly hindrance: string };

/**
 * Lines before the hunk in a file as it is now, or why it is not to be found there: by the lines around it, and by its number. Two equally good
 * places are none.
 */
export function placeOfHunk(lines: readonly string[], hunk: Hunk): Place {
  const { now } = sidesOf(hunk);
  if (hunk.context === undefined && now.length === 0) return { hindrance: 'it only removed lines, and where they were is not known' };
  const places = placesOf(lines, now);
  const around = places.filter((at) => fits(lines, at, now.length, hunk));
  const wanted = startOf(hunk);
  const at = around.includes(wanted) ? wanted : around.length === 1 ? around[0] : around.length === 0 && now.length > 0 && places.length === 1 ? places[0] : undefined;
  if (at === undefined) return { hindrance: places.length > 1 && now.length > 0 ? 'its lines occur more than once, and those around them have changed' : 'its lines have changed since' };
  return { at };
}

/** Where in the file these lines are; for no lines, everywhere between two lines. */
function placesOf(lines: readonly string[], wanted: readonly string[]): number[] {
  const places: number[] = [];
  for (let at = 0; at + wanted.length <= lines.length; at += 1) if (wanted.every((line, index) => lines[at + index] === line)) places.push(at);
  return places;
}

function fits(lines: readonly string[], at: number, length: number, hunk: Hunk): boolean {
  const { before, after } = hunk.context ?? { before: [], after: [] };
  const same = (line: string | undefined, wanted: string) => line !== undefined && line.replace(/\n$/, '') === wanted;
  // Fewer lines around it than are kept mean that the file began or ended there.
  const atStart = before.length === contextLines || hunk.context === undefined || at === before.length;
  const atEnd = after.length === contextLines || hunk.context === undefined || at + length + after.length === lines.length;
  return atStart && atEnd && before.every((line, index) => same(lines[at - before.length + index], line)) && after.every((line, index) => same(lines[at + length + index], line));
}
