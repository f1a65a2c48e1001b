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

/** What may be given up, and when. */
export interface Fit {
  /** Bytes that what is kept may take. */
  readonly most: number;
  /** Giving up less than so many bytes is no gain. */
  readonly least: number;
}

/** The store of checkpoints as a whole, for those who keep it within a limit. */
export interface CheckpointStore {
  /** At most so many bytes, without a look at the disk. */
  readonly bytes: number;
  /** Bytes on the disk now. */
  measure(): Promise<number>;
  /** Those of these ids that the store has, by what they are. */
  kindsOf(oids: Iterable<string>): Promise<Needs>;
  /**
   * Which of `others` do not fit beside `fixed`, by their places, and the bytes of what stays. What comes first is kept first: a content that it shares
   * with one behind it is no gain there; from the first that does not fit, none behind it stays that would be a gain. Histories end at the commits
   * `stops`. Rejects where the store is damaged. Changes nothing.
   */
  fit(stops: ReadonlySet<string>, fixed: Needs, others: readonly Needs[], fit: Fit): Promise<{ readonly gone: readonly number[]; readonly kept: number }>;
  /**
   * Removes everything that these needs do not reach, the last checkpoint of each work tree and what was put here since this began excepted. Nobody
   * else may use the store meanwhile.
   */
  keepOnly(stops: ReadonlySet<string>, needs: Needs): Promise<void>;
}

export class Checkpoints implements CheckpointStore {
  readonly #store: Store;
  readonly #exclusive: <T>(work: () => Promise<T>) => Promise<T>;

  /** `exclusive` runs work while no checkpoint is taken or read by this process. */
  constructor(store: Store, exclusive: <T>(work: () => Promise<T>) => Promise<T>) {
    this.#store = store;
    this.#exclusive = exclusive;
  }

  get bytes(): number {
    return this.#store.packs.bytes;
  }

  measure(): Promise<number> {
    return this.#store.packs.measure();
  }

  async kindsOf(oids: Iterable<string>): Promise<Needs> {
    const found: Record<string, string[]> = { tree: [], blob: [], commit: [] };
    for await (const line of askAbout(this.#store, '%(objectname) %(objecttype)', oids)) {
      const [oid = '', kind = ''] = line.split(' ');
      found[kind]?.push(oid);
    }
    return { trees: found['tree'] ?? [], blobs: found['blob'] ?? [], commits: found['commit'] ?? [] };
  }

  async fit(stops: ReadonlySet<string>, fixed: Needs, others: readonly Needs[], { most, least }: Fit): Promise<{ readonly gone: readonly number[]; readonly kept: number }> {
    const survey = await this.#survey(stops);
    await survey.keep(fixed);
    const gone: number[] = [];
    for (const [at, needs] of others.entries()) {
      const { bytes, stays } = await survey.weigh(needs);
      if (bytes >= least && (gone.length > 0 || survey.kept + bytes > most)) gone.push(at);
      else stays();
    }
    return { gone, kept: survey.kept };
  }

  async keepOnly(stops: ReadonlySet<string>, needs: Needs): Promise<void> {
    const packs = (await ownPacks(this.#store.packs.directory)).map((name) => path.join(this.#store.packs.directory, name));
    const survey = await this.#survey(stops);
    await survey.keep(needs);
    await this.#exclusive(async () => {
      // A look that was taken meanwhile has stored nothing that was there already.
      await survey.keep(await this.#lastOnes());
      await sweep(this.#store, packs, survey.reach.kept, survey.reach.shallow);
    });
  }

  /** A look at what of the store is needed, to begin with: the last checkpoint of each work tree. */
  async #survey(stops: ReadonlySet<string>) {
    const reach = new Reach(this.#store, stops);
    const survey = {
      reach,
      /** Bytes of what is kept so far. */
      kept: 0,
      /** Bytes that these needs take beyond that; `stays` makes them part of it. */
      weigh: async (needs: Needs) => {
        const beyond = await reach.beyond(needs);
        const bytes = (await sizeOf(this.#store, beyond)) + indexBytes * beyond.size;
        const stays = (): void => {
          reach.keep(beyond);
          survey.kept += bytes;
        };
        return { bytes, stays };
      },
      keep: async (needs: Needs): Promise<void> => (await survey.weigh(needs)).stays(),
    };
    await survey.keep(await this.#lastOnes());
    return survey;
  }

  async #lastOnes(): Promise<Needs> {
    return { trees: [emptyDir.oid, ...(await lastTrees(this.#store))], blobs: [emptyBlob], commits: [] };
  }
}
