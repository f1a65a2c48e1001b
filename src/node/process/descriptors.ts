import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import type { IOType } from 'node:child_process';
import { codeOf } from '../journal/faults.ts';

/**
 * Calls `start` with what a child shall find in place of the descriptors from `first` on that it would get from this process: nothing. Whoever started
 * Bounded may have left a file open that no command may read, and what is open is readable from every sandbox.
 */
export function withoutInherited<Result>(first: number, start: (rest: readonly (IOType | number)[]) => Result): Result {
  const inherited = inheritedFrom(first);
  if (inherited.size === 0) return start([]);
  // Node can close none in the child; it can give it another one in its place.
  const nothing = openSync('/dev/null', 'r+');
  try {
    return start(Array.from({ length: Math.max(...inherited) + 1 - first }, (_, index) => (inherited.has(first + index) ? nothing : 'ignore')));
  } finally {
    closeSync(nothing);
  }
}

/** Linux's flag of a descriptor that a child does not get, as /proc tells it. Node sets it on all that it opens, and at its start on some of those that it finds. */
const closesOnExec = 0o2000000;

/** None on other systems: there Node passes on nothing that it is not told to. */
function inheritedFrom(first: number): ReadonlySet<number> {
  const open = process.platform === 'linux' ? readdirSync('/proc/self/fd').map(Number) : [];
  return new Set(open.filter((descriptor) => descriptor >= first && (flagsOf(descriptor) & closesOnExec) === 0));
}

function flagsOf(descriptor: number): number {
  try {
    return Number.parseInt(/^flags:\t([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'))?.[1] ?? '0', 8);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    // Closed meanwhile, as the one of this very list.
    return closesOnExec;
  }
}
