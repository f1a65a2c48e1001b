import { createHash } from 'node:crypto';
import type { Hunk, Path } from '../../../core/session/changes.ts';
import { hunkId } from '../../../core/session/hunkId.ts';
import type { LineChange } from './lineDiff.ts';

/** Lines around a hunk that are kept with it. */
export const contextLines = 3;

/** Hunks for people and for taking back, from the changes between two lists of lines (each with its end-of-line). */
export function hunksOf(path: Path, old: readonly string[], now: readonly string[], changes: readonly LineChange[]): Hunk[] {
  return changes.map((change) => {
    const hunk = hunkOf(old, now, change);
    return { id: hunkId(path, hunk, sha256), ...hunk };
  });
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function hunkOf(old: readonly string[], now: readonly string[], change: LineChange): Omit<Hunk, 'id'> {
  const removed = old.slice(change.oldStart, change.oldStart + change.oldLines);
  const added = now.slice(change.newStart, change.newStart + change.newLines);
  const end = change.newStart + change.newLines;
  const open = openSides(removed, added);
  return {
    // As in a unified diff: an empty side is named by the line before it.
    oldStart: change.oldLines === 0 ? change.oldStart : change.oldStart + 1,
    oldLines: change.oldLines,
    newStart: change.newLines === 0 ? change.newStart : change.newStart + 1,
    newLines: change.newLines,
    lines: [...removed.map((line) => `-${withoutEnd(line)}`), ...added.map((line) => `+${withoutEnd(line)}`)],
    context: { before: now.slice(Math.max(0, change.newStart - contextLines), change.newStart).map(withoutEnd), after: now.slice(end, end + contextLines).map(withoutEnd) },
    ...(open === undefined ? {} : { noEndOfLine: open }),
  };
}

function openSides(removed: readonly string[], added: readonly string[]): Hunk['noEndOfLine'] {
  const [old, now] = [isOpen(removed), isOpen(added)];
  return old && now ? 'both' : old ? 'old' : now ? 'new' : undefined;
}

const isOpen = (lines: readonly string[]): boolean => lines.at(-1)?.endsWith('\n') === false;
const withoutEnd = (line: string): string => (line.endsWith('\n') ? line.slice(0, -1) : line);
