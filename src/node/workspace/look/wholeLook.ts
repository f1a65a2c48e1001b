import path from 'node:path';
import type { Path } from '../../../core/session/changes.ts';
import type { Blobs } from '../store/blobs.ts';
import { Loan } from './borrow.ts';
import type { CaptureState, Loaded } from './captureState.ts';
import { type Coverage, decideCoverage } from './coverage.ts';
import type { IgnoreRules } from '../repository/ignoreRules.ts';
import type { Intake } from '../store/intake.ts';
import { type Look, lookOf } from './look.ts';
import { type LeftOutPart, leftOutParts } from './leftOutParts.ts';
import { isUnder } from '../disk/places.ts';
import { Reading, worthThreads } from './reading.ts';
import { type Found, type Scan, scan } from './scan.ts';
import type { Store } from '../store/store.ts';
import type { UserRepository } from '../repository/userRepository.ts';

export interface WholeParts {
  readonly root: string;
  readonly store: Store;
  readonly blobs: Blobs;
  readonly rules: IgnoreRules;
  readonly skip: (path: Path) => boolean;
}

/** What a look at everything found. */
export interface WholeLook {
  readonly seen: Scan;
  readonly coverage: Coverage;
  readonly parts: ReadonlyMap<Path, LeftOutPart>;
  readonly look: Look;
  /** Files whose content is in no pack of ours yet, and what has it meanwhile. */
  readonly lent: readonly Found[];
  readonly loan: Loan | undefined;
}

/** Looks at the whole work tree, unless it is known what is to be `seen` there, and reads what has changed since `before`; its content is in the intake, or lent. */
export async function lookAtAll(parts: WholeParts, before: CaptureState | Loaded, repository: UserRepository | undefined, intake: Intake, seen?: Scan): Promise<WholeLook> {
  const reading = new Reading({ root: parts.root, blobs: parts.blobs, intake, known: before.files });
  const early = before.files.isEmpty ? new EarlyReading(reading, ignoredOf(parts, repository), async () => (repository === undefined ? undefined : Loan.from(path.join(repository.commonDir, 'objects'), parts.store.packs))) : undefined;
  try {
    const now = seen ?? (await scan(parts.root, parts.skip, before.files, (file) => early?.found(file)));
    const coverage = await coverageOf(before, now, early?.ignored ?? ignoredOf(parts, repository));
    const leftOut = await leftOutParts(before.parts, before.leftOut, before.files, coverage, now.gone);
    const loan = await early?.ready();
    const read = await reading.finish(coverage.covered);
    const outgrown = coverage.outgrown.map((file): [Path, string] => [file.path, 'it has grown larger than 256 MiB']);
    const look = await lookOf(before.files, now.gone, coverage, { ...read, unread: new Map([...now.around.unreadable, ...outgrown, ...read.unread]) });
    return { seen: now, coverage, parts: leftOut, look, lent: read.lent, loan };
  } catch (error) {
    await (await early?.ready())?.giveBack();
    throw error;
  } finally {
    await reading.end();
  }
}

const ignoredOf = ({ rules }: WholeParts, repository: UserRepository | undefined) => () => rules.ignoredRoots(repository);

function coverageOf({ files, leftOut }: CaptureState | Loaded, { found }: Scan, ignoredRoots: () => Promise<ReadonlySet<Path>>): Promise<Coverage> {
  let paths: ReadonlySet<Path> | undefined;
  const known = () => (paths ??= new Set(files.isEmpty ? [] : found.map((file) => file.path)));
  const unchanged = { bytes: () => files.held(known()).bytes, below: (roots: ReadonlySet<Path>) => files.heldBelow(roots, known()) };
  return decideCoverage({ found, held: (file) => files.get(file)?.blob !== undefined, leftOut, ignoredRoots, unchanged });
}

/** At the first look nearly everything must be read: that begins while the rest is still being found, but for what may be left out because it is ignored. */
class EarlyReading {
  readonly #reading: Reading;
  readonly #askIgnored: () => Promise<ReadonlySet<Path>>;
  readonly #borrow: () => Promise<Loan | undefined>;
  readonly #waiting: Found[] = [];
  #ignored: Promise<ReadonlySet<Path>> | undefined;
  #loan: Promise<Loan | undefined> | undefined;
  #ready: Promise<void> | undefined;
  #leftOut: ReadonlySet<Path> | undefined;

  constructor(reading: Reading, askIgnored: () => Promise<ReadonlySet<Path>>, borrow: () => Promise<Loan | undefined>) {
    this.#reading = reading;
    this.#askIgnored = askIgnored;
    this.#borrow = borrow;
  }

  readonly ignored = (): Promise<ReadonlySet<Path>> => (this.#ignored ??= this.#askIgnored());

  found(file: Found): void {
    if (this.#leftOut !== undefined) return this.#begin(file, this.#leftOut);
    this.#waiting.push(file);
    if (this.#waiting.length > worthThreads) this.#ready ??= this.#prepare();
  }

  /** What is lent, once it is certain what threads may read. */
  async ready(): Promise<Loan | undefined> {
    await this.#ready;
    return this.#loan;
  }

  async #prepare(): Promise<void> {
    this.#loan = this.#borrow().catch(() => undefined);
    const ignored = await this.ignored().catch(() => undefined);
    const loan = await this.#loan;
    if (loan !== undefined) this.#reading.lend(loan);
    // Whoever decides on coverage meets the same fault.
    if (ignored === undefined) return;
    this.#leftOut = ignored;
    for (const file of this.#waiting.splice(0)) this.#begin(file, ignored);
  }

  #begin(file: Found, ignored: ReadonlySet<Path>): void {
    if (!isUnder(file.path, ignored)) this.#reading.begin(file);
  }
}
