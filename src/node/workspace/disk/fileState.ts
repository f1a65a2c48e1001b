import { lstatSync } from 'node:fs';
import type { Blob } from '../../../core/session/changes.ts';
import { codeOf } from '../../journal/faults.ts';
import { hashOf, modeOf, openLarge, readLink, readSmall, wholeBytes } from './content.ts';
import { onDisk } from './places.ts';
import { isGone, isUnreadable, keyOf, specialKind } from './stats.ts';

/** What is at a place in the work tree at this moment. `otherNames`: how many hard links to the same file there are elsewhere. */
export type FileState =
  | { readonly kind: 'file'; readonly blob: Blob; readonly permissions: number; readonly uid: number; readonly gid: number; readonly inode: bigint; readonly otherNames: number }
  | { readonly kind: 'missing' }
  | { readonly kind: 'folder' }
  /** Something that has no content, or none that can be read. */
  | { readonly kind: 'other'; readonly what: string }
  /** A link or a file is where one of its folders should be. */
  | { readonly kind: 'unreachable'; readonly what: string };

/** Looks at `name` in an entered folder and hashes what is there. Links count as files with their target as content. */
export async function stateAt(folder: string, name: string): Promise<FileState> {
  const place = onDisk(folder, name);
  try {
    const stats = lstatSync(place, { bigint: true });
    if (stats.isDirectory()) return { kind: 'folder' };
    if (!stats.isFile() && !stats.isSymbolicLink()) return { kind: 'other', what: `a ${specialKind(stats)}` };
    const blob = stats.isSymbolicLink() ? { oid: readLink(place).object.oid, mode: '120000' as const } : await regularBlob(place, stats.size <= BigInt(wholeBytes));
    if (blob === undefined) return { kind: 'other', what: 'being written by somebody' };
    return { kind: 'file', blob, permissions: Number(stats.mode & 0o7777n), uid: Number(stats.uid), gid: Number(stats.gid), inode: stats.ino, otherNames: Number(stats.nlink) - 1 };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { kind: 'missing' };
    if (isGone(error)) return { kind: 'other', what: 'being changed by somebody' };
    if (isUnreadable(error)) return { kind: 'other', what: `not readable (${codeOf(error)})` };
    throw error;
  }
}

/** Undefined where the file does not keep still. A small one is read in one go: that is cheaper than asking other threads for each step. */
async function regularBlob(place: string | Buffer, small: boolean): Promise<Blob | undefined> {
  if (small) {
    const { object, mode, key } = readSmall(place);
    if (key !== undefined) return { oid: object.oid, mode };
  }
  const { handle, stats } = await openLarge(place);
  try {
    let before = stats;
    for (let left = 3; left > 0; left -= 1) {
      const oid = await hashOf(handle, Number(before.size));
      const after = await handle.stat({ bigint: true });
      if (oid !== undefined && keyOf(before) === keyOf(after)) return { oid, mode: modeOf(Number(after.mode)) };
      before = after;
    }
    return undefined;
  } finally {
    await handle.close();
  }
}

export const sameBlob = (a: Blob | null | undefined, b: Blob | null | undefined): boolean => a?.oid === b?.oid && a?.mode === b?.mode;

/** Whether exactly this content (null: nothing) is at the place. */
export const isState = (state: FileState, expected: Blob | null): boolean =>
  expected === null ? state.kind === 'missing' : state.kind === 'file' && sameBlob(state.blob, expected);

/** The number of other names that a file has, where it has any. */
export function otherNamesOf(state: FileState): { readonly otherNames?: number } {
  return state.kind === 'file' && state.otherNames > 0 ? { otherNames: state.otherNames } : {};
}

/** A state in words, for a sentence such as "there is …". */
export function stateInWords(state: FileState): string {
  if (state.kind === 'missing') return 'nothing there any more';
  if (state.kind === 'folder') return 'a folder';
  return state.kind === 'file' ? 'another content' : state.what;
}
