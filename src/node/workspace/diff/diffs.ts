import type { Blob, FileDiff, Hunk, LineCounts, Path, TreeId } from '../../../core/session/changes.ts';
import type { Blobs } from '../store/blobs.ts';
import { decodeBytes, encodeText, linesOf, looksBinary } from '../common/bytes.ts';
import { hunksOf } from './hunks.ts';
import type { LeftOutLists } from '../store/leftOut.ts';
import { countsOf, type LineChange, lineChanges, settled } from './lineDiff.ts';
import { linkMode } from '../disk/content.ts';
import { emptyBlob, gitObject } from '../git/objects.ts';
import { Recent } from '../common/recent.ts';
import type { Store } from '../store/store.ts';
import { differences, fileAt, type TreeChange } from '../store/tree.ts';
import type { Trees } from '../store/trees.ts';

/** Contents up to this size are compared in this process, in bytes; git compares larger ones, which is slower for small ones. */
const comparedHere = 1024 * 1024;
/** Contents beyond this size have no hunks, in bytes. */
const largestWithHunks = 8 * 1024 * 1024;

/** Lines of hunks that are kept for the next time: a list of them is asked for after every write, and most are as before. */
const hunkLines = 200_000;
/** So many characters count as one more line there: a bundle is one line of megabytes. */
const charactersOfLine = 256;
/** About the most characters of hunks that are answered at once; they are in memory together, and go from thread to thread. */
const answeredCharacters = 8 * 1024 * 1024;

/** Changes of files whose counted lines are kept: the whole diff is measured after every write of a session, and most of it is as before. */
const countedFiles = 100_000;

type Sides = Pick<TreeChange, 'before' | 'after'>;

/** Differences between checkpoints, in files, lines and hunks. */
export class Diffs {
  readonly #store: Store;
  readonly #blobs: Blobs;
  readonly #trees: Trees;
  readonly #leftOut: LeftOutLists;
  readonly #counts = new Recent<LineCounts>(countedFiles, () => 1);
  readonly #hunks = new Recent<readonly Hunk[]>(hunkLines, (hunks) => hunks.reduce((sum, hunk) => sum + hunk.lines.length, 1 + charactersOf(hunks) / charactersOfLine));

  constructor(parts: { readonly store: Store; readonly blobs: Blobs; readonly trees: Trees; readonly leftOut: LeftOutLists }) {
    this.#store = parts.store;
    this.#blobs = parts.blobs;
    this.#trees = parts.trees;
    this.#leftOut = parts.leftOut;
  }

  /** Every path that differs, sorted. What only one of the trees covers is not a difference. */
  async diff(from: TreeId, to: TreeId): Promise<FileDiff[]> {
    const changes = await this.changes(from, to);
    const counts = await this.#countAll(changes);
    return changes.map((change, at) => ({ ...change, ...(counts[at] ?? unchanged) }));
  }

