import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';

/** One direction from a child to us. */
export interface OutputPipe {
  readonly source: net.Socket;
  /** Writing end, for the child's stdio. */
  readonly fd: number;
  /** To be called once the child has its copy; the end of output shows only then. */
  closeWriter(): void;
}

/**
 * Opens pipes for a child's output in `folder`. Node's own stdio pipes are sockets, which a child cannot open again as
 * `/dev/stdout` or `/dev/stderr`, and which stdout and stderr cannot share in the order of writing. These are FIFOs,
 * and gone from the folder when this resolves. Throws where the platform has none.
 */
export async function openPipes(folder: string, count: number): Promise<readonly OutputPipe[]> {
  const files = Array.from({ length: count }, () => path.join(folder, `pipe-${randomBytes(6).toString('hex')}`));
  await promisify(execFile)('mkfifo', ['-m', '600', ...files], { env: { PATH: process.env['PATH'] ?? '' } });
  try {
    return files.map(openPipe);
  } finally {
    await Promise.all(files.map((file) => rm(file, { force: true })));
  }
}

/** Neither opening waits: a reader that does not block comes first, and the writer finds it. */
function openPipe(file: string): OutputPipe {
  const readFd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  const fd = openSync(file, constants.O_WRONLY);
  const source = new net.Socket({ fd: readFd, readable: true, writable: false });
  let open = true;
  const closeWriter = () => {
    if (open) closeSync(fd);
    open = false;
  };
  return { source, fd, closeWriter };
}
