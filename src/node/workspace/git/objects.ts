import { createHash } from 'node:crypto';
import { decodeBytes, encodeText } from '../common/bytes.ts';

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
  // One character for each byte of a name, which sorts as the bytes do.
  const keyed = entries.map(({ name, mode, oid }) => ({ mode, oid, name: isAscii(name) ? name : encodeText(name).toString('latin1') }));
  const sorted = keyed.map((entry) => ({ ...entry, key: entry.mode === directoryMode ? `${entry.name}/` : entry.name }));
  sorted.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const body = Buffer.allocUnsafeSlow(sorted.reduce((sum, { mode, name }) => sum + mode.length + name.length + 2 + oidBytes, 0));
  let at = 0;
  for (const { mode, name, oid } of sorted) {
    at += body.write(`${mode} ${name}\0`, at, 'latin1');
    at += body.write(oid, at, 'hex');
  }
  return gitObject('tree', body);
}

/** The entries of a tree object. */
export function* treeEntries(body: Buffer): Generator<TreeEntry> {
  for (let at = 0; at < body.length;) {
    const [space, end] = [body.indexOf(0x20, at), body.indexOf(0, at)];
    yield { mode: body.toString('latin1', at, space), name: decodeBytes(body.subarray(space + 1, end)), oid: body.toString('hex', end + 1, end + 1 + oidBytes) };
    at = end + 1 + oidBytes;
  }
}

const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text);
const oidBytes = 20;

/** Folder mode as tree objects write it. */
export const directoryMode = '40000';
export const emptyBlob = 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391';
