import type { Path } from '../../../core/session/changes.ts';
import { assembled, type GatheredFolder, prepare } from './assembled.ts';
import type { Loan } from './borrow.ts';
import { isWellFormed } from '../common/bytes.ts';
import type { Intake } from '../store/intake.ts';
import { KnownFiles } from './knownFiles.ts';
import type { FolderAnswer, FolderQuestion, LookReply } from './lookLoop.ts';
import { packKnown } from './packKnown.ts';
import { isUnder, joined, nameOf, parentOf } from '../disk/places.ts';
import { Queue } from '../common/queue.ts';
import { ahead, type ReadThreads } from './readThreads.ts';
import { type Entry, Looking, type Scan } from './scan.ts';
import { tableOf } from '../store/stateTable.ts';
import type { Dir } from '../store/tree.ts';
import { treeOf } from '../store/trees.ts';

export interface FirstLookParts {
  readonly root: string;
  readonly skip: (path: Path) => boolean;
  readonly intake: Intake;
  readonly threads: ReadThreads;
}

/** What is known after a first look, and what is left to a look like every other. */
export interface FirstLook {
  /** Plain files. Their contents are in the intake, or lent. */
  readonly files: KnownFiles;
  /** The tree that they make. */
  readonly tree: Dir;
  /** Everything else, as if it alone had changed. */
  readonly rest: Scan;
}

/**
 * Looks at a work tree of which nothing is known. Threads list its folders and read the plain files in them; what they make of a file is an entry of
 * the table of states, and nothing else is made of it here. What is not plain, and what lies at or below one of `apart`, is only found, by this thread.
 */
export async function lookFirst(parts: FirstLookParts, apart: ReadonlySet<Path>, loan: Pick<Loan, 'tables' | 'stand'> | undefined): Promise<FirstLook> {
  const gathering = new Gathering(parts, apart, loan?.tables ?? []);
  await gathering.run();
  const { looking, folders } = gathering;
  const { table, tree } = await assembled(folders);
  const files = new KnownFiles(table);
  // What the store did not get after all is packed. Of files that have changed meanwhile nothing is known, and they are looked at once more.
  const missed = loan === undefined || (await loan.stand()).every(Boolean) ? [] : await packKnown(parts.threads, table, parts.intake);
  const without = missed.map(({ path }) => [path, null] as const);
  files.note(without);
  for (const [path] of without) looking.lookAt(path);
  return { files, tree: await treeOf(without, tree), rest: { found: looking.found, gone: [], around: looking.around } };
}

/** Most folders that a thread gets at a time. */
const batchFolders = 24;

class Gathering {
  readonly looking: Looking;
  readonly folders = new Map<Path, GatheredFolder>();
  readonly #parts: FirstLookParts;
  readonly #apart: ReadonlySet<Path>;
  /** The same, by the folders that they are in. */
  readonly #apartIn = new Map<Path, string[]>();
  readonly #tables: readonly SharedArrayBuffer[];
  /** What threads are to be asked, and what they are being asked. */
  readonly #waiting: FolderQuestion[] = [];
  readonly #asked = new Set<Promise<void>>();
  readonly #taking = new Queue();
  /** What this thread looks at. */
  readonly #odd: Entry[] = [];
  #fault: { readonly error: unknown } | undefined;

  constructor(parts: FirstLookParts, apart: ReadonlySet<Path>, tables: readonly SharedArrayBuffer[]) {
    this.#parts = parts;
    this.#apart = apart;
    for (const path of apart) {
      const names = this.#apartIn.get(parentOf(path));
      if (names === undefined) this.#apartIn.set(parentOf(path), [nameOf(path)]);
      else names.push(nameOf(path));
    }
    this.#tables = tables;
    this.looking = new Looking(parts.root, parts.skip);
  }

