import { createHash } from 'node:crypto';
import { entryFrom } from '../../core/session/entries.ts';
import type { Entry } from '../../core/session/events.ts';
import { sealOf } from './line.ts';
import { redactJson, type Redact } from './redaction.ts';

export interface Sealed {
  /** The line with its end-of-line. */
  readonly record: Buffer;
  /** SHA-256 of the line without its end-of-line. */
  readonly hash: string;
  /** What a reader of the line gets: without secrets, and without undefined fields. */
  readonly entry: Entry;
}

/** So many items of a list are written at a stretch. */
const stretch = 128;

/**
 * Makes the line of an entry, and stops between its pieces: a command that changed tens of thousands of files is one entry, and whoever else is in this
 * process waits.
 * @throws TypeError when `entry` would not be an entry after a round trip through JSON.
 */
export function* sealing(entry: Entry, redact: Redact): Generator<void, Sealed> {
  const { event, ...head } = entry;
  const [pieces, hash]: [Buffer[], ReturnType<typeof createHash>] = [[], createHash('sha256')];
  const put = (text: string) => {
    const piece = Buffer.from(text);
    hash.update(piece);
    pieces.push(piece);
  };
  const start = JSON.stringify(head);
  put(`${start.slice(0, -1)},"event":`);
  const read = entryFrom({ ...(JSON.parse(start) as object), event: yield* written(event, redact, put) });
  if (typeof read === 'string') throw new TypeError(`not a journal entry: ${read}`);
  put(sealOf(hash.copy().digest('hex')));
  return { record: Buffer.concat([...pieces, Buffer.from('\n')]), hash: hash.digest('hex'), entry: read };
}

type Put = (text: string) => void;

/** Puts a value as JSON, redacted, and answers it as a reader gets it. */
function* written(value: unknown, redact: Redact, put: Put): Generator<void, unknown> {
  if (Array.isArray(value)) return yield* (value.length > stretch ? longList(value, redact, put) : shortList(value, redact, put));
  if (typeof value === 'object' && value !== null) return yield* fields(value, redact, put);
  const text = JSON.stringify(redactJson(value, redact));
  put(text);
  return JSON.parse(text);
}

/** Any of its items may hold a long list. JSON has null for what is undefined. */
function* shortList(items: readonly unknown[], redact: Redact, put: Put): Generator<void, readonly unknown[]> {
  const read: unknown[] = [];
  put('[');
  for (const [at, item] of items.entries()) {
    if (at > 0) put(',');
    read.push(yield* written(item ?? null, redact, put));
  }
  put(']');
  return read;
}

function* longList(items: readonly unknown[], redact: Redact, put: Put): Generator<void, readonly unknown[]> {
  const read: unknown[] = [];
  for (let at = 0; at < items.length; at += stretch) {
    const text = JSON.stringify(redactJson(items.slice(at, at + stretch), redact));
    put(`${at === 0 ? '[' : ','}${text.slice(1, -1)}`);
    read.push(...(JSON.parse(text) as unknown[]));
    yield;
  }
  put(']');
  return read;
}

function* fields(value: object, redact: Redact, put: Put): Generator<void, object> {
  // Two keys may be the same without their secrets: the last one counts, as for a reader.
  const named = Object.fromEntries(Object.entries(value).map(([key, item]): [string, unknown] => [redact(key), item]));
  const present = Object.entries(named).filter(([, item]) => item !== undefined);
  const read: [string, unknown][] = [];
  put('{');
  for (const [at, [key, item]] of present.entries()) {
    put(`${at === 0 ? '' : ','}${JSON.stringify(key)}:`);
    read.push([key, yield* written(item, redact, put)]);
    yield;
  }
  put('}');
  return Object.fromEntries(read);
}
