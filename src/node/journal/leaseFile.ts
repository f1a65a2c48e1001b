import { constants } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { codeOf } from './faults.ts';
import { describeHolder, type LeaseOutcome } from './leaseHolder.ts';

/** Of macOS and the BSDs: opening takes the lock of `flock(2)` in the same step. Node has no name for it and hands it on. */
const exclusiveLock = 0x20;

/**
 * A file that is open in one process only. The lock belongs to the open file and goes with it; the file itself stays, so
 * that no two processes can lock two files of one name. It holds the note.
 */
export async function holdFile(file: string, note: string): Promise<LeaseOutcome> {
  try {
    const handle = await open(file, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | exclusiveLock, 0o600);
    await handle.truncate();
    await handle.write(note, 0);
    let released: Promise<void> | undefined;
    return { release: () => (released ??= handle.close()) };
  } catch (error) {
    if (codeOf(error) !== 'EAGAIN' && codeOf(error) !== 'EWOULDBLOCK') throw error;
    return { heldBy: describeHolder(await readFile(file, 'utf8')) };
  }
}

/** The note of the holder, or undefined where the lock is free. For the moment of asking it is taken. */
export async function readFileLock(file: string): Promise<string | undefined> {
  try {
    const handle = await open(file, constants.O_RDWR | constants.O_NONBLOCK | exclusiveLock);
    await handle.close();
    return undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (codeOf(error) !== 'EAGAIN' && codeOf(error) !== 'EWOULDBLOCK') throw error;
    return readFile(file, 'utf8');
  }
}
