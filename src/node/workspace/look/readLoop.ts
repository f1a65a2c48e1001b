import type { BigIntStats } from 'node:fs';
import type { LookParts, LookReply, LookRequest } from './lookLoop.ts';
import type { Packed, Packing, PackingParts, PlainFile, ReaderParts } from './threadTools.ts';

/** Files for a reading thread; the lists have one item for each. */
export interface ReadBatch {
  /** The files, from the root of the work tree. */
  readonly paths: readonly string[];
  /** The state in which each was found. */
  readonly keys: readonly string[];
  /** Ids of contents that need not be packed, '' where none is expected. */
  readonly expected: readonly string[];
}

/** What a thread found, in the order of the batch. */
export interface ReadReply extends Packed {
  /** `readOutcome`, with `executable` added where the file is. */
  readonly outcomes: Uint8Array<ArrayBuffer>;
  /** Ids of the contents, 20 bytes each. */
  readonly oids: Uint8Array<ArrayBuffer>;
}

/** Files whose contents are to be packed, as entries of a table, as long as they have these contents. */
export interface PackBatch {
  readonly records: Uint8Array;
}

/** How a thread left a file: to somebody with more patience, with its content packed, or with the content that was expected. */
export const readOutcome = { left: 0, packed: 1, expected: 2 } as const;
export const executable = 128;
/** Where in `LoopData.shared` stands whether the thread is to stop, and whether it is at work. */
export const [toStop, atWork] = [0, 1];
/** The same numbers for the loop, which cannot reach them here. */
export const loopCodes = { ...readOutcome, executable, toStop, atWork };

/** What a thread is asked. */
export type Question = ({ readonly kind: 'read' } & ReadBatch) | ({ readonly kind: 'look' } & LookRequest) | ({ readonly kind: 'pack' } & PackBatch);

/** Everything that the loop uses. Functions come as text: they too must stand by themselves. */
export interface LoopParts {
  readonly fs: typeof import('node:fs');
  readonly zlib: typeof import('node:zlib');
  readonly crypto: typeof import('node:crypto');
  readonly threads: typeof import('node:worker_threads');
  readonly keyOf: (stats: BigIntStats) => string;
  readonly isSameState: ReaderParts['isSameState'];
  readonly writeState: LookParts['writeState'];
  readonly entryHeader: PackingParts['entryHeader'];
  readonly deflateOptions: PackingParts['deflateOptions'];
  readonly plainReader: (parts: ReaderParts) => (place: string) => PlainFile | undefined;
  readonly contentHash: (crypto: LoopParts['crypto']) => (bytes: Buffer) => string;
  readonly idLookup: LookParts['idLookup'];
  readonly newPacking: (parts: PackingParts) => Packing;
  readonly folderLook: (parts: LookParts) => (request: LookRequest) => LookReply;
}

/** What the thread is started with. */
export interface LoopData extends Pick<LookParts, 'root' | 'layout' | 'longestName' | 'tableTime' | 'unseen' | 'usual' | 'enough'>, Pick<ReaderParts, 'flags' | 'most'>, Pick<PackingParts, 'blobType'> {
  readonly codes: typeof loopCodes;
  /** Two numbers that both sides see, at `toStop` and `atWork`. */
  readonly shared: Int32Array;
}

/**
 * The work of a reading thread. It is handed over as text, so that every bundle has it without a second file: it may use nothing but its
 * parameters and what Node gives to every script. A file counts as read only if its state after reading is the one in which it was found;
 * whatever is not plain is left.
 */
export function readLoop(parts: LoopParts): void {
  const { threads, keyOf } = parts;
  const data = threads.workerData as LoopData;
  const { root, codes, shared, layout } = data;
  const idBytes = 20;
  const read = parts.plainReader({ ...parts, ...data });
  const sha1 = parts.contentHash(parts.crypto);
  const packing = parts.newPacking({ ...parts, ...data });
  const isToStop = () => Atomics.load(shared, codes.toStop) === 1;

  const readAll = ({ paths, keys, expected }: ReadBatch): ReadReply => {
    const [outcomes, oids] = [new Uint8Array(paths.length), Buffer.alloc(paths.length * idBytes)];
    paths.forEach((path, at) => {
      try {
        const file = isToStop() ? undefined : read(`${root}/${path}`);
        if (file === undefined || keyOf(file.stats) !== keys[at]) return;
        const oid = sha1(file.object);
        oids.write(oid, at * idBytes, 'hex');
        const outcome = oid === expected[at] ? codes.expected : codes.packed;
        if (outcome === codes.packed) packing.add(file.body);
        outcomes[at] = outcome + ((Number(file.stats.mode) & 0o100) === 0 ? 0 : codes.executable);
      } catch {
        // Left to whoever can tell why.
      } finally {
        if (packing.count === at) packing.add(undefined);
      }
    });
    return { outcomes, oids: Uint8Array.from(oids), ...packing.finish() };
  };

  const packAll = ({ records }: PackBatch): Packed => {
    const bytes = Buffer.from(records.buffer, records.byteOffset, records.length);
    for (let at = 0; at < bytes.length;) {
      const length = bytes.readUInt16BE(at + layout.lengthAt);
      const [count, path] = [packing.count, bytes.toString('utf8', at + layout.fixedBytes, at + layout.fixedBytes + length)];
      try {
        const file = isToStop() ? undefined : read(`${root}/${path}`);
        if (file !== undefined && sha1(file.object) === bytes.toString('hex', at + layout.idAt, at + layout.idAt + idBytes)) packing.add(file.body);
      } catch {
        // Left to whoever has another way to the content.
      }
      if (packing.count === count) packing.add(undefined);
      at += (layout.fixedBytes + length + 8) & ~7;
    }
    return packing.finish();
  };

  const lookAll = parts.folderLook({ ...parts, ...data, read, sha1, packing, isToStop });
  const reply = (question: Question) => (question.kind === 'look' ? lookAll(question) : question.kind === 'read' ? readAll(question) : packAll(question));

  threads.parentPort?.on('message', (question: Question) => {
    Atomics.store(shared, codes.atWork, 1);
    const found = reply(question);
    Atomics.store(shared, codes.atWork, 0);
    Atomics.notify(shared, codes.atWork);
    threads.parentPort?.postMessage(found, Object.values(found).flatMap((value: unknown) => (value instanceof Uint8Array || value instanceof Uint32Array ? [value.buffer as ArrayBuffer] : [])));
  });
}
