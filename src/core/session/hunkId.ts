import type { Hunk, Path } from './changes.ts';

/** Hexadecimal digits of an id: enough that nobody can make two changes with the same one. */
const digits = 24;

/**
 * The name of a hunk in the difference of a file from a first version that never changes. It is made of what the hunk does to that version: where,
 * which lines go and which come. Whatever happens elsewhere in the file moves the hunk in the file as it is now, but not in the first version, so that
 * its name stays; two hunks that change the same lines in the same way at two places have two names; a hunk whose lines change gets another.
 */
export function hunkId(path: Path, { oldStart, oldLines, newLines, lines, noEndOfLine }: Omit<Hunk, 'id'>, sha256: (text: string) => string): string {
  return sha256(JSON.stringify([path, oldStart, oldLines, newLines, noEndOfLine ?? null, lines])).slice(0, digits);
}
