import { sameBlob } from './sameBlob.ts';
import type { DoneRewind } from './session.ts';

/** Paths that a rewind left because the user changed the same lines, as long as nobody has decided about them. */
export function openConflicts(rewinds: readonly DoneRewind[], rewind: DoneRewind): NonNullable<DoneRewind['conflicts']> {
  if (rewind.undone) return [];
  const standing = rewinds.filter((one) => one !== rewind && !one.undone);
  return (rewind.conflicts ?? []).filter((conflict) => !standing.some((one) => (one.resolves === rewind.id && one.to === conflict.path) || (one.at > rewind.at && wentAsFar(one, conflict))));
}

/** Whether a later rewind took the path back as far as this one wanted to, or was left with the same question: then that is the one to be answered. */
function wentAsFar({ writes, conflicts = [] }: DoneRewind, { path, items }: Conflict): boolean {
  const target = items.at(-1)?.target ?? null;
  return writes.some((write) => write.path === path && write.cancels !== undefined && sameBlob(write.cancels.before, target))
    || conflicts.some((one) => one.path === path && sameBlob(one.items.at(-1)?.target ?? null, target));
}

type Conflict = NonNullable<DoneRewind['conflicts']>[number];
