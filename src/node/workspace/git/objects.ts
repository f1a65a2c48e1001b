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

/** What a tree has under one name. */
type Leaf = Omit<TreeEntry, 'name'>;

/**
 * The tree object that changes of entries (null: is gone) make of the one with this body, `noEntries` for a new one. They may come in any order; git
 * wants entries sorted by bytes with folders as if they ended in `/`. What stays is copied in stretches and never parsed: mostly one entry changes.
 */
export function changedTree(body: Buffer, changes: ReadonlyMap<string, Leaf | null>): GitObject {
  // One character for each byte of a name, which sorts as the bytes do.
  const named = new Map(Array.from(changes, ([name, leaf]) => [isAscii(name) ? name : encodeText(name).toString('latin1'), leaf]));
  const coming = [...named].flatMap(([name, leaf]) => (leaf === null ? [] : [{ name, ...leaf, key: leaf.mode === directoryMode ? `${name}/` : name }]));
  coming.sort((a, b) => (a.key < b.key ? -1 : 1));
  const pieces: (Buffer | TreeEntry)[] = [];
  let [kept, next] = [0, 0];
  for (const { at, end, name, isFolder } of entryPlaces(body)) {
    const [key, goes] = [isFolder ? `${name}/` : name, named.has(name)];
    if (!goes && (coming[next]?.key ?? key) >= key) continue;
    pieces.push(body.subarray(kept, at));
    for (let one = coming[next]; one !== undefined && one.key < key; one = coming[next]) {
      pieces.push(one);
      next += 1;
    }
    kept = goes ? end : at;
  }
  return gitObject('tree', joined([...pieces, body.subarray(kept), ...coming.slice(next)]));
}

/** The body of a tree without entries. */
export const noEntries: Buffer = Buffer.alloc(0);

/** Puts together what stays as bytes and what is new, names a character for each byte. */
function joined(pieces: readonly (Buffer | TreeEntry)[]): Buffer {
  const body = Buffer.allocUnsafeSlow(pieces.reduce((sum, piece) => sum + (Buffer.isBuffer(piece) ? piece.length : piece.mode.length + piece.name.length + 2 + oidBytes), 0));
  let at = 0;
  for (const piece of pieces) {
    if (Buffer.isBuffer(piece)) at += piece.copy(body, at);
    else {
      at += body.write(`${piece.mode} ${piece.name}\0`, at, 'latin1');
      at += body.write(piece.oid, at, 'hex');
    }
  }
  return body;
}

/** Where each entry of a tree object lies, its name a character for each byte. */
function* entryPlaces(body: Buffer): Generator<{ readonly at: number; readonly end: number; readonly name: string; readonly isFolder: boolean }> {
  for (let at = 0; at < body.length;) {
    const [space, nul] = [body.indexOf(0x20, at), body.indexOf(0, at)];
    const end = nul + 1 + oidBytes;
    yield { at, end, name: body.toString('latin1', space + 1, nul), isFolder: space - at === directoryMode.length };
    at = end;
  }
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
