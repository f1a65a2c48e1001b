import type { Path } from '../changes.ts';
import type { Session } from '../session.ts';

/** Paths whose content in the work tree is the user's own: uncommitted at the start, or changed by them since. */
export function usersPaths({ base, userChanges }: Session): readonly Path[] {
  return [...new Set([...(base?.dirty ?? []), ...userChanges.map((diff) => diff.path)])];
}
