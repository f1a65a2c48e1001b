import type { Writable } from 'node:stream';

/** A standard stream that nobody may be reading, or whose disk may be full. */
export interface Minded {
  /** What the system said when it took no more, once all that was written before has gone or failed. A reader that went away is no fault. */
  fault(): Promise<Error | undefined>;
}

/** Keeps a process alive whose stream takes nothing any more: what it tells there is a copy, its work is on the disk. */
export function mind(stream: Writable): Minded {
  let first: NodeJS.ErrnoException | undefined;
  stream.on('error', (error) => {
    first ??= error;
  });
  return {
    async fault() {
      await new Promise<void>((resolve) => { stream.write('', () => resolve()); });
      return first?.code === 'EPIPE' ? undefined : first;
    },
  };
}

/** Copies bytes to a stream as fast as it takes them, until it takes no more. Rejects only where `source` does. */
export async function copy(source: AsyncIterable<Buffer>, stream: Writable): Promise<void> {
  for await (const chunk of source) {
    const failed = await new Promise<boolean>((resolve) => { stream.write(chunk, (error) => resolve(error instanceof Error)); });
    if (failed) return;
  }
}
