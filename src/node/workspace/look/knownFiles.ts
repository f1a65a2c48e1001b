import type { Path } from '../../../core/session/changes.ts';
import { Pace } from '../common/pace.ts';
import { isUnder, rootOf } from '../disk/places.ts';
import { bytesIn, emptyTable, imageOf, sortPaths, type StateEntry, type StateFacts, stateOf, type StateTable, TableBuilder } from '../store/stateTable.ts';

/** How many files, and how many bytes in them. */
export interface Weight {
  files: number;
  bytes: number;
}

/**
 * Every file of the work tree that a look has seen: a table, and what is known otherwise since it was made. Only `Captures` notes anything, and only
 * when it is durable.
 */
export class KnownFiles {
  readonly table: StateTable;
  /** Where the table has something else, or nothing; null where it has a file that is gone. */
  readonly #news: Map<Path, StateEntry | null>;

  /** `news` is taken over: nobody else may change it. */
  constructor(table: StateTable = emptyTable, news = new Map<Path, StateEntry | null>()) {
    this.#news = news;
    this.table = table;
  }

  get news(): ReadonlyMap<Path, StateEntry | null> {
    return this.#news;
  }

  get isEmpty(): boolean {
    return this.table.size + this.#news.size === 0;
  }

  get(path: Path): StateEntry | undefined {
    if (this.isEmpty) return undefined;
    const fresh = this.#news.get(path);
    if (fresh !== undefined) return fresh ?? undefined;
    const place = this.table.find(path);
    return place < 0 ? undefined : this.table.entryAt(place);
  }

  /** Whether the file is known in just this state, so that it has the content that is known. */
  isSettled(path: Path, facts: StateFacts, place = this.table.find(path)): boolean {
    const fresh = this.#news.get(path);
    if (fresh !== undefined) return fresh?.state?.equals(stateOf(facts)) === true;
    return place >= 0 && this.table.isState(place, facts);
  }

  /** What is known with `news`, which is taken over. That of a first look is large. */
  with(news: Map<Path, StateEntry | null>): KnownFiles {
    if (this.isEmpty) return new KnownFiles(this.table, news);
    this.note(news);
    return this;
  }

  /** Null: the file is gone. */
  note(news: Iterable<readonly [Path, StateEntry | null]>): void {
    for (const [path, entry] of news) {
      if (entry === null && this.table.find(path) < 0) this.#news.delete(path);
      else this.#news.set(path, entry);
    }
  }

