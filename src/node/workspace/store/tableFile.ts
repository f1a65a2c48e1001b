import { createHash, randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import type { Path } from '../../../core/session/changes.ts';
import { Pace } from '../common/pace.ts';
import { checksumBytes, emptyTable, type StateTable, parseTable, tableTime, withEntry } from './stateTable.ts';

/** Whether it is better to write a table of so many files anew than to look at `news` files beside it each time. */
export const isStale = (files: number, news: number): boolean => news > Math.min(500, files / 8);

/** Bytes that are hashed at a stretch. */
const stretch = 1024 * 1024;

/**
 * The table of one work tree on the disk: git compares it with the files, and the next process begins with it. It need not be durable, and whoever finds
 * it damaged or missing reads files instead.
 */
export class TableFile {
  readonly path: string;
  #mark: Path | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** A path of which git says that it changed, if it has compared the table that this object wrote last: no file ever has its state. */
  get mark(): Path | undefined {
    return this.#mark;
  }

  async read(): Promise<StateTable> {
    const bytes = await readFile(this.path).catch(() => Buffer.alloc(0));
    const sum = await sha1([bytes.subarray(0, -checksumBytes)]);
    return (sum.equals(bytes.subarray(-checksumBytes)) ? parseTable(bytes) : undefined) ?? emptyTable;
  }

  async write(table: StateTable): Promise<void> {
    this.#mark = undefined;
    const nonce = randomBytes(12).toString('hex');
    const mark = `${markFolder}${nonce}`;
    const pieces = withEntry(table, mark, { blob: undefined, state: undefined });
    const temporary = `${this.path}.${nonce}.tmp`;
    try {
      const handle = await open(temporary, 'wx', 0o600);
      try {
        for (const piece of [...pieces, await sha1(pieces)]) await handle.writeFile(piece);
        await handle.utimes(tableTime, tableTime);
      } finally {
        await handle.close();
      }
      await rename(temporary, this.path);
      this.#mark = mark;
    } catch {
      // It only saves time; a full disk is told by what has to be written.
      await rm(temporary, { force: true });
    }
  }
}

/** Checkpoints never look there. */
const markFolder = '.bounded/table-';

async function sha1(pieces: readonly Buffer[]): Promise<Buffer> {
  const [hash, pace] = [createHash('sha1'), new Pace()];
  for (const piece of pieces) {
    for (let from = 0; from < piece.length; from += stretch) {
      hash.update(piece.subarray(from, from + stretch));
      if (pace.due) await pace.rest();
    }
  }
  return hash.digest();
}
