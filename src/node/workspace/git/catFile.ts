import type { Git } from './git.ts';

/** Contents up to this size are answered, in bytes; of a larger one only the size. */
export interface CatOptions {
  readonly limit?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** The contents of these objects in their order: bytes, the size where it is beyond the limit, `undefined` where git has no such object. */
export async function* catFile(git: Git, oids: readonly string[], options: CatOptions = {}): AsyncGenerator<Buffer | number | undefined, undefined> {
  if (oids.length === 0) return undefined;
  const reader = new BatchReader(options.limit ?? Number.POSITIVE_INFINITY);
  const input = Buffer.from(`${oids.join('\n')}\n`);
  for await (const chunk of git.stream({ args: ['cat-file', '--batch', '--buffer'], env: options.env ?? {}, input })) yield* reader.take(chunk);
  return undefined;
}

/** Cuts the output of `cat-file --batch`: a header line, the content, an end of line, again and again. */
export class BatchReader {
  readonly #limit: number;
  /** Of the content that is being read, undefined between contents. */
  #size: number | undefined;
  #left = 0;
  #parts: Buffer[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  *take(chunk: Buffer): Generator<Buffer | number | undefined> {
    for (let rest = chunk; rest.length > 0;) {
      if (this.#size === undefined) {
        const end = rest.indexOf(10);
        this.#parts.push(end < 0 ? rest : rest.subarray(0, end));
        if (end < 0) return;
        rest = rest.subarray(end + 1);
        if (!this.#begin(Buffer.concat(this.#parts).toString('latin1'))) yield undefined;
        this.#parts = [];
      } else {
        const part = rest.subarray(0, this.#left);
        if (this.#size <= this.#limit) this.#parts.push(part);
        this.#left -= part.length;
        rest = rest.subarray(part.length);
        if (this.#left === 0) yield this.#end(this.#size);
      }
    }
  }

  /** Whether a content follows the header. */
  #begin(header: string): boolean {
    if (header.endsWith(' missing')) return false;
    const size = /^[0-9a-f]+ \w+ (\d+)$/.exec(header)?.[1];
    if (size === undefined) throw new Error(`git cat-file answered: ${header.slice(0, 100)}`);
    this.#size = Number(size);
    this.#left = this.#size + 1;
    return true;
  }

  #end(size: number): Buffer | number {
    const bytes = size <= this.#limit ? Buffer.concat(this.#parts).subarray(0, size) : size;
    this.#size = undefined;
    this.#parts = [];
    return bytes;
  }
}
