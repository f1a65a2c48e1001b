import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Entry } from '../../core/session/events.ts';
import { openAppendFile } from './appendFile.ts';
import { syncDirectory, writeDurably } from './durable.ts';
import { faultOf } from './faults.ts';
import type { Redact } from './redaction.ts';
import { keepReserve } from './reserve.ts';
import { emptyTail, scanJournal, type JournalProblem, type Tail } from './scan.ts';
import { JournalWriter } from './writer.ts';

export interface JournalOptions {
  /** Removes secrets from every string before it is written; without it events are written as they are. */
  readonly redact?: Redact;
}

/** A record that a crash cut off: it was never acknowledged. Its bytes are kept in the file `keptIn`. */
export interface Cut extends JournalProblem {
  readonly keptIn: string;
}

export type Opened =
  | { readonly kind: 'open'; readonly journal: JournalWriter; readonly entries: readonly Entry[]; readonly cut?: Cut }
  /** The chain is broken before its end: `entries` are those before the break, and nothing is written to this journal again. */
  | { readonly kind: 'damaged'; readonly entries: readonly Entry[]; readonly problem: JournalProblem };

/** Starts a journal in an existing folder. Rejects where the file exists. The caller holds the lease. */
export async function createJournal(file: string, options: JournalOptions = {}): Promise<JournalWriter> {
  const writer = await writerAt(file, 'create', emptyTail, options);
  await syncDirectory(path.dirname(file));
  return writer;
}

/**
 * Reads a journal and goes on with it. A torn last line is copied to `damaged-<n>.bin` beside it and cut off. The caller
 * holds the lease: a record that another process is writing looks torn. Rejects when the file cannot be read or written.
 */
export async function openJournal(file: string, options: JournalOptions = {}): Promise<Opened> {
  const entries: Entry[] = [];
  const { tail, problem, torn } = await scanJournal(file, (entry) => entries.push(entry));
  if (problem !== undefined) return { kind: 'damaged', entries, problem };
  const cut = torn === undefined ? undefined : { ...torn, keptIn: await cutTail(file, tail.end) };
  const journal = await writerAt(file, 'existing', tail, options);
  return { kind: 'open', journal, entries, ...(cut !== undefined && { cut }) };
}

export interface JournalContent {
  readonly entries: readonly Entry[];
  readonly problem?: JournalProblem;
  /** The last line is incomplete: it is being written, or its writer died. Then `problem` names that line. */
  readonly tornTail: boolean;
}

/** Reads a journal without touching it; safe beside its writer. `entries` are those of the unbroken chain. */
export async function readJournal(file: string): Promise<JournalContent> {
  const entries: Entry[] = [];
  const { problem, torn } = await scanJournal(file, (entry) => entries.push(entry));
  const first = problem ?? torn;
  return { entries, tornTail: torn !== undefined, ...(first !== undefined && { problem: first }) };
}

export interface Verification {
  /** Every line is what was written and follows the one before. */
  readonly ok: boolean;
  /** Entries of the unbroken chain. */
  readonly count: number;
  /** SHA-256 of the last good line: whoever kept it elsewhere can tell a journal that was rewritten as a whole. */
  readonly head: string;
  readonly problem?: JournalProblem;
  readonly tornTail: boolean;
}

/** Checks a journal from its first to its last byte, in the memory of one line. */
export async function verifyTrace(file: string): Promise<Verification> {
  const { tail, problem, torn } = await scanJournal(file, () => undefined);
  const first = problem ?? torn;
  return { ok: first === undefined, count: tail.seq, head: tail.hash, tornTail: torn !== undefined, ...(first !== undefined && { problem: first }) };
}

async function writerAt(file: string, mode: 'create' | 'existing', tail: Tail, options: JournalOptions): Promise<JournalWriter> {
  const appendFile = await openAppendFile(file, mode);
  const reserve = await keepReserve(file);
  return new JournalWriter(appendFile, tail, { redact: options.redact ?? ((text) => text), freeReserve: () => reserve.free() });
}

/** Cuts a file to `size` bytes once the rest is safe in a file of its own; answers that file. */
async function cutTail(file: string, size: number): Promise<string> {
  const keptIn = await freeName(path.dirname(file));
  const handle = await open(file, 'r+');
  try {
    const rest = Buffer.alloc((await handle.stat()).size - size);
    await handle.read(rest, 0, rest.length, size);
    await writeDurably(keptIn, rest);
    await handle.truncate(size);
    await handle.sync();
  } catch (error) {
    throw faultOf(error, 'the journal');
  } finally {
    await handle.close();
  }
  return keptIn;
}

async function freeName(directory: string): Promise<string> {
  const taken = new Set(await readdir(directory));
  let n = 1;
  while (taken.has(`damaged-${n}.bin`)) n += 1;
  return path.join(directory, `damaged-${n}.bin`);
}
