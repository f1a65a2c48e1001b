import type { BigIntStats } from 'node:fs';
import type { ZlibOptions } from 'node:zlib';

/** Files for a reading thread; the lists have one item for each. */
export interface ReadBatch {
  /** The files, from the root of the work tree. */
  readonly paths: readonly string[];
  /** The state in which each was found. */
  readonly keys: readonly string[];
  readonly sizes: readonly number[];
  /** Ids of contents that need not be packed, '' where none is expected. */
  readonly expected: readonly string[];
  /** Whether contents that tables have are packed all the same. */
  readonly packsAll: boolean;
}

/** What a thread found, in the order of the batch. */
export interface ReadReply {
  /** `readOutcome`, or `firstTable` and the number of the table that has the content; with `executable` added where the file is. */
  readonly outcomes: Uint8Array;
  /** Ids of the contents, 20 bytes each. */
  readonly oids: Uint8Array;
  /** Contents as they lie in a pack, one behind the other, and where each ends. */
  readonly packed: Uint8Array;
  readonly ends: Uint32Array;
}

/** How a thread left a file: to somebody with more patience, with its content packed, or with the content that was expected. */
export const readOutcome = { left: 0, packed: 1, expected: 2 } as const;
export const [firstTable, executable] = [3, 128];
/** Where in `LoopData.shared` stands whether the thread is to stop, and whether it is at work. */
export const [toStop, atWork] = [0, 1];
/** The same numbers for the loop, which cannot reach them here. */
export const loopCodes = { ...readOutcome, firstTable, executable, toStop, atWork };

/** Everything that the loop uses. Functions come as text: they too must stand by themselves. */
export interface LoopParts {
  readonly fs: typeof import('node:fs');
  readonly zlib: typeof import('node:zlib');
  readonly crypto: typeof import('node:crypto');
  readonly threads: typeof import('node:worker_threads');
  readonly keyOf: (stats: BigIntStats) => string;
  readonly entryHeader: (type: number, size: number) => Buffer;
  readonly deflateOptions: (size: number) => ZlibOptions;
}

/** What the thread is started with. */
export interface LoopData {
  readonly root: string;
  /** Sorted ids of packs, as they lie in the indexes: contents that need not be packed. */
  readonly tables: readonly SharedArrayBuffer[];
  /** For opening: never follow a link, never wait for a pipe. */
  readonly flags: number;
  /** Git's number for a content in a pack. */
  readonly blobType: number;
  readonly codes: typeof loopCodes;
  /** Two numbers that both sides see, at `toStop` and `atWork`. */
  readonly shared: Int32Array;
}

/**
 * The work of a reading thread. It is handed over as text, so that every bundle has it without a second file: it may use nothing but its
 * parameters and what Node gives to every script. A file counts as read only if its state after reading is the one in which it was found;
 * whatever is not plain is left.
 */
export function readLoop({ fs, zlib, crypto, threads, keyOf, entryHeader, deflateOptions }: LoopParts): void {
  const { root, tables, flags, blobType, codes, shared } = threads.workerData as LoopData;
  const [idBytes, fanoutBytes, room] = [20, 1024, 32];
  const indexes = tables.map((table) => ({ fanout: new DataView(table), ids: new Uint8Array(table, fanoutBytes) }));
  const [hash, nothing]: [typeof crypto.hash | undefined, string] = [crypto.hash, 'da39a3ee5e6b4b0d3255bfef95601890afd80709'];
  // Twice as fast for small contents, where the version of Node has it.
  const sha1 = hash !== undefined && hash('sha1', '') === nothing ? (bytes: Buffer) => hash('sha1', bytes, 'buffer') : (bytes: Buffer) => crypto.createHash('sha1').update(bytes).digest();
  let buffer = Buffer.allocUnsafe(64 * 1024);

  const isIn = ({ fanout, ids }: (typeof indexes)[number], oid: Uint8Array): boolean => {
    const first = oid[0] ?? 0;
    let low = first === 0 ? 0 : fanout.getUint32((first - 1) * 4);
    let high = fanout.getUint32(first * 4);
    while (low < high) {
      const middle = (low + high) >>> 1;
      let order = 0;
      for (let at = 1; at < idBytes && order === 0; at += 1) order = (oid[at] ?? 0) - (ids[middle * idBytes + at] ?? 0);
      if (order === 0) return true;
      if (order < 0) high = middle;
      else low = middle + 1;
    }
    return false;
  };

  /** The file with git's header of it before, in the buffer that the next one overwrites; undefined where it is not as it was found. */
  const read = (place: string, key: string, size: number): { readonly object: Buffer; readonly body: Buffer; readonly isExecutable: boolean } | undefined => {
    if (buffer.length < room + size + 1) buffer = Buffer.allocUnsafe(room + size + 1);
    const descriptor = fs.openSync(place, flags);
    try {
      if (fs.readSync(descriptor, buffer, room, size + 1, null) !== size) return undefined;
      const stats = fs.fstatSync(descriptor, { bigint: true });
      if (!stats.isFile() || keyOf(stats) !== key) return undefined;
      const header = `blob ${size}\0`;
      buffer.write(header, room - header.length, 'latin1');
      return { object: buffer.subarray(room - header.length, room + size), body: buffer.subarray(room, room + size), isExecutable: (Number(stats.mode) & 0o100) !== 0 };
    } finally {
      fs.closeSync(descriptor);
    }
  };

  const answer = ({ paths, keys, sizes, expected, packsAll }: ReadBatch): ReadReply => {
    const [outcomes, oids, ends] = [new Uint8Array(paths.length), new Uint8Array(paths.length * idBytes), new Uint32Array(paths.length)];
    const parts: Buffer[] = [];
    let end = 0;
    paths.forEach((path, at) => {
      try {
        if (Atomics.load(shared, codes.toStop) === 1) return;
        const [size, found] = [sizes[at] ?? 0, read(`${root}/${path}`, keys[at] ?? '', sizes[at] ?? 0)];
        if (found === undefined) return;
        const oid = sha1(found.object);
        oids.set(oid, at * idBytes);
        const table = packsAll ? -1 : indexes.findIndex((index) => isIn(index, oid));
        let outcome: number = table < 0 ? codes.packed : codes.firstTable + table;
        if (expected[at] !== '' && oid.toString('hex') === expected[at]) outcome = codes.expected;
        if (outcome === codes.packed) {
          const part = Buffer.concat([entryHeader(blobType, size), zlib.deflateSync(found.body, deflateOptions(size))]);
          parts.push(part);
          end += part.length;
        }
        outcomes[at] = outcome + (found.isExecutable ? codes.executable : 0);
      } catch {
        // Left to whoever can tell why.
      } finally {
        ends[at] = end;
      }
    });
    const packed = new Uint8Array(end);
    let from = 0;
    for (const part of parts) {
      packed.set(part, from);
      from += part.length;
    }
    return { outcomes, oids, packed, ends };
  };

  threads.parentPort?.on('message', (batch: ReadBatch) => {
    Atomics.store(shared, codes.atWork, 1);
    const reply = answer(batch);
    Atomics.store(shared, codes.atWork, 0);
    Atomics.notify(shared, codes.atWork);
    threads.parentPort?.postMessage(reply, [reply.outcomes.buffer, reply.oids.buffer, reply.packed.buffer, reply.ends.buffer] as ArrayBuffer[]);
  });
}