  /** The same without looking at any content. */
  async changes(from: TreeId, to: TreeId): Promise<TreeChange[]> {
    if (from === to) return [];
    const [before, after] = [await this.#trees.get(from), await this.#trees.get(to)];
    const changes = await this.#leftOut.real(before, after, differences(before, after));
    return changes.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  }

  /**
   * Of each of these, in their order, or of the first of them, where all would be too much at once. None for binary and for very large files, for
   * links, and where only the mode changed.
   */
  async hunks(diffs: readonly FileDiff[]): Promise<readonly (readonly Hunk[])[]> {
    const known = diffs.map((diff) => (hasLines(diff) ? this.#hunks.get(hunksKey(diff)) : []));
    const contents = this.#blobs.readAll(diffs.flatMap((diff, at) => (known[at] === undefined ? oidsOf(diff) : [])), largestWithHunks);
    const found: (readonly Hunk[])[] = [];
    let characters = 0;
    try {
      for (const [at, diff] of diffs.entries()) {
        const hunks = known[at] ?? (await this.#hunksBetween(diff, (await contents.next()).value, (await contents.next()).value));
        if (known[at] === undefined) this.#hunks.set(hunksKey(diff), hunks);
        found.push(hunks);
        characters += charactersOf(hunks);
        if (characters > answeredCharacters) break;
      }
    } finally {
      await contents.return(undefined);
    }
    return found;
  }

  /** A side is undefined where it is too large to have hunks. */
  async #hunksBetween(diff: FileDiff, before: Buffer | undefined, after: Buffer | undefined): Promise<readonly Hunk[]> {
    if (before === undefined || after === undefined || looksBinary(before) || looksBinary(after)) return [];
    const [old, now] = [linesOf(decodeBytes(before)), linesOf(decodeBytes(after))];
    return hunksOf(diff.path, old, now, settled(old, now, lineChanges(old, now) ?? (await this.#askGit(diff))));
  }

  /** Lines of a change that is only proposed: `path` had `content`, or were deleted (null). Undefined where nothing would change; a file without lines that comes or goes is a change. */
  async countLines(path: Path, content: string | null, tree: TreeId): Promise<LineCounts | undefined> {
    const before = fileAt(await this.#trees.get(tree), path);
    const object = content === null ? undefined : gitObject('blob', encodeText(content));
    if (object !== undefined) this.#blobs.note(object.oid, object.body);
    const sides: Sides = { ...(before === undefined ? {} : { before }), ...(object === undefined ? {} : { after: { oid: object.oid, mode: '100644' } }) };
    if (before?.oid === object?.oid) return undefined;
    const [old, now] = [await this.#oldSide(before), object?.body ?? Buffer.alloc(0)];
    return this.#count(sides, old, now, async () => { if (object !== undefined) await this.#store.write([object]); });
  }

  async #oldSide(before: Blob | undefined): Promise<Buffer | undefined> {
    return (await this.#sides(before === undefined ? {} : { before }, comparedHere))[0];
  }

  /** Of each of these, in their order: what is kept may be fewer than there are. */
  async #countAll(changes: readonly TreeChange[]): Promise<readonly (LineCounts | undefined)[]> {
    const found = changes.map((change) => this.#counts.get(keyOf(change)));
    const open = [...changes.entries()].filter(([at]) => found[at] === undefined);
    const contents = this.#blobs.readAll(open.flatMap(([, change]) => oidsOf(change)), comparedHere);
    try {
      for (const [at, change] of open) {
        const [before, after] = [(await contents.next()).value, (await contents.next()).value];
        const counts = await this.#count(change, before, after);
        this.#counts.set(keyOf(change), counts);
        found[at] = counts;
      }
    } finally {
      await contents.return(undefined);
    }
    return found;
  }

  /** A side is undefined where it is too large to be compared here. */
  async #count(sides: Sides, before: Buffer | undefined, after: Buffer | undefined, store: () => Promise<void> = async () => undefined): Promise<LineCounts> {
    if (sides.before?.oid === sides.after?.oid) return unchanged;
    if (before !== undefined && after !== undefined) {
      if (looksBinary(before) || looksBinary(after)) return { ...unchanged, binary: true };
      const changes = lineChanges(linesOf(decodeBytes(before)), linesOf(decodeBytes(after)));
      if (changes !== undefined) return { ...countsOf(changes), binary: false };
    }
    await store();
    const { stdout } = await this.#store.git.run({ args: ['diff', '--numstat', ...plainDiff, ...oidsOf(sides)] });
    const match = /^(\d+|-)\t(\d+|-)\t/.exec(stdout.toString('latin1'));
    return match?.[1] === '-' ? { ...unchanged, binary: true } : { added: Number(match?.[1] ?? 0), removed: Number(match?.[2] ?? 0), binary: false };
  }

  async #askGit(sides: Sides): Promise<LineChange[]> {
    const { stdout } = await this.#store.git.run({ args: ['diff', '-U0', '--text', ...plainDiff, ...oidsOf(sides)] });
    return Array.from(stdout.toString('latin1').matchAll(/^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/gm), ([, ...numbers]) => {
      const [oldStart, oldLines, newStart, newLines] = [Number(numbers[0]), Number(numbers[1] ?? 1), Number(numbers[2]), Number(numbers[3] ?? 1)];
      return { oldStart: oldLines === 0 ? oldStart : oldStart - 1, oldLines, newStart: newLines === 0 ? newStart : newStart - 1, newLines };
    });
  }

  async #sides(sides: Sides, limit: number): Promise<(Buffer | undefined)[]> {
    const contents: (Buffer | undefined)[] = [];
    for await (const bytes of this.#blobs.readAll(oidsOf(sides), limit)) contents.push(bytes);
    return contents;
  }
}

const plainDiff = ['--no-color', '--no-ext-diff', '--no-textconv', '--no-renames', '--diff-algorithm=myers', '--no-indent-heuristic'];
const unchanged: LineCounts = { added: 0, removed: 0, binary: false };
const oidsOf = (sides: Sides): string[] => [sides.before?.oid ?? emptyBlob, sides.after?.oid ?? emptyBlob];
const keyOf = (sides: Sides): string => oidsOf(sides).join(':');
const charactersOf = (hunks: readonly Hunk[]): number => hunks.reduce((sum, { lines, context }) => sum + lengthOf(lines) + lengthOf(context?.before ?? []) + lengthOf(context?.after ?? []), 0);
const lengthOf = (lines: readonly string[]): number => lines.reduce((sum, line) => sum + line.length, 0);
const hunksKey = (diff: FileDiff): string => `${keyOf(diff)}:${diff.path}`;
const hasLines = ({ binary, before, after }: FileDiff): boolean => !binary && before?.oid !== after?.oid && before?.mode !== linkMode && after?.mode !== linkMode;
