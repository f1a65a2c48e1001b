import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { Path } from '../../core/session/changes.ts';
import type { KnownFile } from './fileReader.ts';

/** Fewer files than this are read again sooner than they are noted. */
const worthNoting = 500;

/**
 * What is known of files on the disk, for the next process: which state of a file has which content. An entry that does not fit
 * the file or the checkpoint any more is of no use and does no harm.
 */
export class StatCache {
  readonly #file: string;
  #unnoted = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** Keys by path, each with the content that it stands for. */
  async read(): Promise<ReadonlyMap<Path, { readonly key: string; readonly oid: string }>> {
    const fields = (await readFile(this.#file, 'utf8').catch(() => '')).split('\0');
    const known = new Map<Path, { readonly key: string; readonly oid: string }>();
    // A file that was cut short lacks the mark at its end.
    if (fields.at(-1) !== endMark) return known;
    for (let at = 0; at + 2 < fields.length; at += 3) known.set(JSON.parse(fields[at] ?? '""') as Path, { key: fields[at + 1] ?? '', oid: fields[at + 2] ?? '' });
    return known;
  }

  /** Notes all files once enough of them had to be read. */
  async note(files: ReadonlyMap<Path, KnownFile>, read: number): Promise<void> {
    this.#unnoted += read;
    if (this.#unnoted < worthNoting) return;
    this.#unnoted = 0;
    const parts: string[] = [];
    for (const [path, file] of files) if (file.key !== '' && !file.racy) parts.push(JSON.stringify(path), file.key, file.blob.oid);
    const temporary = `${this.#file}.${randomBytes(6).toString('hex')}.tmp`;
    try {
      await writeFile(temporary, [...parts, endMark].join('\0'), { mode: 0o600 });
      await rename(temporary, this.#file);
    } catch {
      // It only saves time; a full disk is told by what has to be written.
      await rm(temporary, { force: true });
    }
  }
}

const endMark = 'end';
