import { createHash } from 'node:crypto';
import { JournalFault } from '../../core/session/entries.ts';
import type { Entry, SessionEvent } from '../../core/session/events.ts';
import type { Journal } from '../../agent/ports.ts';
import { paced } from '../workspace/common/pace.ts';
import type { AppendFile } from './appendFile.ts';
import { faultOf } from './faults.ts';
import type { Redact } from './redaction.ts';
import type { Tail } from './scan.ts';
import { sealing } from './sealing.ts';

export interface WriterOptions {
  /** Removes secrets from every string of an event before it is written. */
  readonly redact: Redact;
  /** Gives back space that was kept for the last words of a session; called when the disk is full and at the end. */
  readonly freeReserve: () => Promise<void>;
}

/** Bytes of the last record that are looked at in one go. */
const stretch = 1024 * 1024;

/**
 * Appends records one after the other. A record is either wholly on the disk when its promise resolves, or taken back
 * when it rejects; a caller may append without waiting. After a fault other than `disk-full` every append rejects.
 */
export class JournalWriter implements Journal {
  readonly #file: AppendFile;
  readonly #options: WriterOptions;
  #tail: Tail;
  #queue: Promise<unknown> = Promise.resolve();
  #fault: JournalFault | undefined;

  constructor(file: AppendFile, tail: Tail, options: WriterOptions) {
    this.#file = file;
    this.#tail = tail;
    this.#options = options;
  }

  /**
   * Answers the entry as a reader of the file would get it, redacted: what is made of it is what a resume makes of it.
   * @throws JournalFault; TypeError for times that are not numbers.
   */
  append(at: number, active: number, event: SessionEvent): Promise<Entry> {
    const appended = this.#queue.then(() => this.#append(at, active, event));
    // The next record waits for this one, whatever becomes of it.
    this.#queue = appended.catch(() => undefined);
    return appended;
  }

  /** Waits for what was appended, then lets the file go; later appends reject. */
  async close(): Promise<void> {
    await this.#queue;
    this.#fault ??= new JournalFault('io', 'the journal is closed');
    await this.#file.close();
    await this.#options.freeReserve();
  }

  async #append(at: number, active: number, event: SessionEvent): Promise<Entry> {
    if (this.#fault !== undefined) throw this.#fault;
    const { seq, hash, end } = this.#tail;
    const { record, hash: sealed, entry } = await paced(sealing({ v: 1, seq: seq + 1, prev: hash, at, active, event }, this.#options.redact));
    await this.#guard(() => this.#expectOwnTail());
    await this.#write(record);
    this.#tail = { seq: entry.seq, hash: sealed, start: end, end: end + record.length };
    return entry;
  }

  /** Another writer, a merge of two copies or a restored backup shows here, before anything is added to it. */
  async #expectOwnTail(): Promise<void> {
    const { hash, start, end } = this.#tail;
    await this.#expectSize(end);
    if (end === 0) return;
    const last = createHash('sha256');
    for (let at = start; at < end - 1; at += stretch) last.update(await this.#file.read(at, Math.min(at + stretch, end - 1)));
    if (last.digest('hex') !== hash) throw new JournalFault('foreign-tail', 'the last record of the journal is not the one that was written: another program changed it');
  }

  async #expectSize(expected: number): Promise<void> {
    const size = await this.#file.size();
    if (size === undefined) throw new JournalFault('foreign-tail', 'the journal was moved, deleted or replaced by another program');
    if (size !== expected) throw new JournalFault('foreign-tail', `the journal has ${size} bytes where ${expected} were expected: another program wrote to it`);
  }

  async #write(record: Buffer): Promise<void> {
    try {
      for (let written = 0; written < record.length; ) {
        const count = await this.#file.write(record.subarray(written));
        if (count === 0) throw new JournalFault('io', 'the journal could not be written: the system took no bytes');
        written += count;
      }
      await this.#file.sync();
    } catch (error) {
      throw await this.#takeBack(record, faultOf(error, 'the journal'));
    }
    await this.#guard(() => this.#expectSize(this.#tail.end + record.length));
  }

  /** Cuts what there is of a record; answers the fault to report. */
  async #takeBack(record: Buffer, fault: JournalFault): Promise<JournalFault> {
    if (fault.class !== 'disk-full') this.#fault = fault;
    try {
      await this.#guard(() => this.#cut(record));
    } catch (second) {
      return faultOf(second, 'the journal');
    }
    if (fault.class === 'disk-full') await this.#options.freeReserve();
    return fault;
  }

  /** How much of a failed write is in the file is not known; what another writer added meanwhile must not be cut. */
  async #cut(record: Buffer): Promise<void> {
    const { end } = this.#tail;
    const size = await this.#file.size();
    const written = size === undefined || size < end ? undefined : await this.#file.read(end, size);
    if (written === undefined || !record.subarray(0, written.length).equals(written)) {
      throw new JournalFault('foreign-tail', 'the journal could not be written, and another program changed it meanwhile');
    }
    await this.#file.truncate(end);
  }

  /** Outside the taking back of a record, every trouble with the file is for ever. */
  async #guard<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      this.#fault = faultOf(error, 'the journal');
      throw this.#fault;
    }
  }
}
