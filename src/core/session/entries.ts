import { isKnownType } from './eventTypes.ts';
import type { Entry, SessionEvent } from './events.ts';

/** `prev` of the first entry of a journal. */
export const genesis = '0'.repeat(64);

/**
 * Why a fact could not be stored. After `disk-full` the record was taken back and a later append may work; after
 * `foreign-tail` (somebody else wrote to the journal) and `io` (the disk refused) the writer accepts nothing more.
 */
export type JournalFaultClass = 'disk-full' | 'foreign-tail' | 'io';

/** What the ports `Journal` and `Artifacts` throw when a fact could not be made durable. */
export class JournalFault extends Error {
  override readonly name = 'JournalFault';
  readonly class: JournalFaultClass;

  constructor(faultClass: JournalFaultClass, message: string, options?: ErrorOptions) {
    super(message, options);
    this.class = faultClass;
  }
}

/** An entry from parsed JSON, or in words why it is none. Fields beside those of an entry are left out. */
export function entryFrom(value: unknown): Entry | string {
  if (!isRecord(value)) return 'it is not an object';
  const { v, seq, prev, at, active, event } = value;
  if (v !== 1) return `its format is version ${JSON.stringify(v)}; this program reads version 1`;
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 1) return 'its seq is not a positive whole number';
  if (typeof prev !== 'string' || !/^[0-9a-f]{64}$/.test(prev)) return 'its prev is not a SHA-256';
  if (!isFinite(at) || !isFinite(active)) return 'its times are not numbers';
  if (!isRecord(event) || typeof event['type'] !== 'string') return 'its event has no type';
  if (!isKnownType(event['type'])) return `it was written by another version of Bounded: this one does not know the event ${JSON.stringify(event['type'])}; continue the session with that version, or begin a new one`;
  return { v, seq, prev, at, active, event: event as SessionEvent };
}

/** Whether `entry` may stand after the entry `seq` whose line has the SHA-256 `hash`; if not, why. */
export function breakOfChain(entry: Entry, before: { readonly seq: number; readonly hash: string }): string | undefined {
  if (entry.seq !== before.seq + 1) return `it has seq ${entry.seq} where ${before.seq + 1} was expected: entries are missing, doubled or out of order`;
  if (entry.prev !== before.hash) return 'it does not follow the line before: that line was changed or replaced';
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFinite(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
