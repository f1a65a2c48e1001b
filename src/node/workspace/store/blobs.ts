import { ContentReader } from './contentReader.ts';
import { gitObject } from '../git/objects.ts';
import { Pace } from '../common/pace.ts';
import { Recent } from '../common/recent.ts';
import type { Store } from './store.ts';

const cachedBytes = 8 * 1024 * 1024;
const cachedFileBytes = 1024 * 1024;
/** About what a buffer takes beside its bytes. */
const bufferBytes = 256;

/** Contents from the store; those that were read or captured lately come from memory. */
export class Blobs {
  readonly #reader: ContentReader;
  readonly #recent = new Recent<Buffer>(cachedBytes, (bytes) => bytes.length + bufferBytes);

  constructor(store: Store) {
    this.#reader = new ContentReader(store);
  }

  /** Notes a copy of a content that is in hand anyway; with memory of its own: one from Node's pool would keep 8 KB alive, whatever its length. */
  note(oid: string, bytes: Buffer): void {
    if (bytes.length > cachedFileBytes) return;
    const copy = Buffer.allocUnsafeSlow(bytes.length);
    bytes.copy(copy);
    this.#recent.set(oid, copy);
  }

  /** To be called early, while this process is small. */
  prepare(): void {
    this.#reader.prepare();
  }

  /** To be called when packs are gone from the store. */
  renew(): void {
    this.#reader.renew();
  }

  /** Ends what waits for questions; resolves when it is gone. */
  end(): Promise<void> {
    return this.#reader.end();
  }

  async read(oid: string): Promise<Buffer> {
    for await (const bytes of this.readAll([oid], Number.POSITIVE_INFINITY)) if (bytes !== undefined) return bytes;
    throw new Error(`the checkpoint store does not have ${oid}`);
  }

  /**
   * Contents in the order of `oids`, one at a time so that large ones do not add up; `undefined` for one beyond `limit`
   * bytes. Rests between stretches, those of whoever takes them included: contents from memory come without any wait. Throws for one that the
   * store does not have, or of which it has something else.
   */
  async *readAll(oids: readonly string[], limit: number): AsyncGenerator<Buffer | undefined> {
    const held = oids.map((oid) => this.#recent.get(oid));
    const stored = this.#reader.read(oids.filter((_, index) => held[index] === undefined), limit);
    const pace = new Pace();
    try {
      for (const [index, oid] of oids.entries()) {
        if (pace.due) await pace.rest();
        const bytes = held[index] ?? (await stored.next()).value;
        if (bytes === undefined) throw new Error(`the checkpoint store does not have ${oid}`);
        if (held[index] === undefined && typeof bytes !== 'number') {
          if (gitObject('blob', bytes).oid !== oid) throw new Error(`the checkpoint store has something else under ${oid}`);
          this.note(oid, bytes);
        }
        yield typeof bytes === 'number' ? undefined : bytes;
      }
    } finally {
      await stored.return(undefined);
    }
  }
}
