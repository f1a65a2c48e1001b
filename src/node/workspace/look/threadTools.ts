import type { BigIntStats } from 'node:fs';
import type { ZlibOptions } from 'node:zlib';

// What threads work with. Each function is handed to them as text: it stands by itself and uses nothing but its parameters and what Node gives to every script.

/** A file that a thread has read. */
export interface PlainFile {
  /** The content with git's header of it before, and alone, in a buffer that the next file overwrites. */
  readonly object: Buffer;
  readonly body: Buffer;
  /** Its state, before as after reading. */
  readonly stats: BigIntStats;
}

export interface ReaderParts {
  readonly fs: typeof import('node:fs');
  readonly isSameState: (a: BigIntStats, b: BigIntStats) => boolean;
  /** For opening: never follow a link, never wait for a pipe. */
  readonly flags: number;
  /** Larger files are not read, in bytes. */
  readonly most: number;
}

/** Reads small regular files that keep still meanwhile; undefined for any other, what it throws is the system's. */
export function plainReader({ fs, isSameState, flags, most }: ReaderParts): (place: string) => PlainFile | undefined {
  const room = 32;
  let buffer = Buffer.allocUnsafe(64 * 1024);
  return (place) => {
    const descriptor = fs.openSync(place, flags);
    try {
      const before = fs.fstatSync(descriptor, { bigint: true });
      const size = Number(before.size);
      if (!before.isFile() || size > most) return undefined;
      if (buffer.length < room + size + 1) buffer = Buffer.allocUnsafe(room + size + 1);
      if (fs.readSync(descriptor, buffer, room, size + 1, null) !== size) return undefined;
      const stats = fs.fstatSync(descriptor, { bigint: true });
      if (!isSameState(before, stats)) return undefined;
      const header = `blob ${size}\0`;
      buffer.write(header, room - header.length, 'latin1');
      return { object: buffer.subarray(room - header.length, room + size), body: buffer.subarray(room, room + size), stats };
    } finally {
      fs.closeSync(descriptor);
    }
  };
}

/** SHA-1 in hexadecimal digits; twice as fast for small contents where the version of Node has a function for it. */
export function contentHash(crypto: typeof import('node:crypto')): (bytes: Buffer) => string {
  const [hash, nothing]: [typeof crypto.hash | undefined, string] = [crypto.hash, 'da39a3ee5e6b4b0d3255bfef95601890afd80709'];
  return hash !== undefined && hash('sha1', '') === nothing ? (bytes) => hash('sha1', bytes) : (bytes) => crypto.createHash('sha1').update(bytes).digest('hex');
}

/** Looks an id that begins somewhere in some bytes up in tables that have a fanout before the sorted ids, as in the index of a pack. */
export function idLookup(tables: readonly SharedArrayBuffer[]): (bytes: Uint8Array, from: number) => boolean {
  const [idBytes, fanoutBytes] = [20, 1024];
  const indexes = tables.map((table) => ({ fanout: new DataView(table), ids: new Uint8Array(table, fanoutBytes) }));
  const isIn = ({ fanout, ids }: (typeof indexes)[number], bytes: Uint8Array, from: number): boolean => {
    const first = bytes[from] ?? 0;
    let low = first === 0 ? 0 : fanout.getUint32((first - 1) * 4);
    let high = fanout.getUint32(first * 4);
    while (low < high) {
      const middle = (low + high) >>> 1;
      let order = 0;
      for (let at = 1; at < idBytes && order === 0; at += 1) order = (bytes[from + at] ?? 0) - (ids[middle * idBytes + at] ?? 0);
      if (order === 0) return true;
      if (order < 0) high = middle;
      else low = middle + 1;
    }
    return false;
  };
  return (bytes, from) => indexes.some((index) => isIn(index, bytes, from));
}

/** Contents as they lie in a pack, one behind the other, and where each ends: where the one before does if it was not packed. */
export interface Packed {
  readonly packed: Uint8Array<ArrayBuffer>;
  readonly ends: Uint32Array<ArrayBuffer>;
}

/** Puts contents together, for one answer after the other. */
export interface Packing {
  /** How many there are, packed or not. */
  readonly count: number;
  /** Undefined: one that is not packed. */
  add(body: Buffer | undefined): void;
  /** Forgets all but the first ones. */
  cut(count: number): void;
  /** Answers what there is, and begins anew. */
  finish(): Packed;
}

export interface PackingParts {
  readonly zlib: typeof import('node:zlib');
  readonly entryHeader: (type: number, size: number) => Buffer;
  readonly deflateOptions: (size: number) => ZlibOptions;
  /** Git's number for a content in a pack. */
  readonly blobType: number;
}

/** What it puts together lies in one buffer all the time: as many small ones as there are files would wait for a large collection of garbage. */
export function newPacking({ zlib, entryHeader, deflateOptions, blobType }: PackingParts): Packing {
  let bytes = Buffer.allocUnsafe(256 * 1024);
  let ends: number[] = [];
  const end = () => ends.at(-1) ?? 0;
  const put = (part: Buffer, at: number): number => {
    if (at + part.length > bytes.length) {
      const larger = Buffer.allocUnsafe(2 * (at + part.length));
      bytes.copy(larger, 0, 0, at);
      bytes = larger;
    }
    return at + part.copy(bytes, at);
  };
  return {
    get count() {
      return ends.length;
    },
    add: (body) => {
      ends.push(body === undefined ? end() : put(zlib.deflateSync(body, deflateOptions(body.length)), put(entryHeader(blobType, body.length), end())));
    },
    cut: (count) => {
      ends.length = count;
    },
    finish: () => {
      const packed = { packed: Uint8Array.from(bytes.subarray(0, end())), ends: Uint32Array.from(ends) };
      ends = [];
      return packed;
    },
  };
}
