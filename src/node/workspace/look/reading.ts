import type { Blob, Path } from '../../../core/session/changes.ts';
import type { Blobs } from '../store/blobs.ts';
import { isWellFormed } from '../common/bytes.ts';
import { modeOf, wholeBytes } from '../disk/content.ts';
import { type KnownFile, readFound } from './fileReader.ts';
import type { Intake } from '../store/intake.ts';
import { Pace } from '../common/pace.ts';
import { Queue } from '../common/queue.ts';
import { executable, firstTable, type ReadBatch, readOutcome, type ReadReply } from './readLoop.ts';
import { ReadThreads } from './readThreads.ts';
import type { Found } from './scan.ts';

/** Packs of the repository that stand in for what a look would have to pack. */
export interface Lender {
  /** Sorted ids of their contents, as threads look them up. */
  readonly tables: readonly SharedArrayBuffer[];
  /** For each table whether the store has its pack, durably. */
  stand(): Promise<readonly boolean[]>;
}

export interface ReadingParts {
  readonly root: string;
  readonly blobs: Blobs;
  readonly intake: Intake;
  /** What is known of the files so far. */
  readonly known: { get(path: Path): { readonly blob: Blob | undefined } | undefined };
}

export interface ReadFiles {
  readonly fresh: ReadonlyMap<Path, KnownFile>;
  readonly lost: ReadonlySet<Path>;
  /** Files that could not be read, with the reason. */
  readonly unread: ReadonlyMap<Path, string>;
  /** Files of `fresh` whose content is in no pack of ours yet. */
  readonly lent: readonly Found[];
}

/** Fewer files than this are read sooner than threads begin. */
export const worthThreads = 500;
/** What a thread gets at a time: files, and bytes of content. */
const [batchFiles, batchBytes] = [256, 2 * 1024 * 1024];
/** Batches that each thread has before it, so that it need not wait while this one is busy. */
const ahead = 3;

/** The reading of one look: many files by threads, while others are still being found, and the rest here. What was read is in the intake, or lent. */
export class Reading {
  readonly #parts: ReadingParts;
  readonly #fresh = new Map<Path, KnownFile>();
  /** Files that threads left. */
  readonly #left = new Set<Path>();
  /** Files whose content was found in a table, by its number. */
  readonly #lent = new Map<number, Found[]>();
  readonly #taking = new Queue();
  readonly #batches: Found[][] = [];
  #next: Found[] = [];
  #nextBytes = 0;
  #lender: Lender | undefined;
  #threads: ReadThreads | undefined;
  readonly #workers = new Set<Promise<void>>();
  #fault: { readonly error: unknown } | undefined;
  /** Whether contents that tables have are packed all the same. */
  #packsAll = false;

  constructor(parts: ReadingParts) {
    this.#parts = parts;
  }

  /** From here on contents that the lender has are not packed. To be called before anything is read. */
  lend(lender: Lender): void {
    this.#lender = lender;
  }

  /** Begins to read a file that will be covered, though not all have been found. Each is begun once. */
  begin(file: Found): void {
    if (file.link || file.size > wholeBytes || !isWellFormed(file.path)) return;
    this.#next.push(file);
    this.#nextBytes += file.size;
    if (this.#next.length >= batchFiles || this.#nextBytes >= batchBytes) this.#closeBatch();
  }

  #closeBatch(): void {
    this.#batches.push(this.#next);
    [this.#next, this.#nextBytes] = [[], 0];
    this.#employ();
  }

  #employ(): void {
    this.#threads ??= new ReadThreads(this.#parts.root, this.#lender?.tables ?? []);
    if (this.#workers.size >= this.#threads.count * ahead) return;
    const worker: Promise<void> = this.#work(this.#threads).catch((error: unknown) => { this.#fault ??= { error }; }).finally(() => this.#workers.delete(worker));
    this.#workers.add(worker);
  }

  async #work(threads: ReadThreads): Promise<void> {
    for (let batch = this.#batches.shift(); batch !== undefined && this.#fault === undefined; batch = this.#batches.shift()) {
      const files = batch;
      const reply = await threads.ask(this.#question(files));
      await this.#taking.run(() => this.#take(files, reply));
    }
  }

  #question(files: readonly Found[]): ReadBatch {
    const { known, intake } = this.#parts;
    const stored = (oid: string | undefined) => (oid !== undefined && intake.has(oid) ? oid : '');
    return {
      paths: files.map((file) => file.path), keys: files.map((file) => file.key), sizes: files.map((file) => file.size),
      expected: files.map((file) => stored(known.get(file.path)?.blob?.oid)), packsAll: this.#packsAll,
    };
  }

