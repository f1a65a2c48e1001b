import path from 'node:path';
import type { Path } from '../../../core/session/changes.ts';
import type { Blobs } from '../store/blobs.ts';
import { Loan } from './borrow.ts';
import type { CaptureState, Loaded } from './captureState.ts';
import { type Coverage, decideCoverage } from './coverage.ts';
import { lookFirst } from './firstLook.ts';
import type { IgnoreRules } from '../repository/ignoreRules.ts';
import type { Intake } from '../store/intake.ts';
import { type Look, lookOf } from './look.ts';
import { type LeftOutPart, leftOutParts } from './leftOutParts.ts';
import { type ReadingParts, readFiles, worthThreads } from './reading.ts';
import { withThreads } from './readThreads.ts';
import { type Scan, scan, scanFew } from './scan.ts';
import type { Store } from '../store/store.ts';
import type { UserRepository } from '../repository/userRepository.ts';

export interface WholeParts {
  readonly root: string;
  readonly store: Store;
  readonly blobs: Blobs;
  readonly rules: IgnoreRules;
  readonly skip: (path: Path) => boolean;
  /** The same as expressions: a path is skipped where one of them matches. */
  readonly unseen: readonly RegExp[];
}

/** What a look at everything found. */
export interface WholeLook {
  /** What the look is against: what was known before, or what the first look made of everything plain. */
  readonly base: LookBase;
  readonly seen: Scan;
  readonly coverage: Coverage;
  readonly parts: ReadonlyMap<Path, LeftOutPart>;
  readonly look: Look;
  /** What has contents of `base` that are in no pack of ours yet. */
  readonly loan: Loan | undefined;
}

export type LookBase = Pick<Loaded, 'files' | 'tree' | 'leftOut' | 'parts'>;

/** Looks at the whole work tree, unless it is known what is to be `seen` there, and reads what has changed since `before`; its content is in the intake, or lent. */
export async function lookAtAll(parts: WholeParts, before: CaptureState | Loaded, repository: UserRepository | undefined, intake: Intake, seen?: Scan): Promise<WholeLook> {
  // A first look must know it wherever much is there: git finds it out beside the beginning of the look.
  const asked = seen === undefined && before.files.isEmpty ? parts.rules.ignoredRoots(repository) : undefined;
  asked?.catch(() => undefined);
  const askIgnored = () => asked ?? parts.rules.ignoredRoots(repository);
  const rest = (now: Scan) => lookAtRest({ ...parts, intake }, before, now, askIgnored);
  const now = seen ?? (before.files.isEmpty ? await scanFew(parts.root, parts.skip, worthThreads) : await scan(parts.root, parts.skip, before.files));
  if (now !== undefined) return { ...(await rest(now)), loan: undefined };
  const borrowing = repository === undefined ? undefined : Loan.from(path.join(repository.commonDir, 'objects'), parts.store.packs).catch(() => undefined);
  try {
    return await withThreads(parts, async (threads) => {
      const [ignored, loan] = await Promise.all([askIgnored().catch(() => undefined), borrowing]);
      // Whoever must know it to decide on coverage meets the same fault.
      if (ignored === undefined) return { ...(await rest(await scan(parts.root, parts.skip))), loan };
      const first = await lookFirst({ ...parts, intake, threads }, new Set([...ignored, ...before.leftOut]), loan);
      return { ...(await lookAtRest({ ...parts, intake, threads }, { ...before, ...first }, first.rest, async () => ignored)), loan };
    });
  } catch (error) {
    await (await borrowing)?.giveBack();
    throw error;
  }
}

/** Decides on what was `seen`, and reads it. */
async function lookAtRest(parts: Omit<ReadingParts, 'known'>, base: LookBase, seen: Scan, ignored: () => Promise<ReadonlySet<Path>>): Promise<Omit<WholeLook, 'loan'>> {
  const coverage = await coverageOf(base, seen, ignored);
  const leftOut = await leftOutParts(base.parts, base.leftOut, base.files, coverage, seen.gone);
  const read = await readFiles({ ...parts, known: base.files }, coverage.covered);
  const outgrown = coverage.outgrown.map((file): [Path, string] => [file.path, 'it has grown larger than 256 MiB']);
  const look = await lookOf(base.files, seen.gone, coverage, { ...read, unread: new Map([...seen.around.unreadable, ...outgrown, ...read.unread]) });
  return { base, seen, coverage, parts: leftOut, look };
}

function coverageOf({ files, leftOut }: LookBase, { found }: Scan, ignoredRoots: () => Promise<ReadonlySet<Path>>): Promise<Coverage> {
  let paths: ReadonlySet<Path> | undefined;
  const known = () => (paths ??= new Set(files.isEmpty ? [] : found.map((file) => file.path)));
  const unchanged = { bytes: () => files.held(known()).bytes, below: (roots: ReadonlySet<Path>) => files.heldBelow(roots, known()) };
  return decideCoverage({ found, held: (file) => files.get(file)?.blob !== undefined, leftOut, ignoredRoots, unchanged });
}
