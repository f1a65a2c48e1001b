import path from 'node:path';
import type { Needs } from '../../../core/session/retention.ts';
import { ownPacks } from './gatherPacks.ts';
import { emptyBlob } from '../git/objects.ts';
import { Reach } from './reach.ts';
import { lastTrees } from './rootRecord.ts';
import type { Store } from './store.ts';
import { askAbout, sizeOf, sweep } from './sweep.ts';
import { emptyDir } from './tree.ts';

/** Bytes of an object in the index of a pack: id, CRC-32 and offset. */
const indexBytes = 28;

/** A look at what of a store is needed. What was put there after it began is never part of what goes. */
export interface Survey {
  /** Bytes of what is kept so far. */
  readonly kept: number;
  /** Bytes that these needs take beyond what is kept so far; `keep` makes them part of that. */
  weigh(needs: Needs): Promise<{ readonly bytes: number; keep(): void }>;
  /** Removes everything that is not kept. Nobody else may use the store meanwhile. */
  sweep(): Promise<void>;
}

/** The store of checkpoints as a whole, for those who keep it within a limit. */
export class Checkpoints {
  readonly #store: Store;
  readonly #exclusive: <T>(work: () => Promise<T>) => Promise<T>;

  /** `exclusive` runs work while no checkpoint is taken or read by this process. */
  constructor(store: Store, exclusive: <T>(work: () => Promise<T>) => Promise<T>) {
    this.#store = store;
    this.#exclusive = exclusive;
  }

  /** At most so many bytes, without a look at the disk. */
  get bytes(): number {
    return this.#store.packs.bytes;
  }

  /** Bytes on the disk now. */
  measure(): Promise<number> {
    return this.#store.packs.measure();
  }

  /** Those of these ids that the store has, by what they are. */
  async kindsOf(oids: Iterable<string>): Promise<Needs> {
    const found: Record<string, string[]> = { tree: [], blob: [], commit: [] };
    for await (const line of askAbout(this.#store, '%(objectname) %(objecttype)', oids)) {
      const [oid = '', kind = ''] = line.split(' ');
      found[kind]?.push(oid);
    }
    return { trees: found['tree'] ?? [], blobs: found['blob'] ?? [], commits: found['commit'] ?? [] };
  }

  /** Begins a look. The last checkpoint of each work tree is kept; histories end at the commits `stops`. Rejects where the store is damaged. */
  async survey(stops: ReadonlySet<string>): Promise<Survey> {
    const { directory } = this.#store.packs;
    const packs = (await ownPacks(directory)).map((name) => path.join(directory, name));
    const reach = new Reach(this.#store, stops);
    let kept = 0;
    const weigh: Survey['weigh'] = async (needs) => {
      const beyond = await reach.beyond(needs);
      const bytes = (await sizeOf(this.#store, beyond)) + indexBytes * beyond.size;
      return {
        bytes,
        keep() {
          reach.keep(beyond);
          kept += bytes;
        },
      };
    };
    const keepLast = async (): Promise<void> => (await weigh({ trees: [emptyDir.oid, ...(await lastTrees(this.#store))], blobs: [emptyBlob], commits: [] })).keep();
    await keepLast();
    return {
      get kept() { return kept; },
      weigh,
      sweep: () => this.#exclusive(async () => {
        // A look that was taken meanwhile has stored nothing that was there already.
        await keepLast();
        await sweep(this.#store, packs, reach.kept, reach.shallow);
      }),
    };
  }
}
