import { open } from 'node:fs/promises';

export interface FileLine {
  /** Without the end-of-line. */
  readonly bytes: Buffer;
  /** Offset of the first byte in the file. */
  readonly start: number;
  /** False for the last line of a file that does not end in a newline. */
  readonly terminated: boolean;
}

const chunkBytes = 1 << 20;
const newline = 0x0a;

/** The lines of a file as bytes, with one chunk of the file and the line being read in memory. Rejects as `open` and `read` do. */
export async function* fileLines(file: string): AsyncGenerator<FileLine> {
  let start = 0;
  let parts: Buffer[] = [];
  for await (const chunk of fileChunks(file)) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, from)) {
      const bytes = Buffer.concat([...parts, chunk.subarray(from, end)]);
      yield { bytes, start, terminated: true };
      start += bytes.length + 1;
      parts = [];
      from = end + 1;
    }
    // A copy, because the chunk's memory is used again for the next one.
    if (from < chunk.length) parts.push(Buffer.from(chunk.subarray(from)));
  }
  if (parts.length > 0) yield { bytes: Buffer.concat(parts), start, terminated: false };
}

async function* fileChunks(file: string): AsyncGenerator<Buffer> {
  const handle = await open(file, 'r');
  try {
    const buffer = Buffer.allocUnsafe(chunkBytes);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, chunkBytes);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
