import { createHash } from 'node:crypto';
import { entryFrom } from '../../core/session/entries.ts';
import type { Entry } from '../../core/session/events.ts';

/**
 * A line of the journal is the entry as JSON with one more last key, `sum`: the SHA-256 of all bytes of the line before
 * `,"sum"`. The chain alone could not tell a changed last line, because no later line holds its hash.
 */
const sealBytes = ',"sum":"'.length + 64 + '"}'.length;
const sealPattern = /^,"sum":"([0-9a-f]{64})"\}$/;

/** The end of a line whose bytes before it have this SHA-256; the seal is the last key of the object. */
export const sealOf = (sum: string): string => `,"sum":"${sum}"}`;

export type LineReading =
  | { readonly kind: 'entry'; readonly entry: Entry }
  /** A write that did not come to its end can look like this: the end is missing, or a block in the middle. */
  | { readonly kind: 'incomplete'; readonly why: string }
  /** The line came to its end, and then its bytes changed; or another program wrote it. */
  | { readonly kind: 'wrong'; readonly why: string };

/** Reads one line, without its end-of-line. */
export function readLine(bytes: Buffer): LineReading {
  const end = Math.max(0, bytes.length - sealBytes);
  const sum = sealPattern.exec(bytes.toString('latin1', end))?.[1];
  if (sum === undefined) return { kind: 'incomplete', why: 'it does not end in a checksum' };
  if (sum !== sha256(bytes.subarray(0, end))) {
    // JSON never holds a NUL; file systems put them where a block was lost with the power.
    return { kind: bytes.includes(0) ? 'incomplete' : 'wrong', why: 'its bytes do not match its checksum' };
  }
  const entry = entryFrom(parse(bytes));
  return typeof entry === 'string' ? { kind: 'wrong', why: entry } : { kind: 'entry', entry };
}

/** SHA-256 in hex; a string is hashed as UTF-8. */
export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    // Sealed bytes that are no JSON were not written by this program; `entryFrom` says so.
    return undefined;
  }
}
