import type { Blob, Path } from '../../../core/session/changes.ts';
import { decodeBytes, encodeText, isWellFormed } from '../common/bytes.ts';

/** What is known of one file of the work tree. */
export interface StateEntry {
  /** The content that a checkpoint holds of it; none where it was left out. */
  readonly blob: Blob | undefined;
  /** The state in which the file has this content, one that is comparable. Undefined where a later change may not show in it: the file is looked at again. */
  readonly state: Buffer | undefined;
}

/** What a state is made of: `fs.BigIntStats` has it. */
export interface StateFacts {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly ctimeNs: bigint;
  readonly mtimeNs: bigint;
  readonly mode: bigint;
  readonly uid: bigint;
  readonly gid: bigint;
}

/** An entry as git's index has it (gitformat-index, version 2): state, id, length of the name, name, NULs up to a multiple of eight. */
const [stateBytes, idAt, lengthAt, fixedBytes] = [40, 40, 60, 62];
/** Within a state. Numbers have 32 bits; of larger ones the lower half stands, as in git. */
const [modifiedAt, inodeAt, kindAt, sizeAt] = [8, 20, 24, 36];
/** Where what lies in an entry, for threads, which write entries too. */
export const entryLayout = { stateBytes, idAt, lengthAt, fixedBytes, kindAt };
const headerBytes = 12;
/** Mode, space, NUL and id, beside the name. */
const treeEntryBytes = 28;
const signature = Buffer.from('DIRC\0\0\0\x02', 'latin1');
export const checksumBytes = 20;
/** Names of this length would have to be measured otherwise; no system call takes them. */
export const longestName = 0xfff;
const noId = '0'.repeat(40);

/**
 * The time in seconds that a table's own file bears, the latest that every file system can note. git would read files whose content changed at this
 * time or later, to be sure; so there is no settled state with such a time.
 */
export const tableTime = 0x7fffffff;

/** The state of a file. */
export function stateOf(facts: StateFacts): Buffer {
  const state = Buffer.allocUnsafe(stateBytes);
  writeState(state, 0, facts);
  return state;
}

/** Whether git can compare the state, and will not read the file to be sure. */
export const isComparable = (state: Buffer): boolean => state.readUInt32BE(modifiedAt) < tableTime && state.readUInt32BE(inodeAt) !== 0;

/** Bytes of a file in this state. */
export const bytesIn = (state: Buffer): number => state.readUInt32BE(sizeAt);

/** Writes a state into 40 bytes. Stands by itself, because threads get it as text. */
export function writeState(into: Buffer, at: number, { dev, ino, size, ctimeNs, mtimeNs, mode, uid, gid }: StateFacts): void {
  const second = 1_000_000_000n;
  const kind = (mode & 0o170000n) === 0o120000n ? 0o120000n : (mode & 0o100n) === 0n ? 0o100644n : 0o100755n;
  let end = at;
  for (const value of [ctimeNs / second, ctimeNs % second, mtimeNs / second, mtimeNs % second, dev, ino, kind, uid, gid, size]) end = into.writeUInt32BE(Number(BigInt.asUintN(32, value)), end);
}

const modes: ReadonlyMap<number, Blob['mode']> = new Map([[0o100644, '100644'], [0o100755, '100755'], [0o120000, '120000']]);

/** The same as a tree has them, with the space behind. */
const treeModes: ReadonlyMap<number, Buffer> = new Map(Array.from(modes, ([kind, mode]) => [kind, Buffer.from(`${mode} `)]));
const [plainMode, nul] = [Buffer.from('100644 '), Buffer.alloc(1)];

/** Names and states that are compared are put here; nothing of it outlives a call. */
const name = Buffer.alloc(3 * longestName);
const compared = Buffer.alloc(stateBytes);

/** Puts a path into `name` and answers its length in bytes. */
function write(path: Path): number {
  if (path.length > longestName) return longestName;
  return isWellFormed(path) ? name.write(path) : encodeText(path).copy(name);
}

/** Entries sorted by the bytes of their paths. Which paths there are never changes. */
export class StateTable {
  readonly #body: Buffer;
  /** Where each entry begins; one more says where the last one ends. */
  readonly #at: Uint32Array;
  /** Questions mostly come in order: this is behind the last answer. */
  #next = 0;

  constructor(body: Buffer, at: Uint32Array) {
    this.#body = body;
    this.#at = at;
  }

  get size(): number {
    return this.#at.length - 1;
  }

