import { createHash } from 'node:crypto';
import { Pace } from '../common/pace.ts';

/** Where an object lies in a pack. */
export interface PackEntry {
  readonly oid: string;
  /** First byte of the entry, from the beginning of the pack. */
  readonly offset: number;
  /** CRC-32 of the entry as it lies in the pack. */
  readonly crc: number;
}

const magic = Buffer.from([0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2]);
const fanoutBytes = 256 * 4;
const digestBytes = 20;
/** Offsets from here on do not fit into four bytes and lie in a table of their own. */
const farOffset = 2 ** 31;
/** What is hashed at a time. */
const pieceBytes = 1024 * 1024;

/** The index of a pack in git's version 2, as bytes, made a stretch at a time. `packChecksum` is the pack's trailer. Throws where an id comes twice. */
export async function packIndex(entries: readonly PackEntry[], packChecksum: Buffer): Promise<Buffer> {
  const [pace, groups] = [new Pace(), Array.from({ length: 256 }, (): PackEntry[] => [])];
  for (const entry of entries) {
    if (pace.due) await pace.rest();
    groups[Number.parseInt(entry.oid.slice(0, 2), 16)]?.push(entry);
  }
  const far = entries.filter((entry) => entry.offset >= farOffset).length;
  const [ids, size] = [magic.length + fanoutBytes, entries.length];
  const [crcs, offsets, farOffsets] = [ids + size * digestBytes, ids + size * (digestBytes + 4), ids + size * (digestBytes + 8)];
  const bytes = Buffer.alloc(farOffsets + far * 8 + 2 * digestBytes);
  magic.copy(bytes);
  let [at, farAt] = [0, 0];
  for (const [first, group] of groups.entries()) {
    if (pace.due) await pace.rest();
    let before: string | undefined;
    for (const { oid, crc, offset } of group.sort((a, b) => (a.oid < b.oid ? -1 : a.oid > b.oid ? 1 : 0))) {
      if (oid === before) throw new Error(`${oid} is twice in one pack`);
      before = oid;
      bytes.write(oid, ids + at * digestBytes, 'hex');
      bytes.writeUInt32BE(crc, crcs + at * 4);
      bytes.writeUInt32BE(offset < farOffset ? offset : farOffset + farAt, offsets + at * 4);
      if (offset >= farOffset) {
        bytes.writeBigUInt64BE(BigInt(offset), farOffsets + farAt * 8);
        farAt += 1;
      }
      at += 1;
    }
    bytes.writeUInt32BE(at, magic.length + first * 4);
  }
  packChecksum.copy(bytes, bytes.length - 2 * digestBytes);
  (await trailerOf(bytes)).copy(bytes, bytes.length - digestBytes);
  return bytes;
}

/** SHA-1 of all but the last 20 bytes, a stretch at a time: what a pack and an index end in. */
export async function trailerOf(bytes: Buffer): Promise<Buffer> {
  const [hash, pace] = [createHash('sha1'), new Pace()];
  for (let at = 0; at < bytes.length - digestBytes; at += pieceBytes) {
    if (pace.due) await pace.rest();
    hash.update(bytes.subarray(at, Math.min(at + pieceBytes, bytes.length - digestBytes)));
  }
  return hash.digest();
}

/** What an index says, in the order of the pack; undefined where the bytes are no whole index of version 2. */
export function readPackIndex(bytes: Buffer): { readonly entries: readonly PackEntry[]; readonly packChecksum: Buffer } | undefined {
  const end = bytes.length - 2 * digestBytes;
  const at = magic.length + fanoutBytes;
  if (end < at || !bytes.subarray(0, magic.length).equals(magic)) return undefined;
  if (!createHash('sha1').update(bytes.subarray(0, -digestBytes)).digest().equals(bytes.subarray(-digestBytes))) return undefined;
  const count = bytes.readUInt32BE(at - 4);
  const [crcs, offsets] = [at + count * digestBytes, at + count * (digestBytes + 4)];
  const far = offsets + count * 4;
  const offsetOf = (near: number) => (near < farOffset ? near : Number(bytes.readBigUInt64BE(far + (near - farOffset) * 8)));
  const entries = Array.from({ length: count }, (_, index): PackEntry => ({
    oid: bytes.toString('hex', at + index * digestBytes, at + (index + 1) * digestBytes), crc: bytes.readUInt32BE(crcs + index * 4), offset: offsetOf(bytes.readUInt32BE(offsets + index * 4)),
  }));
  return { entries: entries.sort((a, b) => a.offset - b.offset), packChecksum: bytes.subarray(end, end + digestBytes) };
}

/** The ids of a pack, as its index has them. */
export interface IdTable {
  /** For each first byte how many ids begin with it or a lower one, then the ids themselves, sorted. Threads share it. */
  readonly ids: SharedArrayBuffer;
  /** SHA-1 of the pack. */
  readonly packChecksum: Buffer;
}

/** The ids of an index; undefined where the bytes have not the shape of one of version 2 with ids of SHA-1. The checksum of the index is not looked at. */
export function idTable(bytes: Buffer): IdTable | undefined {
  const start = magic.length + fanoutBytes;
  if (bytes.length < start + 2 * digestBytes || !bytes.subarray(0, magic.length).equals(magic)) return undefined;
  const counts = Array.from({ length: 256 }, (_, first) => bytes.readUInt32BE(magic.length + first * 4));
  const count = counts.at(-1) ?? 0;
  const far = bytes.length - start - 2 * digestBytes - count * (digestBytes + 4 + 4);
  if (counts.some((many, first) => many < (counts[first - 1] ?? 0)) || far < 0 || far % 8 !== 0 || far > count * 8) return undefined;
  const ids = new SharedArrayBuffer(fanoutBytes + count * digestBytes);
  bytes.copy(new Uint8Array(ids), 0, magic.length, start + count * digestBytes);
  return { ids, packChecksum: bytes.subarray(-2 * digestBytes, -digestBytes) };
}