  /** The same with everything in the table: in this one where no path came or went, because a copy of a large one is garbage that waits long to be collected. */
  async inOneTable(): Promise<KnownFiles> {
    if (this.#news.size === 0) return this;
    const pace = new Pace();
    if (await this.#hasSamePaths(pace)) {
      for (const [path, entry] of this.#news) {
        if (pace.due) await pace.rest();
        if (entry !== null) this.table.replace(this.table.find(path), entry);
      }
      return new KnownFiles(this.table);
    }
    const builder = new TableBuilder();
    builder.reserve(this.table.image(0, this.table.size).length + this.#news.size * roomyBytes, this.table.size + this.#news.size);
    let done = 0;
    for (const path of sortPaths([...this.#news.keys()])) {
      if (pace.due) await pace.rest();
      const place = this.table.placeFor(path);
      builder.copy(this.table, done, place);
      done = this.table.find(path) < 0 ? place : place + 1;
      const entry = this.#news.get(path);
      if (entry) builder.add(path, entry);
    }
    builder.copy(this.table, done, this.table.size);
    return new KnownFiles(builder.finish());
  }

  async #hasSamePaths(pace: Pace): Promise<boolean> {
    for (const [path, entry] of this.#news) {
      if (pace.due) await pace.rest();
      if (entry === null || this.table.find(path) < 0) return false;
    }
    return true;
  }

  /** Every path that is known and was not met. */
  *missing(met: Met): Generator<Path> {
    for (let place = 0; place < this.table.size; place += 1) {
      const path = met.hasPlace(place) ? undefined : this.table.pathAt(place);
      if (path !== undefined && !this.#news.has(path)) yield path;
    }
    for (const [path, entry] of this.#news) if (entry !== null && !met.has(path)) yield path;
  }

  /** What checkpoints hold at or below each of `roots`, without the files of `except`. */
  heldBelow(roots: ReadonlySet<Path>, except: ReadonlySet<Path>): ReadonlyMap<Path, Weight> {
    const sums = new Map(Array.from(roots, (root): [Path, Weight] => [root, this.#sum(this.table.rangesOf(root))]));
    this.#correct(except, (path) => sums.get(rootOf(path, roots) ?? ''));
    return sums;
  }

  /** Everything that checkpoints hold, without the files of `except`. */
  held(except: ReadonlySet<Path>): Weight {
    const sum = this.#sum([[0, this.table.size]]);
    this.#correct(except, () => sum);
    return sum;
  }

  #sum(ranges: readonly (readonly [from: number, to: number])[]): Weight {
    const sum = { files: 0, bytes: 0 };
    for (const [from, to] of ranges) for (let place = from; place < to; place += 1) add(sum, 1, this.table.heldBytes(place));
    return sum;
  }

  #correct(except: ReadonlySet<Path>, sumFor: (path: Path) => Weight | undefined): void {
    for (const path of new Set([...this.#news.keys(), ...except])) {
      const sum = this.table.size + this.#news.size === 0 ? undefined : sumFor(path);
      if (sum === undefined) continue;
      const place = this.table.find(path);
      if (place >= 0) add(sum, -1, this.table.heldBytes(place));
      const now = except.has(path) ? undefined : this.#news.get(path);
      if (now?.blob !== undefined) add(sum, 1, now.state === undefined ? 0 : bytesIn(now.state));
    }
  }

  /** How many files are known at or below a path, and what is known of them as bytes, in the order of a table; of those in `changed` that is what they are. */
  *imagesOf(root: Path, changed: ReadonlyMap<Path, StateEntry | null>): Generator<readonly [files: number, image: Buffer]> {
    const roots = new Set([root]);
    const others = [...this.#news.keys()].filter((path) => isUnder(path, roots));
    const ranges = this.table.rangesOf(root);
    if (others.length + changed.size === 0) for (const [from, to] of ranges) yield [to - from, this.table.image(from, to)];
    else {
      const paths = new Set([...others, ...changed.keys()]);
      for (const [from, to] of ranges) for (let place = from; place < to; place += 1) paths.add(this.table.pathAt(place));
      for (const path of sortPaths([...paths])) {
        const entry = changed.has(path) ? changed.get(path) : this.get(path);
        if (entry) yield [1, imageOf(path, entry)];
      }
    }
  }
}

/** Which files a look has met. Those of the table are noted by their places: their paths would take more memory than all else that a look makes. */
export class Met {
  readonly #table: StateTable;
  readonly #places: Uint8Array;
  readonly #others = new Set<Path>();

  constructor(table: StateTable) {
    this.#table = table;
    this.#places = new Uint8Array(table.size);
  }

  /** `place`: where the table has the path, -1 where it does not. */
  add(path: Path, place: number): void {
    if (place < 0) this.#others.add(path);
    else this.#places[place] = 1;
  }

  has(path: Path): boolean {
    return this.#others.has(path) || this.hasPlace(this.#table.find(path));
  }

  hasPlace(place: number): boolean {
    return this.#places[place] === 1;
  }
}

/** More than the entry of a file usually takes in a table, in bytes. */
const roomyBytes = 256;

function add(sum: Weight, files: 1 | -1, bytes: number | undefined): void {
  if (bytes === undefined) return;
  sum.files += files;
  sum.bytes += files * bytes;
}