  /** The place of a path, -1 where it has none. */
  find(path: Path): number {
    const length = write(path);
    const found = this.#next < this.size && this.#compare(this.#next, length) === 0 ? this.#next : this.#lowerBound(length);
    if (found === this.size || this.#compare(found, length) !== 0) return -1;
    this.#next = found + 1;
    return found;
  }

  /** Stretches, each from a place to the one behind it, of what is at a path or below. */
  rangesOf(root: Path): readonly (readonly [from: number, to: number])[] {
    const own = this.find(root);
    const below = [this.#lowerBound(write(`${root}/`)), this.#lowerBound(write(`${root}0`))] as const;
    return own < 0 ? [below] : [[own, own + 1], below];
  }

  pathAt(index: number): Path {
    const start = this.#start(index) + fixedBytes;
    return decodeBytes(this.#body.subarray(start, start + this.#length(index)));
  }

  entryAt(index: number): StateEntry {
    const start = this.#start(index);
    const settled = this.#body.readUInt32BE(start + inodeAt) !== 0;
    return { blob: this.#blobAt(start), state: settled ? this.#body.subarray(start, start + stateBytes) : undefined };
  }

  #blobAt(start: number): Blob | undefined {
    const oid = this.#body.toString('hex', start + idAt, start + lengthAt);
    return oid === noId ? undefined : { oid, mode: modes.get(this.#body.readUInt32BE(start + kindAt)) ?? '100644' };
  }

  /** Bytes of a file that a checkpoint holds, undefined for another. */
  heldBytes(index: number): number | undefined {
    const start = this.#start(index);
    const left = this.#body.readUInt32BE(start + idAt) === 0 && this.#blobAt(start) === undefined;
    return left ? undefined : this.#body.readUInt32BE(start + sizeAt);
  }

  /** Whether this is the state that the entry has. */
  isState(index: number, facts: StateFacts): boolean {
    const start = this.#start(index);
    writeState(compared, 0, facts);
    return this.#body.compare(compared, 0, stateBytes, start, start + stateBytes) === 0;
  }

  /** Gives the path at a place another entry. States that were handed out for this place are that of the new entry from here on. */
  replace(index: number, { blob, state }: StateEntry): void {
    const start = this.#start(index);
    const own = state === undefined ? undefined : Buffer.from(state);
    this.#body.fill(0, start, start + lengthAt);
    writeFacts(this.#body, start, { blob, state: own });
  }

  /** The entries from one place to before another as they lie in memory. */
  image(from: number, to: number): Buffer {
    return this.#body.subarray(this.#start(from), this.#start(to));
  }

  /** The same entries as a git tree has them, in the same order; of their paths the first bytes, which name the folder, are left out. */
  treeEntries(from: number, to: number, folderBytes: number): Buffer {
    let at = 0;
    for (let index = from; index < to; index += 1) at += treeEntryBytes + this.#length(index) - folderBytes;
    const entries = Buffer.allocUnsafeSlow(at);
    at = 0;
    // For so few bytes a call would cost more than a loop.
    const put = (bytes: Buffer, first: number, end: number) => {
      for (let byte = first; byte < end; byte += 1, at += 1) entries[at] = bytes[byte] ?? 0;
    };
    for (let index = from; index < to; index += 1) {
      const start = this.#start(index);
      const mode = treeModes.get(this.#body.readUInt32BE(start + kindAt)) ?? plainMode;
      put(mode, 0, mode.length);
      put(this.#body, start + fixedBytes + folderBytes, start + fixedBytes + this.#length(index));
      put(nul, 0, 1);
      put(this.#body, start + idAt, start + lengthAt);
    }
    return entries;
  }

  /** Notes in a list, from `at` on, where each entry of `image` begins when the first one begins at `base`. */
  noteStarts(into: Uint32Array, at: number, from: number, to: number, base: number): void {
    const moved = base - this.#start(from);
    for (let index = from; index < to; index += 1) into[at + index - from] = this.#start(index) + moved;
  }

  /** The place of the first entry that does not come before a path. */
  placeFor(path: Path): number {
    return this.#lowerBound(write(path));
  }

  #lowerBound(length: number): number {
    let [low, high] = [0, this.size];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(middle, length) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #compare(index: number, length: number): number {
    const start = this.#start(index) + fixedBytes;
    return this.#body.compare(name, 0, length, start, start + this.#length(index));
  }

  #length(index: number): number {
    return this.#body.readUInt16BE(this.#start(index) + lengthAt);
  }

  #start(index: number): number {
    return this.#at[index] ?? 0;
  }
}

export const emptyTable = new StateTable(Buffer.alloc(0), new Uint32Array(1));

/** The table in the bytes of a file. Undefined where they are no whole table; their checksum is the caller's business. */
export function parseTable(bytes: Buffer): StateTable | undefined {
  if (bytes.length < headerBytes + checksumBytes || !bytes.subarray(0, signature.length).equals(signature)) return undefined;
  const body = bytes.subarray(headerBytes, -checksumBytes);
  const count = bytes.readUInt32BE(signature.length);
  if (count > body.length / fixedBytes) return undefined;
  const at = new Uint32Array(count + 1);
  for (let index = 0; index < count; index += 1) {
    const from = at[index] ?? 0;
    const length = from + fixedBytes > body.length ? longestName : body.readUInt16BE(from + lengthAt);
    if (length >= longestName) return undefined;
    at[index + 1] = from + entryBytes(length);
  }
  return at[count] === body.length ? new StateTable(body, at) : undefined;
}

/** A table of entries that lie one behind the other, as threads make them. */
export function tableOf(body: Buffer): StateTable {
  const next = (from: number) => from + entryBytes(body.readUInt16BE(from + lengthAt));
  let count = 0;
  for (let from = 0; from < body.length; from = next(from)) count += 1;
  const at = new Uint32Array(count + 1);
  for (let index = 0; index < count; index += 1) at[index + 1] = next(at[index] ?? 0);
  return new StateTable(body, at);
}

/** The pieces of a file that holds the table with one more entry, all but the checksum at its end. */
export function withEntry(table: StateTable, path: Path, entry: StateEntry): readonly Buffer[] {
  const place = table.placeFor(path);
  const count = Buffer.alloc(4);
  count.writeUInt32BE(table.size + 1);
  return [signature, count, table.image(0, place), imageOf(path, entry), table.image(place, table.size)];
}

/** Puts a table together from front to back. */
export class TableBuilder {
  #body = Buffer.alloc(1 << 16);
  #at = new Uint32Array(1 << 10);
  #bytes = 0;
  #count = 0;

  /** Stretch of another table, from one place to before another. */
  copy(table: StateTable, from: number, to: number): void {
    const image = table.image(from, to);
    this.reserve(image.length, to - from);
    image.copy(this.#body, this.#bytes);
    table.noteStarts(this.#at, this.#count, from, to, this.#bytes);
    this.#bytes += image.length;
    this.#count += to - from;
  }

  add(path: Path, entry: StateEntry): void {
    const length = write(path);
    this.reserve(entryBytes(length), 1);
    this.#at[this.#count] = this.#bytes;
    this.#bytes += writeEntry(this.#body, this.#bytes, length, entry);
    this.#count += 1;
  }

  /** Makes room for so many bytes and entries more. The rest of `#body` is zero at all times. */
  reserve(bytes: number, entries: number): void {
    if (this.#bytes + bytes > this.#body.length) {
      const body = Buffer.alloc(Math.max(2 * this.#body.length, this.#bytes + bytes));
      this.#body.copy(body, 0, 0, this.#bytes);
      this.#body = body;
    }
    if (this.#count + entries < this.#at.length) return;
    const at = new Uint32Array(Math.max(2 * this.#at.length, this.#count + entries + 1));
    at.set(this.#at.subarray(0, this.#count));
    this.#at = at;
  }

  finish(): StateTable {
    this.#at[this.#count] = this.#bytes;
    const body = this.#body.subarray(0, this.#bytes);
    // Little that is left over is not worth a copy of the rest.
    return new StateTable(this.#bytes > this.#body.length / 2 ? body : Buffer.from(body), this.#at.slice(0, this.#count + 1));
  }
}

/** An entry as it lies in a table. */
export function imageOf(path: Path, entry: StateEntry): Buffer {
  const length = write(path);
  const image = Buffer.alloc(entryBytes(length));
  writeEntry(image, 0, length, entry);
  return image;
}

/** Writes an entry for the path in `name` where there are zeros, and answers its length in bytes. */
function writeEntry(into: Buffer, at: number, length: number, entry: StateEntry): number {
  writeFacts(into, at, entry);
  into.writeUInt16BE(length, at + lengthAt);
  name.copy(into, at + fixedBytes, 0, length);
  return entryBytes(length);
}

/** State and content, where there are zeros. */
function writeFacts(into: Buffer, at: number, { blob, state }: StateEntry): void {
  state?.copy(into, at);
  if (blob !== undefined) into.write(blob.oid, at + idAt, 'hex');
  if (state === undefined || blob !== undefined) into.writeUInt32BE(Number.parseInt(blob?.mode ?? '100644', 8), at + kindAt);
}

const entryBytes = (nameBytes: number): number => (fixedBytes + nameBytes + 8) & ~7;

/** Paths in the order of a table. */
export function sortPaths(paths: Path[]): Path[] {
  // Up to here units of text have the order of their bytes.
  if (paths.every((path) => !/[\ud800-\uffff]/.test(path))) return paths.sort();
  return paths.map((path) => ({ path, bytes: encodeText(path) })).sort((a, b) => a.bytes.compare(b.bytes)).map(({ path }) => path);
}
