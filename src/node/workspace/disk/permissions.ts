import type { Blob } from '../../../core/session/changes.ts';

/** What a new file gets, not executable or executable. */
export const newFile = { plain: 0o666 & ~process.umask(), executable: 0o777 & ~process.umask() } as const;

/** Permission bits that say more than git's mode does; Windows has none. */
export function isUnusual(bits: number): boolean {
  return process.platform !== 'win32' && bits !== newFile.plain && bits !== newFile.executable;
}

/** The word for permission bits in what lies beside a tree. */
export const permissionsWord = (bits: number): string => `permissions ${bits.toString(8)}`;

/** The bits that a word names, undefined for any other word. */
export function bitsOf(word: string | undefined): number | undefined {
  const bits = /^permissions ([0-7]{1,4})$/.exec(word ?? '')?.[1];
  return bits === undefined ? undefined : Number.parseInt(bits, 8);
}

/** The same bits, but that execution is granted to whoever may read, or taken away, where the wanted mode says so. */
export function permissionsFor(permissions: number, mode: Blob['mode']): number {
  const wanted = mode === '100755';
  if (process.platform === 'win32' || wanted === ((permissions & 0o100) !== 0)) return permissions;
  return wanted ? permissions | ((permissions & 0o444) >> 2) | 0o100 : permissions & ~0o111;
}
