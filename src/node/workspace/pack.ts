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
/** Speed over size: the store lives as long as a session, and most of it is read never again. */
export const zlibOptions = { level: 1 } as const;

export async function deflated(bytes: Buffer): Promise<Buffer> {
  return bytes.length <= smallBytes ? deflateSync(bytes, zlibOptions) : deflateAside(bytes, zlibOptions);
}

/** A git pack written to a file, object after object, in little memory. */
export class PackFile {
  readonly path: string;
  readonly oids: string[] = [];
  readonly #handle: FileHandle;
  #size = 0;

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
    this.#size = start;
    await this.#handle.truncate(start);
    return undefined;
  }

  async #drain(stream: AsyncIterable<Buffer>): Promise<void> {
    for await (const chunk of stream) await this.#append(chunk);
  }

  async #append(bytes: Buffer): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, this.#size);
      done += bytesWritten;
      this.#size += bytesWritten;
    }
  }

  /** Fills in the count and the checksum; the file is a whole pack from then on. */
  async close(): Promise<void> {
    await this.#handle.write(packHeader(this.oids.length), 0, headerBytes, 0);
    const hash = createHash('sha1');
    for await (const chunk of pieces(this.#handle, this.#size)) hash.update(chunk);
    await this.#append(hash.digest());
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
