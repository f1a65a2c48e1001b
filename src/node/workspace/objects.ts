import { createHash } from 'node:crypto';
import { encodeText } from './bytes.ts';

/** Kinds of git objects that the store holds. */
export type ObjectType = 'blob' | 'tree' | 'commit';

/** An object in the form in which git hashes and stores it. */
export interface GitObject {
  readonly oid: string;
  readonly type: ObjectType;
  readonly body: Buffer;
}

export const objectHeader = (type: ObjectType, size: number): Buffer => Buffer.from(`${type} ${size}\0`, 'latin1');

export function gitObject(type: ObjectType, body: Buffer): GitObject {
  return { oid: createHash('sha1').update(objectHeader(type, body.length)).update(body).digest('hex'), type, body };
}

/** One entry of a git tree. */
export interface TreeEntry {
  readonly name: string;
  readonly mode: string;
  readonly oid: string;
}

/** A tree object; entries may come in any order, git wants them sorted by bytes with folders as if they ended in `/`. */
export function treeObject(entries: readonly TreeEntry[]): GitObject {
  const keyed = entries.map((entry) => ({ entry, name: encodeText(entry.name) }));
  const sorted = keyed.map((one) => ({ ...one, key: one.name.toString('latin1') + (one.entry.mode === directoryMode ? '/' : '') }));
  sorted.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const parts = sorted.flatMap(({ entry, name }) => [Buffer.from(`${entry.mode} `, 'latin1'), name, nul, Buffer.from(entry.oid, 'hex')]);
  return gitObject('tree', Buffer.concat(parts));
}

/** Folder mode as tree objects write it. */
export const directoryMode = '40000';
export const emptyBlob = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391';

const nul = Buffer.from([0]);
