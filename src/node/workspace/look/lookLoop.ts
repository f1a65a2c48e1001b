import type { BigIntStats } from 'node:fs';
import type { StateFacts } from '../store/stateTable.ts';
import type { Packed, Packing, PlainFile } from './threadTools.ts';

/** A folder that a thread is to look at. */
export interface FolderQuestion {
  /** From the root of the work tree, '' for that itself. */
  readonly folder: string;
  /** The files in it that are still to be looked at; everything in it where it was not listed yet. */
  readonly names?: readonly string[];
  /** What in it is decided elsewhere: ignored, or left out before. */
  readonly apart: readonly string[];
}

export interface LookRequest {
  readonly folders: readonly FolderQuestion[];
  /** A file that changed after this, in nanoseconds, may change again without its times telling. */
  readonly since: bigint;
  /** Sorted ids of packs, as they lie in the indexes: contents that need not be packed. */
  readonly tables: readonly SharedArrayBuffer[];
}

/** What else is in a folder. */
export interface Listing {
  /** As `Surroundings` has it. */
  readonly key: string;
  readonly isEmpty: boolean;
  readonly folders: readonly string[];
  /** What is to be judged elsewhere. */
  readonly apart: readonly { readonly name: string; readonly isFolder: boolean }[];
}

export interface FolderAnswer {
  /** Undefined where it was listed before; and where it must be listed by somebody who can tell what is wrong. */
  readonly listing: Listing | undefined;
  /** Nothing of it was looked at. */
  readonly isLeft: boolean;
  /** Anything but a small regular file that kept still and could be read. */
  readonly odd: readonly string[];
  /** Files with unusual permission bits, by their paths. */
  readonly permissions: readonly (readonly [path: string, bits: number])[];
  /** What was not looked at yet, because this is enough for one answer. */
  readonly rest: readonly string[];
  /** Where its records end. */
  readonly end: number;
}

/** What a thread found; contents that tables have are not packed. */
export interface LookReply extends Packed {
  /** In the order of the question. Those that are missing at its end were not looked at: this is enough for one answer. */
  readonly folders: readonly FolderAnswer[];
  /** What is known of the files that were read, as entries of a table, those of a folder in its order. */
  readonly records: Uint8Array<ArrayBuffer>;
}

export interface LookParts {
  readonly fs: typeof import('node:fs');
  readonly root: string;
  readonly read: (place: string) => PlainFile | undefined;
  readonly sha1: (bytes: Buffer) => string;
  readonly idLookup: (tables: readonly SharedArrayBuffer[]) => (bytes: Uint8Array, from: number) => boolean;
  readonly packing: Packing;
  readonly keyOf: (stats: BigIntStats) => string;
  readonly writeState: (into: Buffer, at: number, facts: StateFacts) => void;
  readonly layout: { readonly stateBytes: number; readonly idAt: number; readonly lengthAt: number; readonly fixedBytes: number; readonly kindAt: number };
  readonly longestName: number;
  /** No settled state has such a time, in seconds. */
  readonly tableTime: number;
  /** What checkpoints never look at. */
  readonly unseen: readonly RegExp[];
  /** The permission bits of new files; none on a system without such bits, where no file is executable either. */
  readonly usual: readonly number[];
  /** Enough for one answer: files, and bytes of content. */
  readonly enough: { readonly files: number; readonly bytes: number };
  readonly isToStop: () => boolean;
}

