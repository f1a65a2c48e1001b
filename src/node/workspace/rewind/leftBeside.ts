import type { RestoreItem } from '../../../agent/ports.ts';
import { nameOf } from '../disk/places.ts';
import { besideKind } from '../disk/replaceFile.ts';
import { type Dir, differences, files } from '../store/tree.ts';

/**
 * What lay beside files when a process died in a write, as items that remove it: files of `now` that `before` does not have and that have such a
 * name. One that was moved out of the way may hold what the user wrote at that moment; it goes only where `before` holds its content. Pure.
 */
export function leftBeside(before: Dir, now: Dir): readonly RestoreItem[] {
  const found = [...differences(before, now)].flatMap(({ path, before: old, after }) => (old !== undefined || after === undefined ? [] : [{ path, blob: after, kind: besideKind(nameOf(path)) }]));
  const held = found.some(({ kind }) => kind === 'old') ? new Set(Array.from(files(before), ([, blob]) => blob.oid)) : new Set<string>();
  return found.filter(({ kind, blob }) => kind === 'tmp' || (kind === 'old' && held.has(blob.oid))).map(({ path, blob }) => ({ path, target: null, expected: blob }));
}
