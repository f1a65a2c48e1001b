import type { Path } from '../../../core/session/changes.ts';
import type { Weight } from './knownFiles.ts';
import { Pace } from '../common/pace.ts';
import { isUnder, rootOf } from '../disk/places.ts';
import type { Found } from './scan.ts';

/** Largest file that a checkpoint holds, in bytes. */
export const largestFile = 256 * 1024 * 1024;
/** Ignored files are held until they come to this, in bytes. */
export const ignoredBytes = 64 * 1024 * 1024;

/** Why something is left out of which an earlier look said why. */
export const seenBefore = 'too large when it was first seen';

export interface CoverageInput {
  /** Files that are new or have changed. Those that stand as they were are decided. */
  readonly found: readonly Found[];
  /** What was held and stands as it was. */
  readonly unchanged: Unchanged;
  /** Whether the last checkpoint held the path: what is held once stays held. */
  readonly held: (path: Path) => boolean;
  /** Paths, with everything below them, that the last checkpoint left out: they stay out as long as they exist. */
  readonly leftOut: { readonly size: number; has(path: Path): boolean };
  /** Asked only where it matters. */
  readonly ignoredRoots: () => Promise<ReadonlySet<Path>>;
  readonly limits?: { readonly file: number; readonly ignored: number };
}

/** Files that checkpoints hold and that are not among the found ones. */
export interface Unchanged {
  /** All their bytes. */
  bytes(): number;
  /** The files at or below each of these paths, counted by the nearest. */
  below(roots: ReadonlySet<Path>): ReadonlyMap<Path, Weight>;
}

export interface Coverage {
  readonly covered: readonly Found[];
  /** Files that are held but have grown too large; their last content stands for them. */
  readonly outgrown: readonly Found[];
  /** Those of the found files that are left out, by their topmost path, with the reason. */
  readonly leftOut: ReadonlyMap<Path, { readonly why: string; readonly files: readonly Found[] }>;
}

/**
 * Decides which files a checkpoint holds: everything but single files beyond the size limit, and ignored folders beyond
 * the limit for all ignored files, the smallest first. Decisions last, because a path that enters or leaves the
 * checkpoints without having changed would look created or deleted.
 */
export async function decideCoverage(input: CoverageInput): Promise<Coverage> {
  const limits = input.limits ?? { file: largestFile, ignored: ignoredBytes };
  const covered: Found[] = [];
  const outgrown: Found[] = [];
  const fresh: Found[] = [];
  const leftOut = new LeftOut();
  const pace = new Pace();
  for (const file of input.found) {
    if (pace.due) await pace.rest();
    const root = rootOf(file.path, input.leftOut);
    if (input.held(file.path)) (file.size > limits.file ? outgrown : covered).push(file);
    else if (root !== undefined) leftOut.add(root, seenBefore, file);
    else if (file.size > limits.file) leftOut.add(file.path, 'larger than 256 MiB', file);
    else fresh.push(file);
  }
  if (fresh.length === 0 || sum(covered) + sum(fresh) + input.unchanged.bytes() <= limits.ignored) return { covered: [...covered, ...fresh], outgrown, leftOut: leftOut.roots };
  const ignored = await input.ignoredRoots();
  const groups = await groupByRoot(fresh, ignored);
  const unchanged = input.unchanged.below(ignored);
  let used = sum(covered.filter((file) => isUnder(file.path, ignored)));
  for (const { bytes } of unchanged.values()) used += bytes;
  for (const file of groups.get(undefined) ?? []) covered.push(file);
  for (const [root, files] of bySize(groups)) {
    used += sum(files);
    if (used <= limits.ignored) for (const file of files) covered.push(file);
    else leaveOut(leftOut, root, files, holdsSome(root, covered, unchanged));
  }
  return { covered, outgrown, leftOut: leftOut.roots };
}

/** The folder as a whole, unless a checkpoint holds some of it; then file by file. */
function leaveOut(leftOut: LeftOut, root: Path, files: readonly Found[], partly: boolean): void {
  for (const file of files) leftOut.add(partly ? file.path : root, 'ignored, and more than 64 MiB of ignored files', file);
}

const holdsSome = (root: Path, covered: readonly Found[], unchanged: ReadonlyMap<Path, Weight>): boolean =>
  (unchanged.get(root)?.files ?? 0) > 0 || covered.some((file) => file.path === root || file.path.startsWith(`${root}/`));

class LeftOut {
  readonly roots = new Map<Path, { readonly why: string; readonly files: Found[] }>();

  add(root: Path, why: string, file: Found): void {
    const known = this.roots.get(root);
    if (known === undefined) this.roots.set(root, { why, files: [file] });
    else known.files.push(file);
  }
}

/** Not ignored files come under `undefined`. */
async function groupByRoot(files: readonly Found[], ignored: ReadonlySet<Path>): Promise<Map<Path | undefined, Found[]>> {
  const groups = new Map<Path | undefined, Found[]>();
  const pace = new Pace();
  for (const file of files) {
    if (pace.due) await pace.rest();
    const root = rootOf(file.path, ignored);
    const group = groups.get(root);
    if (group === undefined) groups.set(root, [file]);
    else group.push(file);
  }
  return groups;
}

const bySize = (groups: ReadonlyMap<Path | undefined, readonly Found[]>): (readonly [Path, readonly Found[]])[] =>
  [...groups].flatMap(([root, files]) => (root === undefined ? [] : [[root, files] as const])).sort((a, b) => sum(a[1]) - sum(b[1]) || (a[0] < b[0] ? -1 : 1));

const sum = (files: readonly Found[]): number => files.reduce((total, file) => total + file.size, 0);