  async #take(files: readonly Found[], { outcomes, oids, packed, ends }: ReadReply): Promise<void> {
    const [ids, entries] = [Buffer.from(oids.buffer), Buffer.from(packed.buffer)];
    for (const [at, file] of files.entries()) {
      const [outcome, oid] = [(outcomes[at] ?? 0) % executable, ids.toString('hex', at * 20, at * 20 + 20)];
      if (outcome === readOutcome.left) {
        this.#left.add(file.path);
        continue;
      }
      if (outcome === readOutcome.packed) await this.#parts.intake.addPacked(oid, entries.subarray(at === 0 ? 0 : ends[at - 1], ends[at]));
      if (outcome >= firstTable) this.#noteLent(outcome - firstTable, file);
      this.#fresh.set(file.path, { blob: { oid, mode: modeOf((outcomes[at] ?? 0) >= executable ? 0o100 : 0) }, key: file.key, racy: file.racy });
    }
  }

  #noteLent(table: number, file: Found): void {
    const lent = this.#lent.get(table);
    if (lent === undefined) this.#lent.set(table, [file]);
    else lent.push(file);
  }

  /** Reads those of all files that are to be read that are not yet. */
  async finish(due: readonly Found[]): Promise<ReadFiles> {
    await this.#settle();
    const pace = new Pace();
    for (const file of due.length > worthThreads ? due : []) {
      if (pace.due) await pace.rest();
      if (!this.#fresh.has(file.path) && !this.#left.has(file.path)) this.begin(file);
    }
    await this.#settle();
    const lent = await this.#withoutRefused();
    const [lost, unread] = [new Set<Path>(), new Map<Path, string>()];
    for (const file of due) {
      if (pace.due) await pace.rest();
      if (this.#fresh.has(file.path)) continue;
      const outcome = await readFound(this.#parts.root, file, this.#parts.intake, this.#parts.blobs);
      if (outcome !== 'gone' && !('unreadable' in outcome)) this.#fresh.set(file.path, outcome);
      else lost.add(file.path);
      if (outcome !== 'gone' && 'unreadable' in outcome) unread.set(file.path, outcome.unreadable);
    }
    return { fresh: this.#fresh, lost, unread, lent };
  }

  /** Waits until the threads owe nothing. */
  async #settle(): Promise<void> {
    if (this.#next.length > 0) this.#closeBatch();
    while (this.#fault === undefined && this.#batches.length + this.#workers.size > 0) {
      if (this.#batches.length > 0) this.#employ();
      await Promise.race(this.#workers);
    }
    if (this.#fault !== undefined) throw this.#fault.error;
  }

  /** Files whose content is lent. What the store did not get after all is read again, to be packed. */
  async #withoutRefused(): Promise<Found[]> {
    if (this.#lent.size === 0) return [];
    const stand = (await this.#lender?.stand()) ?? [];
    const lent = [...this.#lent].flatMap(([table, files]) => (stand[table] === true ? files : []));
    const refused = [...this.#lent].flatMap(([table, files]) => (stand[table] === true ? [] : files));
    this.#packsAll = true;
    for (const file of refused) this.#fresh.delete(file.path);
    for (const file of refused) this.begin(file);
    await this.#settle();
    return lent;
  }

  /** To be called in any case. */
  async end(): Promise<void> {
    await this.#threads?.end();
  }
}
