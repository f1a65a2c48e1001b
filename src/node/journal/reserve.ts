import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
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
    // Random, because a file system that compresses keeps no space for zeros.
    await writeFile(file, randomBytes(reserveBytes), { flag: 'wx', mode: 0o600 });
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
