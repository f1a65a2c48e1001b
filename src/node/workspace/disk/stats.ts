import type { BigIntStats } from 'node:fs';
import { codeOf } from '../../journal/faults.ts';

/** The file is gone, or something else is in its place: it has changed since it was found, which the next look will tell. */
export const isGone = (error: unknown): boolean => ['ENOENT', 'ENOTDIR', 'ELOOP', 'EINVAL', 'not-regular'].includes(codeOf(error) ?? '');

/** In words, for what a checkpoint does not cover. */
export const unreadableBecause = (error: unknown): string => `it cannot be read (${codeOf(error) ?? 'unknown'})`;

/** The system refuses this file or folder in particular. */
export const isUnreadable = (error: unknown): boolean => ['EACCES', 'EPERM', 'EBUSY', 'EIO', 'ENAMETOOLONG', 'ETXTBSY', 'ESTALE', 'EFBIG', 'EOVERFLOW'].includes(codeOf(error) ?? '');

/** Everything that the system changes when a file changes. The time of the last change of a file cannot be set back. Stands by itself, because threads get it as text. */
export function keyOf(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}:${stats.size}:${stats.ctimeNs}:${stats.mtimeNs}:${stats.mode}`;
}

/** The same without making texts. Stands by itself, because threads get it as text. */
export function isSameState(a: BigIntStats, b: BigIntStats): boolean {
  return a.dev === b.dev && a.ino === b.ino && a.size === b.size && a.ctimeNs === b.ctimeNs && a.mtimeNs === b.mtimeNs && a.mode === b.mode;
}

export function specialKind(stats: { isFIFO(): boolean; isSocket(): boolean; isBlockDevice(): boolean; isCharacterDevice(): boolean; isDirectory(): boolean }): string {
  if (stats.isFIFO()) return 'pipe';
  if (stats.isSocket()) return 'socket';
  if (stats.isDirectory()) return 'folder';
  return stats.isBlockDevice() || stats.isCharacterDevice() ? 'device' : 'special file';
}
