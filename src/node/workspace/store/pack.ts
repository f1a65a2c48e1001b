import { createHash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { crc32, createDeflate, deflate, deflateSync, type ZlibOptions } from 'node:zlib';
import { named } from '../../journal/faults.ts';
import { pieces } from '../disk/content.ts';
import { type GitObject, type ObjectType, objectHeader } from '../git/objects.ts';
import type { PackEntry } from './packIndex.ts';

const packType: Readonly<Record<ObjectType, number>> = { commit: 1, tree: 2, blob: 3 };
export const blobType = packType.blob;
const deflateAside = promisify(deflate);
/** Below this size compressing at once costs less than handing it to another thread. */
const smallBytes = 32 * 1024;
const writeBytes = 1024 * 1024;
/** Speed over size: the store lives as long as a session, and most of it is read never again. */
const zlibOptions = { level: 1 } as const;

/** How a content of this size in bytes is compressed at once. For tiny ones, of which there are many, the usual working memory would be a hundred times their size. Stands by itself, because threads get it as text. */
export function deflateOptions(size: number): ZlibOptions {
  return { level: 1, chunkSize: size + 128, ...(size > 4096 ? {} : { windowBits: 12, memLevel: 5 }) };
}

/** Bytes as git stores them, compressed by zlib. */
async function deflated(bytes: Buffer): Promise<Buffer> {
  return bytes.length > smallBytes ? deflateAside(bytes, zlibOptions) : deflateSync(bytes, deflateOptions(bytes.length));
}

/** A pack that nothing is added to any more. */
export interface WholePack {
  readonly entries: readonly PackEntry[];
  /** SHA-1 of everything before it; the last bytes of the pack. */
  readonly checksum: Buffer;
}

/** An object as it lies in a pack. */
export async function packed(object: GitObject): Promise<Buffer> {
  return Buffer.concat([entryHeader(packType[object.type], object.body.length), await deflated(object.body)]);
}

/** Whether an entry of a pack holds its object by itself, not as what differs from another one. */
export const isWhole = (entry: Buffer): boolean => Object.values(packType).includes(((entry[0] ?? 0) >> 4) & 7);

/** A pack in memory, of entries that are as they lie in a pack. */
export function packOf(parts: readonly { readonly oid: string; readonly bytes: Buffer }[]): WholePack & { readonly bytes: Buffer } {
  const entries: PackEntry[] = [];
  let offset = headerBytes;
  for (const { oid, bytes } of parts) {
    entries.push({ oid, offset, crc: crc32(bytes) });
    offset += bytes.length;
  }
  const body = Buffer.concat([packHeader(parts.length), ...parts.map(({ bytes }) => bytes)]);
  const checksum = createHash('sha1').update(body).digest();
  return { entries, checksum, bytes: Buffer.concat([body, checksum]) };
}

/** A git pack written to a file, object after object, in little memory. */
export class PackFile {
  readonly path: string;
  readonly #entries = new Map<string, PackEntry>();
  readonly #handle: FileHandle;
  /** Bytes so far, those that wait included. */
  #size = 0;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** CRC-32 of the entry that is being written. */
  #crc = 0;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  static async create(path: string): Promise<PackFile> {
    const pack = new PackFile(path, await open(path, 'wx+', 0o600));
    await pack.#append(Buffer.alloc(headerBytes));
    return pack;
  }

  has(oid: string): boolean {
    return this.#entries.has(oid);
  }

  /** The object must not be in the pack already. */
  async add(object: GitObject): Promise<void> {
    await this.addPacked(object.oid, await packed(object));
  }

  /** The same with an object as it lies in a pack. */
  async addPacked(oid: string, entry: Buffer): Promise<void> {
    const offset = this.#begin();
    await this.#append(entry);
    this.#entries.set(oid, { oid, offset, crc: this.#crc });
  }

  /** Adds the first `size` bytes of a file as a blob and answers its id, or undefined if the file is shorter by now. */
  async addFile(file: FileHandle, size: number): Promise<string | undefined> {
    const offset = this.#begin();
    const hash = createHash('sha1').update(objectHeader('blob', size));
    await this.#append(entryHeader(packType.blob, size));
    let read = 0;
    const hashed = async function* () {
      for await (const chunk of pieces(file, size)) {
        read += chunk.length;
        hash.update(chunk);
        yield chunk;
      }
    };
    await pipeline(hashed, createDeflate(zlibOptions), (stream: AsyncIterable<Buffer>) => this.#drain(stream));
    const oid = read === size ? hash.digest('hex') : undefined;
    // The file may have become what another one was a moment before: nothing is in a pack twice.
    if (oid === undefined || this.has(oid)) await this.#takeBack(offset);
    else this.#entries.set(oid, { oid, offset, crc: this.#crc });
    return oid;
  }

  #begin(): number {
    this.#crc = 0;
    return this.#size;
  }

  async #takeBack(offset: number): Promise<void> {
    await this.#flush();
    this.#size = offset;
    await this.#handle.truncate(offset);
  }

  async #drain(stream: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of stream) await this.#append(chunk);
  }

  /** Small pieces wait for each other: a write for each object would cost more than the object. */
  async #append(bytes: Buffer): Promise<void> {
    this.#crc = crc32(bytes, this.#crc);
    this.#waiting.push(bytes);
    this.#size += bytes.length;
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes >= writeBytes) await this.#flush();
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#waiting);
    const start = this.#size - bytes.length;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (let done = 0; done < bytes.length;) done += (await named(this.path, () => this.#handle.write(bytes, done, bytes.length - done, start + done))).bytesWritten;
  }

  /** Fills in the count and the checksum; the file is a whole pack from then on, and on the disk. Throws where it has not the bytes that were written. */
  async close(): Promise<WholePack> {
    await this.#flush();
    await this.#handle.write(packHeader(this.#entries.size), 0, headerBytes, 0);
    const entries = [...this.#entries.values()];
    const checksum = await this.#readBack(entries);
    await this.#append(checksum);
    await this.#flush();
    await named(this.path, () => this.#handle.sync());
    await this.#handle.close();
    return { entries, checksum };
  }

  /** SHA-1 of the file as it is, each entry held against what was written. */
  async #readBack(entries: readonly PackEntry[]): Promise<Buffer> {
    const hash = createHash('sha1');
    const found = new Uint32Array(entries.length);
    let [index, position] = [-1, 0];
    for await (const chunk of pieces(this.#handle, this.#size)) {
      hash.update(chunk);
      for (let from = 0; from < chunk.length;) {
        const next = entries[index + 1]?.offset ?? this.#size;
        const until = Math.min(chunk.length, from + next - position);
        if (index >= 0) found[index] = crc32(chunk.subarray(from, until), found[index]);
        position += until - from;
        from = until;
        if (position === next) index += 1;
      }
    }
    const wrong = entries.find((entry, at) => entry.crc !== found[at]);
    if (wrong !== undefined || position !== this.#size) throw new Error(`the checkpoint store read back something else than was written${wrong === undefined ? '' : ` of ${wrong.oid}`}`);
    return hash.digest();
  }

  /** Throws the file away; harmless after `close`. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    await rm(this.path, { force: true });
  }
}

const headerBytes = 12;

function packHeader(count: number): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.write('PACK', 'latin1');
  header.writeUInt32BE(2, 4);
  header.writeUInt32BE(count, 8);
  return header;
}

/** Type in three bits and size in 4 + 7 + 7 + … bits, the lowest first. Stands by itself, because threads get it as text. */
export function entryHeader(type: number, size: number): Buffer {
  const bytes: number[] = [];
  let rest = Math.floor(size / 16);
  bytes.push((rest > 0 ? 0x80 : 0) | (type << 4) | (size % 16));
  while (rest > 0) {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push((rest > 0 ? 0x80 : 0) | low);
  }
  return Buffer.from(bytes);
}
