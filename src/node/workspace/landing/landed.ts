import { type BigIntStats, closeSync, futimesSync, lstatSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { Path, TreeId } from '../../../core/session/changes.ts';
import { codeOf } from '../../journal/faults.ts';
import { decodeBytes, encodeText } from '../common/bytes.ts';

/** How long after a note the change that it speaks of may take, in nanoseconds. */
const slack = 1_000_000_000n;

interface Note {
  readonly path: Path;
  /** What tells the file that is about to get its place there, '' where nothing is to be there. It keeps this when it loses another name, unlike the time of its last change. */
  readonly mark: string;
}

/**
 * The paths that a landing is about to change, noted one by one before it does: when the process dies in it, whoever takes it to its end knows what was
 * the command's already. It need not outlive a power cut: what is not noted counts as the user's then.
 */
export class LandedNotes {
  readonly #descriptor: number;
  /** What an earlier process noted that is as it left it: what has changed since it was at work last is not counted. */
  readonly earlier: readonly Path[];

  /** `look`: what is at a path, before this landing changes anything. */
  constructor(layer: string, look: (path: Path) => BigIntStats | undefined) {
    const file = path.join(layer, 'landed');
    const { notes, until } = notesIn(file);
    const kept = notes.filter(({ path: of, mark }) => {
      const there = look(of);
      return there === undefined ? mark === '' : there.ctimeNs <= until + slack || mark === markOf(there);
    });
    this.earlier = kept.map((one) => one.path);
    // Only these: what the user has changed since would be as old as the notes of this landing for the next one.
    writeFileSync(`${file}.part`, Buffer.concat(kept.map(bytesOf)), { mode: 0o600 });
    renameSync(`${file}.part`, file);
    this.#descriptor = openSync(file, 'a');
  }

  /** `comes`: the file that is about to get its place there. */
  add(of: Path, comes: BigIntStats | undefined): void {
    writeSync(this.#descriptor, bytesOf({ path: of, mark: comes === undefined ? '' : markOf(comes) }));
  }

  /** What was noted has been done: whatever changes later was changed by another. */
  done(): void {
    const now = new Date();
    futimesSync(this.#descriptor, now, now);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

const markOf = ({ dev, ino, size, mtimeNs, mode }: BigIntStats): string => `${dev}:${ino}:${size}:${mtimeNs}:${mode}`;

const bytesOf = ({ path: of, mark }: Note): Buffer => Buffer.concat([encodeText(of), Buffer.from(`\0${mark}\0`)]);

/** The notes of an earlier process, and when it was at work last, in nanoseconds. One that a full disk cut off is none. */
function notesIn(file: string): { readonly notes: readonly Note[]; readonly until: bigint } {
  try {
    const [bytes, { mtimeNs }] = [readFileSync(file), lstatSync(file, { bigint: true })];
    const fields = bytes.toString('latin1').split('\0').slice(0, -1);
    const notes = fields.flatMap((mark, index) => (index % 2 === 0 ? [] : [{ path: decodeBytes(Buffer.from(fields[index - 1] ?? '', 'latin1')), mark }]));
    return { notes, until: mtimeNs };
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return { notes: [], until: 0n };
  }
}

/**
 * The tree that the command of a layer began with: `before` at its first landing, and the same at each that takes that one to its end. What the user changed
 * while the command ran may be recorded in between, and would be taken for what the command had found.
 */
export function begunWith(layer: string, before: TreeId): TreeId {
  const file = path.join(layer, 'before');
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    writeFileSync(`${file}.part`, before, { mode: 0o600 });
    renameSync(`${file}.part`, file);
    return before;
  }
}