  /** Rejects only when no thread owes anything. */
  async run(): Promise<void> {
    this.#wait('');
    try {
      while (this.#fault === undefined && this.#waiting.length + this.#odd.length + this.#asked.size > 0) {
        this.#employ();
        const entry = this.#odd.pop();
        if (entry === undefined) await Promise.race(this.#asked);
        else await this.#lookAt(entry);
      }
    } catch (error) {
      this.#fault ??= { error };
    }
    await Promise.all(this.#asked);
    if (this.#fault !== undefined) throw this.#fault.error;
  }

  #wait(folder: Path): void {
    this.#waiting.push({ folder, apart: this.#apartIn.get(folder) ?? [] });
  }

  #employ(): void {
    const { count } = this.#parts.threads;
    while (this.#waiting.length > 0 && this.#asked.size < count * ahead) {
      const share = Math.ceil(this.#waiting.length / count);
      const asked: Promise<void> = this.#ask(this.#waiting.splice(-Math.min(share, batchFolders))).catch((error: unknown) => { this.#fault ??= { error }; }).finally(() => this.#asked.delete(asked));
      this.#asked.add(asked);
    }
  }

  async #ask(folders: readonly FolderQuestion[]): Promise<void> {
    const reply = await this.#parts.threads.look({ folders, since: this.looking.since, tables: this.#tables });
    await this.#taking.run(async () => (this.#fault === undefined ? this.#take(folders, reply) : undefined));
  }

  async #take(questions: readonly FolderQuestion[], reply: LookReply): Promise<void> {
    const records = Buffer.from(reply.records.buffer);
    let from = 0;
    for (const [at, question] of questions.entries()) {
      const answer = reply.folders[at];
      if (answer === undefined) {
        this.#waiting.push(question);
        continue;
      }
      this.#note(question, answer);
      const folder = this.folders.get(question.folder);
      if (answer.end > from) folder?.records.push(records.subarray(from, answer.end));
      from = answer.end;
      if (folder !== undefined && !answer.isLeft && answer.rest.length === 0) prepare(question.folder, folder);
    }
    if (reply.packed.length > 0) await this.#store(records, reply);
  }

  async #store(records: Buffer, { packed, ends }: LookReply): Promise<void> {
    const [table, entries] = [tableOf(records), Buffer.from(packed.buffer)];
    for (let at = 0; at < table.size; at += 1) {
      const [from, to] = [at === 0 ? 0 : (ends[at - 1] ?? 0), ends[at] ?? 0];
      const oid = table.entryAt(at).blob?.oid;
      if (to > from && oid !== undefined) await this.#parts.intake.addPacked(oid, entries.subarray(from, to));
    }
  }

  #note({ folder, names }: FolderQuestion, { listing, isLeft, odd, permissions, rest }: FolderAnswer): void {
    if (isLeft) {
      if (names === undefined) this.#odd.push({ path: folder, isFolder: true });
      else this.#leave(folder, names);
      return;
    }
    if (listing !== undefined) {
      this.looking.noteFolder(folder, listing.key, listing.isEmpty);
      this.folders.set(folder, { records: [], below: listing.folders });
      for (const name of listing.folders) this.#wait(joined(folder, name));
      for (const { name, isFolder } of listing.apart) if (this.looking.admits(folder, name)) this.#odd.push({ path: joined(folder, name), isFolder });
    }
    for (const [path, bits] of permissions) this.looking.around.permissions.set(path, bits);
    this.#leave(folder, odd);
    if (rest.length > 0) this.#waiting.push({ folder, names: rest, apart: [] });
  }

  #leave(folder: Path, names: readonly string[]): void {
    for (const name of names) this.#odd.push({ path: joined(folder, name), isFolder: false });
  }

  /** What no thread could look at, or must not. Folders below it that are plain go to threads again. */
  async #lookAt({ path, isFolder }: Entry): Promise<void> {
    if (isFolder) {
      const isApart = isUnder(path, this.#apart);
      const below: string[] = [];
      for (const entry of this.looking.list(path)) {
        const plain = entry.isFolder && !isApart && !this.#apart.has(entry.path) && isWellFormed(entry.path);
        if (plain) {
          below.push(nameOf(entry.path));
          this.#wait(entry.path);
        } else this.#odd.push(entry);
      }
      if (below.length > 0) this.folders.set(path, { records: [], below });
    } else this.looking.lookAt(path);
    await this.looking.rest();
  }
}
