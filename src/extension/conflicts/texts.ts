import type { ConflictSides } from '../../agent/ports.ts';
import { isWellFormed } from '../../node/workspace/common/bytes.ts';

const marks = ['<<<<<<< yours in Bounded', '>>>>>>> rewound in Bounded'] as const;

/**
 * What the result in the merge editor begins as. By the marks the editor knows that nothing is decided, and begins anew with everything that is no
 * conflict. They are in its memory alone. How its lines end, and whether it begins with a byte-order mark, the editor keeps for the result.
 */
export function draftOf({ yours, rewound }: Pick<ConflictSides, 'yours' | 'rewound'>): string {
  const end = `${yours}${rewound}`.includes('\r\n') ? '\r\n' : '\n';
  return `${yours.startsWith(byteOrderMark) ? byteOrderMark : ''}${[marks[0], yours, '=======', rewound, marks[1], ''].join(end)}`;
}

const byteOrderMark = '\uFEFF';

/**
 * Whether a person can have decided on this text: no mark is left, neither ours nor the editor's, and it is not what the editor shows as long as
 * nobody has decided anything, where the lines of both are missing.
 */
export function isDecided(text: string, { undecided }: Pick<ConflictSides, 'undecided'>): boolean {
  return text !== undecided && !marks.some((mark) => text.includes(mark)) && !/^(<{7}|>{7}) /m.test(text);
}

/** Why an editor would not give these texts back byte for byte, but for what a person changes. */
export function hindranceOf(sides: ConflictSides): string | undefined {
  const all = [sides.base, sides.yours, sides.rewound];
  if (!all.every(isWellFormed)) return 'it is not UTF-8';
  return new Set(all.flatMap((text) => text.match(/\r?\n/g) ?? [])).size > 1 ? 'its lines end in different ways' : undefined;
}
