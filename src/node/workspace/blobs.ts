import type { Git } from './git.ts';
import { Recent } from './recent.ts';
import type { Store } from './store.ts';

const cachedBytes = 16 * 1024 * 1024;
const cachedFileBytes = 1024 * 1024;

/** Contents from the store; those that were read or captured lately come from memory. */
export class Blobs {
  readonly #store: Store;
  readonly #recent = new Recent<Buffer>(cachedBytes, (bytes) => bytes.length);

  constructor(store: Store) {
    this.#store = store;
  }

  /** Notes a copy of a content that is in hand anyway. */
  note(oid: string, bytes: Buffer): void {
    if (bytes.length <= cachedFileBytes) this.#recent.set(oid, Buffer.from(bytes));
  }

  async read(oid: string): Promise<Buffer> {
    for await (const [, bytes] of this.readAll([oid])) return bytes;
    throw new Error(`the checkpoint store does not have ${oid}`);
  }

  /** Contents in the order of `oids`, one at a time so that large ones do not add up. Throws for one that is missing. */
  async *readAll(oids: readonly string[]): AsyncGenerator<readonly [string, Buffer]> {
    const absent = oids.filter((oid) => this.#recent.get(oid) === undefined);
    const held = new Map(oids.map((oid) => [oid, this.#recent.get(oid)]));
    const stored = absent.length === 0 ? undefined : catFile(this.#store.git, absent);
    for (const oid of oids) {
      const bytes = held.get(oid) ?? (await stored?.next())?.value;
      if (bytes === undefined) throw new Error(`the checkpoint store does not have ${oid}`);
      this.note(oid, bytes);
      yield [oid, bytes];
    }
    await stored?.next();
  }
}

/** The contents of these objects, in order. Throws for one that is missing. */
export async function* catFile(git: Git, oids: readonly string[], env: Readonly<Record<string, string>> = {}): AsyncGenerator<Buffer, undefined> {
  let buffer: Buffer = Buffer.alloc(0);
  let chunks: Buffer[] = [];
  let wanted: number | undefined;
  let size = 0;
  for await (const chunk of git.stream({ args: ['cat-file', '--batch', '--buffer'], env, input: Buffer.from(`${oids.join('\n')}\n`) })) {
    chunks.push(chunk);
    size += chunk.length;
    while (wanted === undefined || size > wanted) {
      if (chunks.length > 1) chunks = [(buffer = Buffer.concat(chunks))];
      else buffer = chunks[0] ?? buffer;
      if (wanted === undefined) {
        const end = buffer.indexOf(10);
        if (end < 0) break;
        wanted = sizeIn(buffer.toString('latin1', 0, end));
        buffer = buffer.subarray(end + 1);
      } else {
        yield buffer.subarray(0, wanted);
        buffer = buffer.subarray(wanted + 1);
        wanted = undefined;
      }
      chunks = [buffer];
      size = buffer.length;
    }
  }
  return undefined;
}

function sizeIn(header: string): number {
  const match = /^[0-9a-f]{40} \w+ (\d+)$/.exec(header);
  if (match === null) throw new Error(`the checkpoint store answered: ${header}`);
  return Number(match[1]);
}
