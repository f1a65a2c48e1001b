import { randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';

/** Enough for the record that says why a session paused. */
const reserveBytes = 256 * 1024;

/** Space kept beside a journal, so that on a full disk it can still record that the disk is full. */
export interface Reserve {
  free(): Promise<void>;
}

/** Sets the reserve up again where it was spent. A disk that is full already gives none, and that is no fault. */
export async function keepReserve(journal: string): Promise<Reserve> {
  const file = path.join(path.dirname(journal), 'reserve');
  try {
    await occupy(file);
  } catch {
    // It is there from an earlier run, or there is no space for it.
  }
  return {
    free: async () => {
      try {
        await rm(file, { force: true });
      } catch {
        // The fault that brought us here is the one to report.
      }
    },
  };
}

async function occupy(file: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    // Random, because a file system that compresses keeps no space for zeros.
    await handle.writeFile(randomBytes(reserveBytes));
  } finally {
    await handle.close();
  }
}
