import type { TreeId } from './changes.ts';

/** Between the ids of several roots; no id of git has it. */
const mark = '+';

/** One id for the contents of every root, in the order of the roots, the main one first. An empty id stands for none. */
export function joinIds(ids: readonly string[]): TreeId {
  return ids.join(mark);
}

/** The ids that were joined. Throws where they are not of `count` roots. */
export function splitIds(id: TreeId, count: number): readonly string[] {
  if (id === '') return Array.from({ length: count }, () => '');
  const ids = id.split(mark);
  if (ids.length !== count) throw new Error(`${id} names the content of ${ids.length} folders, and the session has ${count}`);
  return ids;
}

/** The ids of content that are in one id, of each root that has any. */
export function partsOf(id: TreeId): readonly string[] {
  return id.split(mark).filter((one) => one !== '');
}

/** An id as people are shown it: the first seven characters, of each root. */
export function shortId(id: TreeId): string {
  return id.split(mark).map((one) => one.slice(0, 7)).join(mark);
}
