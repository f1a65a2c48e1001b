import type { ListedHunk } from '../../core/session/listedHunk.ts';
import { linesOfHunk } from '../flags/placed.ts';
import type { Lines } from '../flags/placed.ts';

/** A hunk of the session's change in the text as it is now. */
export interface ShownHunk extends Lines {
  readonly hunk: ListedHunk;
}

/** The hunks of a file that stand in `text` unchanged, first lines first. What a person has changed and not saved yet is not among them. */
export function shownHunks(text: string, hunks: readonly ListedHunk[]): readonly ShownHunk[] {
  return hunks.flatMap((hunk) => {
    const lines = hunk.lines === undefined ? undefined : linesOfHunk(text, hunk.lines);
    return lines === undefined ? [] : [{ hunk, ...lines }];
  }).toSorted((a, b) => a.start - b.start);
}

/** Whether a hunk has one of the lines from `first` to `last`. One that only removed lines is at the line after them. */
export function touches({ start, end }: Lines, first: number, last: number): boolean {
  return start <= last && Math.max(end, start + 1) > first;
}
