import { constants } from 'node:fs';
import { open, stat, truncate, type FileHandle } from 'node:fs/promises';
import { codeOf, named } from './faults.ts';

/** A file that one writer extends. Every method may reject with the error of the file system. */
export interface AppendFile {
  /** Size in bytes, or undefined when the path no longer leads to this file. */
  size(): Promise<number | undefined>;
  read(start: number, end: number): Promise<Buffer>;
  /** Appends what the system takes at once; answers how many bytes that was. */
  write(bytes: Buffer): Promise<number>;
  /** Returns when everything written is on the disk. */
  sync(): Promise<void>;
  /** Cuts the file back to `size` bytes, durably. */
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}

/** Opens for appending, so that not even a wrong offset could overwrite a record; `create` fails where the file exists. */
export async function openAppendFile(file: string, mode: 'create' | 'existing'): Promise<AppendFile> {
  const flags = constants.O_RDWR | constants.O_APPEND | (mode === 'create' ? constants.O_CREAT | constants.O_EXCL : 0);
  const handle = await open(file, flags, 0o600);
  return {
    size: () => sizeOf(file, handle),
    read: (start, end) => readRange(handle, start, end),
    write: async (bytes) => (await named(file, () => handle.write(bytes))).bytesWritten,
    sync: () => named(file, () => handle.datasync()),
    truncate: async (size) => {
      // By path: Windows does not let an appending handle cut.
      await truncate(file, size);
      await named(file, () => handle.sync());
    },
    close: () => handle.close(),
  };
}

async function sizeOf(file: string, handle: FileHandle): Promise<number | undefined> {
  try {
    const [here, there] = await Promise.all([handle.stat({ bigint: true }), stat(file, { bigint: true })]);
    return here.ino === there.ino && here.dev === there.dev ? Number(here.size) : undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Answers fewer bytes where the file ends before `end`. */
async function readRange(handle: FileHandle, start: number, end: number): Promise<Buffer> {
  const buffer = Buffer.alloc(end - start);
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
