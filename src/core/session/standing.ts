import type { Blob, Path, Write } from './changes.ts';
import { sameBlob } from './sameBlob.ts';

/**
 * The writes that count, by path, in order: without those that a person ended, and without those that a rewind took back wholly, that rewind included.
 * Linear in the writes, but for a rewind of a path with many.
 */
export function standingWrites(writes: readonly Write[]): ReadonlyMap<Path, readonly Write[]> {
  const standing = new Map<Path, Write[]>();
  for (const write of writes) {
    if (write.ends === true) {
      standing.delete(write.path);
      continue;
    }
    const own = standing.get(write.path) ?? [];
    if (!cancel(own, write)) own.push(write);
    standing.set(write.path, own);
  }
  return standing;
}

/** Takes out of `own` what a write cancels; answers whether it did. Writes that lead to it without a gap stay: the stretch that they are is exact, and no merge. */
function cancel(own: Write[], write: Write): boolean {
  const { cancels } = write;
  if (cancels === undefined) return false;
  const last = own.findLastIndex((one) => sameBlob(one.after ?? null, cancels.after));
  const first = own.findLastIndex((one, index) => index <= last && sameBlob(one.before ?? null, cancels.before));
  if (first === -1 || (last < own.length - 1 && isUnbroken([...own.slice(last), write]))) return false;
  own.splice(first, last - first + 1);
  return true;
}

const isUnbroken = (writes: readonly Write[]): boolean => writes.every((write, index) => index === 0 || sameBlob(writes[index - 1]?.after ?? null, write.before ?? null));

/** One unbroken stretch of the session's own writes of a path; `null`: no file there. */
export interface Stretch {
  readonly before: Blob | null;
  readonly after: Blob | null;
}

/** Stretches of what counts, by path, in order. They break where somebody else changed the path in between. */
export function stretchesOf(writes: readonly Write[]): ReadonlyMap<Path, readonly Stretch[]> {
  return new Map(Array.from(standingWrites(writes), ([path, own]) => [path, inStretches(own)]));
}

/**
 * Paths that count as the session's work: what a rewind took back wholly is none of it any more, whatever the user has there. Where a person decided about
 * lines, those of the session may be among what they kept: such a path counts.
 */
export function standingPaths(writes: readonly Write[]): Set<Path> {
  const stands = (own: readonly Write[]): boolean => own.some(({ by }) => by !== 'rewind') && inStretches(own).some(({ before, after }) => !sameBlob(before, after));
  return new Set([...keptPaths(writes), ...Array.from(standingWrites(writes)).flatMap(([path, own]) => (stands(own) ? [path] : []))]);
}

/** Paths where a person ended what the session had, with another content than before its first write. */
function keptPaths(writes: readonly Write[]): ReadonlySet<Path> {
  const [first, kept] = [new Map<Path, Blob | null>(), new Set<Path>()];
  for (const { path, before, after, ends } of writes) {
    if (!first.has(path)) first.set(path, before ?? null);
    if (ends === true) kept[sameBlob(first.get(path) ?? null, after ?? null) ? 'delete' : 'add'](path);
  }
  return kept;
}

function inStretches(own: readonly Write[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (const write of own) {
    const last = stretches.at(-1);
    const [before, after] = [write.before ?? null, write.after ?? null];
    if (last !== undefined && sameBlob(last.after, before)) stretches[stretches.length - 1] = { ...last, after };
    else stretches.push({ before, after });
  }
  return stretches;
}
