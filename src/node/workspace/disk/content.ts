import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, readSync, type BigIntStats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Blob } from '../../../core/session/changes.ts';
import { gitObject, type GitObject, objectHeader } from '../git/objects.ts';
import { keyOf } from './stats.ts';

/** Files up to this size are read whole, in one go. */
export const wholeBytes = 256 * 1024;
/** Never wait for a pipe, never follow a link that took the place of a file. */
export const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** The content of a small file or a link together with the state of the file while it was read. */
export interface Content {
  readonly object: GitObject;
  readonly mode: Blob['mode'];
  /** Undefined where the file changed while it was read: the content must not be taken for what the file has now. */
  readonly key: string | undefined;
}

export const linkMode = '120000';

/** Git knows one bit of a file's mode. Windows has none. */
export function modeOf(mode: number): Blob['mode'] {
  return process.platform !== 'win32' && (mode & 0o100) !== 0 ? '100755' : '100644';
}

/** Reads a link as git stores it: its target as bytes. A link never changes; the key is that of the one that is there afterwards. */
export function readLink(place: string | Buffer): Content {
  const object = gitObject('blob', readlinkSync(place, { encoding: 'buffer' }));
  return { object, mode: linkMode, key: keyOf(lstatSync(place, { bigint: true })) };
}

/** Reads a regular file whole. Throws with code ELOOP for a link and `not-regular` for anything else that is no file. */
export function readSmall(place: string | Buffer): Content {
  const descriptor = openSync(place, openFlags);
  try {
    const before = regular(fstatSync(descriptor, { bigint: true }));
    const bytes = readAll(descriptor, Number(before.size));
    const after = fstatSync(descriptor, { bigint: true });
    return { object: gitObject('blob', bytes), mode: modeOf(Number(after.mode)), key: keyOf(before) === keyOf(after) && BigInt(bytes.length) === after.size ? keyOf(after) : undefined };
  } finally {
    closeSync(descriptor);
  }
}

function readAll(descriptor: number, expected: number): Buffer {
  const parts: Buffer[] = [];
  // One byte more than is expected: that the file ends there is found without another buffer.
  for (let want = expected + 1; ; want = wholeBytes) {
    const part = Buffer.allocUnsafe(want);
    const got = filled(descriptor, part);
    parts.push(part.subarray(0, got));
    if (got < want) return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
  }
}

/** Reads until the buffer is full or the file ends; answers how many bytes. */
function filled(descriptor: number, buffer: Buffer): number {
  for (let at = 0; ;) {
    const got = at === buffer.length ? 0 : readSync(descriptor, buffer, at, buffer.length - at, null);
    if (got === 0) return at;
    at += got;
  }
}

/** Opens a large file for reading in pieces; the caller closes it. */
export async function openLarge(place: string | Buffer): Promise<{ readonly handle: FileHandle; readonly stats: BigIntStats }> {
  const handle = await open(place, openFlags);
  try {
    return { handle, stats: regular(await handle.stat({ bigint: true })) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function regular(stats: BigIntStats): BigIntStats {
  if (stats.isFile()) return stats;
  throw Object.assign(new Error('not a regular file'), { code: 'not-regular' });
}

/** The first `size` bytes of an open file; fewer where it is shorter. */
export function pieces(file: FileHandle, size: number): AsyncIterable<Buffer> {
  return size === 0 ? Readable.from([]) : file.createReadStream({ start: 0, end: size - 1, autoClose: false, highWaterMark: 1 << 20 });
}

/** Git's id of the first `size` bytes as a blob, undefined where there are fewer. */
export async function hashOf(handle: FileHandle, size: number): Promise<string | undefined> {
  const hash = createHash('sha1').update(objectHeader('blob', size));
  let read = 0;
  for await (const chunk of pieces(handle, size)) {
    hash.update(chunk);
    read += chunk.length;
  }
  return read === size ? hash.digest('hex') : undefined;
}
