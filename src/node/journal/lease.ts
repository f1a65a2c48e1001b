import { holdFile, readFileLock } from './leaseFile.ts';
import { noteOf, type Holder, type LeaseOutcome } from './leaseHolder.ts';
import { holdSocket, readSocket } from './leaseSocket.ts';

/** What a lease is on; made by `repositoryState`. */
export interface LeaseKey {
  /** Hex of a SHA-256 over user and work tree. */
  readonly name: string;
  /** Lock file for systems without named sockets. */
  readonly file: string;
}

/**
 * Takes the lease or says at once who has it. The operating system holds it: it is free as soon as the holder is dead
 * (also after kill -9) and kept while the holder is suspended. Nothing is written that could be left behind and be
 * taken for a lock. On Linux it does not reach into another network namespace; the journal's check of its own tail does.
 * Rejects when the system refuses for any other reason than a holder.
 */
export function acquireLease(key: LeaseKey, holder: Holder): Promise<LeaseOutcome> {
  const note = noteOf(holder);
  if (process.platform === 'linux') return holdSocket(abstractSocket(key.name), note);
  if (process.platform === 'win32') return holdSocket(pipeOf(key.name), note);
  return holdFile(key.file, note);
}

/** The note of whoever holds the lease, '' where they do not answer, undefined where it is free. Takes nothing where the system can be asked without. */
export async function readLease(key: LeaseKey): Promise<string | undefined> {
  if (process.platform === 'linux') return readSocket(abstractSocket(key.name));
  if (process.platform === 'win32') return readSocket(pipeOf(key.name));
  return readFileLock(key.file);
}

function pipeOf(name: string): string {
  return `\\\\.\\pipe\\bounded-${name}`;
}

/** `sun_path` of Linux without the leading NUL. */
const abstractNameBytes = 107;

/**
 * A Linux abstract socket of exactly the longest name. Node 20 fills a shorter name with NULs up to this length, Node 22
 * and newer do not, so that of a shorter name each would hold its own.
 */
export function abstractSocket(name: string): string {
  return `\0${`bounded-${name}`.slice(0, abstractNameBytes).padEnd(abstractNameBytes, '-')}`;
}
