import { createHash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createDeflate, deflate, deflateSync } from 'node:zlib';
import { type GitObject, type ObjectType, objectHeader } from './objects.ts';

const packType: Readonly<Record<ObjectType, number>> = { commit: 1, tree: 2, blob: 3 };
const deflateAside = promisify(deflate);
/** Below this size compressing at once costs less than handing it to another thread. */
const smallBytes = 32 * 1024;
const writeBytes = 1024 * 1024;
/** Speed over size: the store lives as long as a session, and most of it is read never again. */
const zlibOptions = { level: 1 } as const;
/** For tiny contents, of which there are many: the usual working memory would be a hundred times their size. */
const tinyBytes = 4096;
const tinyOptions = { level: 1, windowBits: 12, memLevel: 5 } as const;

/** Bytes as git stores them, compressed by zlib. */
export async function deflated(bytes: Buffer): Promise<Buffer> {
  if (bytes.length > smallBytes) return deflateAside(bytes, zlibOptions);
  return deflateSync(bytes, { ...(bytes.length > tinyBytes ? zlibOptions : tinyOptions), chunkSize: bytes.length + 128 });
}

/** A git pack written to a file, object after object, in little memory. */
export class PackFile {
  readonly path: string;
  readonly oids: string[] = [];
  readonly #handle: FileHandle;
  /** Bytes so far, those that wait included. */
  #size = 0;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  static async create(path: string): Promise<PackFile> {
    const pack = new PackFile(path, await open(path, 'wx+', 0o600));
    await pack.#append(Buffer.alloc(headerBytes));
    return pack;
  }

  async add(object: GitObject): Promise<void> {
    await this.#append(Buffer.concat([entryHeader(packType[object.type], object.body.length), await deflated(object.body)]));
    this.oids.push(object.oid);
  }

  /** Adds the first `size` bytes of a file as a blob and answers its id, or undefined if the file is shorter by now. */
  async addFile(file: FileHandle, size: number): Promise<string | undefined> {
    const start = this.#size;
    const hash = createHash('sha1').update(objectHeader('blob', size));
    await this.#append(entryHeader(packType.blob, size));
    const stream = createDeflate(zlibOptions);
    const written = this.#drain(stream);
    let read = 0;
    for await (const chunk of pieces(file, size)) {
      read += chunk.length;
      hash.update(chunk);
      if (!stream.write(chunk)) await new Promise<void>((resolve) => stream.once('drain', resolve));
    }
    stream.end();
    await written;
    if (read === size) {
      const oid = hash.digest('hex');
      this.oids.push(oid);
      return oid;
    }
    await this.#flush();
    this.#size = start;
    await this.#handle.truncate(start);
    return undefined;
  }

  async #drain(stream: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of stream) await this.#append(chunk);
  }

  /** Small pieces wait for each other: a write for each object would cost more than the object. */
  async #append(bytes: Buffer): Promise<void> {
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
    for (let done = 0; done < bytes.length;) done += (await this.#handle.write(bytes, done, bytes.length - done, start + done)).bytesWritten;
  }

  /** Fills in the count and the checksum; the file is a whole pack from then on. */
  async close(): Promise<void> {
    await this.#flush();
    await this.#handle.write(packHeader(this.oids.length), 0, headerBytes, 0);
    const hash = createHash('sha1');
    for await (const chunk of pieces(this.#handle, this.#size)) hash.update(chunk);
    await this.#append(hash.digest());
    await this.#flush();
    await this.#handle.close();
  }

  /** Throws the file away; harmless after `close`. */
  async discard(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    await rm(this.path, { force: true });
  }
}

/** The first `size` bytes of an open file; fewer where it is shorter. */
export function pieces(file: FileHandle, size: number): AsyncIterable<Buffer> {
  return size === 0 ? Readable.from([]) : file.createReadStream({ start: 0, end: size - 1, autoClose: false, highWaterMark: 1 << 20 });
}

const headerBytes = 12;

function packHeader(count: number): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.write('PACK', 'latin1');
  header.writeUInt32BE(2, 4);
  header.writeUInt32BE(count, 8);
  return header;
}

/** Type in three bits and size in 4 + 7 + 7 + … bits, the lowest first. */
function entryHeader(type: number, size: number): Buffer {
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
