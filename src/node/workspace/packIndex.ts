import { createHash } from 'node:crypto';

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

/** The index of a pack in git's version 2, as bytes. `packChecksum` is the pack's trailer. Throws where an id comes twice. */
export function packIndex(entries: readonly PackEntry[], packChecksum: Buffer): Buffer {
  const sorted = [...entries].sort((a, b) => (a.oid < b.oid ? -1 : a.oid > b.oid ? 1 : 0));
  sorted.forEach(({ oid }, index) => {
    if (oid === sorted[index + 1]?.oid) throw new Error(`${oid} is twice in one pack`);
  });
  const far = sorted.filter((entry) => entry.offset >= farOffset);
  let farAt = -1;
  const tables = Buffer.concat([
    magic, fanoutOf(sorted), ...sorted.map(({ oid }) => Buffer.from(oid, 'hex')),
    uint32s(sorted.map(({ crc }) => crc)),
    uint32s(sorted.map((entry) => (entry.offset < farOffset ? entry.offset : farOffset + (farAt += 1)))),
    ...far.map(({ offset }) => uint64(offset)), packChecksum,
  ]);
  return Buffer.concat([tables, createHash('sha1').update(tables).digest()]);
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

/** For each first byte how many ids begin with it or a lower one. */
function fanoutOf(sorted: readonly PackEntry[]): Buffer {
  const counts = new Map<number, number>();
  for (const { oid } of sorted) {
    const first = Number.parseInt(oid.slice(0, 2), 16);
    counts.set(first, (counts.get(first) ?? 0) + 1);
  }
  let sum = 0;
  return uint32s(Array.from({ length: 256 }, (_, first) => (sum += counts.get(first) ?? 0)));
}

function uint32s(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32BE(value, index * 4));
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
