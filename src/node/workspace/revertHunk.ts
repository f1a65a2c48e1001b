import type { Hunk } from '../../core/session/changes.ts';

/** The text with the hunks taken back, or why it cannot be. */
export type Reverted = { readonly lines: readonly string[] } | { readonly hindrance: string };

/**
 * Takes hunks back in a file as it is now (lines with their end-of-line), all or none. The lines that each made must be there
 * unchanged; where they are is told by the lines around them and by their number. Two equally good places are none.
 */
export function takeBack(lines: readonly string[], hunks: readonly Hunk[]): Reverted {
  const placed: { readonly at: number; readonly hunk: Hunk }[] = [];
  for (const hunk of hunks) {
    const place = placeOfHunk(lines, hunk);
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

/** Lines before the hunk in a file as it is now, or why it is not to be found there. */
export function placeOfHunk(lines: readonly string[], hunk: Hunk): { readonly at: number } | { readonly hindrance: string } {
  const { now } = sidesOf(hunk);
  if (hunk.context === undefined && now.length === 0) return { hindrance: 'it only removed lines, and where they were is not known' };
  const places = placesOf(lines, now);
  const around = places.filter((at) => fits(lines, at, now.length, hunk));
  const wanted = hunk.newLines === 0 ? hunk.newStart : hunk.newStart - 1;
  const at = around.includes(wanted) ? wanted : around.length === 1 ? around[0] : around.length === 0 && now.length > 0 && places.length === 1 ? places[0] : undefined;
  if (at === undefined) return { hindrance: places.length > 1 && now.length > 0 ? 'its lines occur more than once, and those around them have changed' : 'its lines have changed since' };
  return { at };
}

/** Both sides of a hunk as lines with their end-of-line. */
function sidesOf(hunk: Hunk): { readonly old: readonly string[]; readonly now: readonly string[] } {
  const side = (sign: '-' | '+', open: boolean) => {
    const lines = hunk.lines.filter((line) => line.startsWith(sign)).map((line) => line.slice(1));
    return lines.map((line, index) => (open && index === lines.length - 1 ? line : `${line}\n`));
  };
  const open = hunk.noEndOfLine;
  return { old: side('-', open === 'old' || open === 'both'), now: side('+', open === 'new' || open === 'both') };
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
  const atStart = before.length > 0 || hunk.context === undefined || at === 0;
  const atEnd = after.length > 0 || hunk.context === undefined || at + length === lines.length;
  return atStart && atEnd && before.every((line, index) => same(lines[at - before.length + index], line)) && after.every((line, index) => same(lines[at + length + index], line));
}