/** Lists folders and reads the plain files in them, as a thread does it. Stands by itself, because threads get it as text. */
export function folderLook(parts: LookParts): (request: LookRequest) => LookReply {
  const { fs, root, read, sha1, idLookup, packing, keyOf, writeState, layout, longestName, tableTime, unseen, usual, enough, isToStop } = parts;
  let records = Buffer.alloc(64 * 1024);

  const room = (bytes: number): void => {
    if (bytes <= records.length) return;
    const larger = Buffer.alloc(2 * bytes);
    records.copy(larger);
    records = larger;
  };

  /** Order of the bytes of names; up to here units of text have it too. */
  const sorted = (names: string[]): string[] => (names.some((name) => /[\ud800-\uffff]/.test(name)) ? names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))) : names.sort());

  /** Writes the entry of a file and answers where it ends, undefined where it has no place in a table. */
  const record = (at: number, path: string, { stats }: PlainFile, oid: string, since: bigint): number | undefined => {
    const bytes = Buffer.byteLength(path);
    if (bytes >= longestName) return undefined;
    const end = at + ((layout.fixedBytes + bytes + 8) & ~7);
    room(end);
    records.fill(0, at, end);
    const isComparable = BigInt.asUintN(32, stats.mtimeNs / 1_000_000_000n) < BigInt(tableTime) && BigInt.asUintN(32, stats.ino) !== 0n;
    if (stats.ctimeNs <= since && isComparable) writeState(records, at, stats);
    const isExecutable = usual.length > 0 && (stats.mode & 0o100n) !== 0n;
    records.writeUInt32BE(isExecutable ? 0o100755 : 0o100644, at + layout.kindAt);
    records.write(oid, at + layout.idAt, 'hex');
    records.writeUInt16BE(bytes, at + layout.lengthAt);
    records.write(path, at + layout.fixedBytes);
    return end;
  };

  const list = (folder: string, apart: ReadonlySet<string>, stats: BigIntStats, since: bigint): { readonly listing: Listing; readonly files: string[] } | undefined => {
    const entries = fs.readdirSync(folder === '' ? root : `${root}/${folder}`, { withFileTypes: true });
    if (entries.some((entry) => entry.name.includes('\ufffd'))) return undefined;
    const [folders, files, others]: [string[], string[], { name: string; isFolder: boolean }[]] = [[], [], []];
    for (const entry of entries) {
      const [name, isFolder] = [entry.name, entry.isDirectory()];
      const path = folder === '' ? name : `${folder}/${name}`;
      if (apart.has(name) || name.toLowerCase() === '.git' || unseen.some((one) => one.test(path))) others.push({ name, isFolder });
      else (isFolder ? folders : files).push(name);
    }
    return { listing: { key: stats.ctimeNs > since ? '' : keyOf(stats), isEmpty: entries.length === 0, folders, apart: others }, files: sorted(files) };
  };

  return ({ folders, since, tables }) => {
    const isKnown = idLookup(tables);
    const answers: FolderAnswer[] = [];
    let [end, bytes] = [0, 0];
    const isEnough = () => packing.count >= enough.files || bytes >= enough.bytes || isToStop();

    const answer = ({ folder, names, apart }: FolderQuestion): FolderAnswer => {
      const place = folder === '' ? root : `${root}/${folder}`;
      const before = fs.lstatSync(place, { bigint: true });
      const listed = names === undefined ? list(folder, new Set(apart), before, since) : undefined;
      if (names === undefined && listed === undefined) throw new Error('names without text');
      const [odd, permissions, files]: [string[], [string, number][], readonly string[]] = [[], [], names ?? listed?.files ?? []];
      let at = 0;
      for (; at < files.length && !isEnough(); at += 1) {
        const name = files[at] ?? '';
        const next = look(folder === '' ? name : `${folder}/${name}`, permissions);
        if (next === undefined) odd.push(name);
        else end = next;
      }
      // Where another folder or a link has taken its place meanwhile, these were its files no more.
      const after = fs.lstatSync(place, { bigint: true });
      if (!after.isDirectory() || after.dev !== before.dev || after.ino !== before.ino) throw new Error('another folder');
      return { listing: listed?.listing, isLeft: false, odd, permissions, rest: files.slice(at), end };
    };

    const look = (path: string, permissions: [string, number][]): number | undefined => {
      try {
        const file = read(`${root}/${path}`);
        if (file === undefined) return undefined;
        const next = record(end, path, file, sha1(file.object), since);
        if (next === undefined) return undefined;
        packing.add(isKnown(records, end + layout.idAt) ? undefined : file.body);
        const bits = Number(file.stats.mode) & 0o7777;
        if (usual.length > 0 && !usual.includes(bits)) permissions.push([path, bits]);
        bytes += file.body.length;
        return next;
      } catch {
        // Left to whoever can tell why.
        return undefined;
      }
    };

    for (const question of folders) {
      if (isEnough()) break;
      const [from, count] = [end, packing.count];
      try {
        answers.push(answer(question));
      } catch {
        end = from;
        packing.cut(count);
        answers.push({ listing: undefined, isLeft: true, odd: [], permissions: [], rest: [], end });
      }
    }
    return { folders: answers, records: Uint8Array.from(records.subarray(0, end)), ...packing.finish() };
  };
}
