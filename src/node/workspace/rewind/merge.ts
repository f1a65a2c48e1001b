import { diff3Merge } from 'node-diff3';
import type { Blob } from '../../../core/session/changes.ts';
import { decodeBytes, encodeText, linesOf, looksBinary } from '../common/bytes.ts';
import { sameBlob } from '../disk/fileState.ts';

/** What is to be done with one path of a rewind. `mode` and `content` say what the path has afterwards. */
export type RestoreStep =
  | { readonly do: 'nothing' }
  | { readonly do: 'delete' }
  | { readonly do: 'write' }
  | { readonly do: 'merge'; readonly mode: Blob['mode']; readonly content: 'target' | 'current' | 'three-way' }
  | { readonly do: 'leave'; readonly why: string };

/**
 * Decides one path: `target` is what the path shall have, `expected` what the session last left there, `current` what is
 * there. Whatever is neither is the user's and is never overwritten.
 */
export function decideRestore(target: Blob | null, expected: Blob | null, current: Blob | null): RestoreStep {
  if (sameBlob(current, target)) return { do: 'nothing' };
  if (sameBlob(current, expected)) return { do: target === null ? 'delete' : 'write' };
  if (current === null) return { do: 'leave', why: 'you deleted it since' };
  if (target === null) return { do: 'leave', why: 'you changed it since it was made' };
  if (expected === null) return { do: 'leave', why: 'it was deleted, and there is another one by now' };
  return decideMerge(target, expected, current);
}

/** Mode and content are two changes: each side may have made one of them. */
function decideMerge(target: Blob, expected: Blob, current: Blob): RestoreStep {
  const kinds = new Set([target, expected, current].map((blob) => blob.mode === '120000'));
  if (kinds.size > 1 || kinds.has(true)) return { do: 'leave', why: 'you changed it since, and it is or was a link' };
  const mode = current.mode === expected.mode ? target.mode : current.mode;
  if (current.oid === expected.oid) return { do: 'merge', mode, content: 'target' };
  return { do: 'merge', mode, content: target.oid === expected.oid || target.oid === current.oid ? 'current' : 'three-way' };
}

/** Most lines, in the part that differs, that are merged here; the search takes time with their product. */
const mostLines = 4000;

/** Lines of the current text, counted from 1, the last included; of a place between two lines, the one before it. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

/** A merge that came out clean, the lines that both changed, or why nothing could be merged. */
export type Merged = { readonly bytes: Buffer } | Conflicting | { readonly hindrance: string };

export interface Conflicting {
  readonly conflicts: readonly LineRange[];
  /** Merged as far as it goes; where both changed the same lines, those of the base. */
  readonly undecided: Buffer;
}

/** What the merge library answers, from the top to the end. */
interface Region {
  readonly ok?: readonly string[];
  readonly conflict?: { readonly a: readonly string[]; readonly aIndex: number; readonly o: readonly string[] };
}

/** Takes over into `current` what leads from `base` to `target`. Nothing of what both changed is decided here. */
export function mergeTexts(current: Buffer, base: Buffer, target: Buffer): Merged {
  if ([current, base, target].some(looksBinary)) return { hindrance: 'you changed it since, and it is no text' };
  const sides = [current, base, target].map((bytes) => linesOf(decodeBytes(bytes)));
  const [ours = [], old = [], theirs = []] = sides;
  const start = commonCount(sides, (lines, index) => lines[index], Math.min(...sides.map((lines) => lines.length)));
  const end = commonCount(sides, (lines, index) => lines[lines.length - 1 - index], Math.min(...sides.map((lines) => lines.length)) - start);
  const middle = (lines: readonly string[]) => lines.slice(start, lines.length - end);
  if (sides.some((lines) => middle(lines).length > mostLines)) return { hindrance: `you changed it since, and more than ${mostLines} lines differ` };
  const regions = diff3Merge(middle(ours), middle(old), middle(theirs), { excludeFalseConflicts: true }) as readonly Region[];
  const conflicts = regions.flatMap(({ conflict }) => (conflict === undefined ? [] : [{ first: start + conflict.aIndex + Math.min(1, conflict.a.length), last: start + conflict.aIndex + conflict.a.length }]));
  const bytes = encodeText([...ours.slice(0, start), ...regions.flatMap(({ ok, conflict }) => ok ?? conflict?.o ?? []), ...ours.slice(ours.length - end)].join(''));
  return conflicts.length > 0 ? { conflicts, undecided: bytes } : { bytes };
}

/** Why a path is left where both changed the same lines. */
export function conflictInWords(conflicts: readonly LineRange[]): string {
  const places = conflicts.map(({ first, last }) => (last > first ? `${first} to ${last}` : String(Math.max(1, first))));
  return `you changed the same lines since: line ${places.slice(0, 5).join(', ')}${places.length > 5 ? ` and ${places.length - 5} more places` : ''}`;
}

function commonCount(sides: readonly (readonly string[])[], at: (lines: readonly string[], index: number) => string | undefined, limit: number): number {
  let count = 0;
  while (count < limit && new Set(sides.map((lines) => at(lines, count))).size === 1) count += 1;
  return count;
}
