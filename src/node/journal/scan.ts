import { breakOfChain, genesis } from '../../core/session/entries.ts';
import type { Entry } from '../../core/session/events.ts';
import { fileLines, type FileLine } from './fileLines.ts';
import { readLine, sha256 } from './line.ts';

/** The last good line of a journal; where there is none, `seq` is 0 and both offsets are 0. */
export interface Tail {
  readonly seq: number;
  /** SHA-256 of the line, or `genesis`. */
  readonly hash: string;
  readonly start: number;
  /** Offset after the end-of-line: where the next record begins. */
  readonly end: number;
}

/** Where a journal stops being what was written. `line` counts from 1 and is the `seq` that the line should have. */
export interface JournalProblem {
  readonly line: number;
  readonly why: string;
}

export interface JournalScan {
  readonly tail: Tail;
  /** The chain is broken and bytes follow, or a whole line is not ours: nothing may be written here. */
  readonly problem?: JournalProblem;
  /** The last line is incomplete: it is being written, or was when its writer died. */
  readonly torn?: JournalProblem;
}

export const emptyTail: Tail = { seq: 0, hash: genesis, start: 0, end: 0 };

/**
 * Reads a journal once from its start and hands over every entry of the unbroken chain, in order. Stops at the first
 * line that does not belong to it. Rejects only when the file cannot be read.
 */
export async function scanJournal(file: string, take: (entry: Entry) => void): Promise<JournalScan> {
  let tail = emptyTail;
  let torn: JournalProblem | undefined;
  for await (const line of fileLines(file)) {
    if (torn !== undefined) return { tail, problem: torn };
    const judged = judge(line, tail);
    if (judged.entry === undefined) {
      const problem = { line: tail.seq + 1, why: judged.why };
      if (!judged.mayBeTorn) return { tail, problem };
      torn = problem;
      continue;
    }
    take(judged.entry);
    tail = { seq: judged.entry.seq, hash: sha256(line.bytes), start: line.start, end: line.start + line.bytes.length + 1 };
  }
  return torn === undefined ? { tail } : { tail, torn };
}

/** An incomplete line is a torn write if it is the last. */
function judge(line: FileLine, before: Tail): { readonly entry: Entry } | { readonly entry?: never; readonly why: string; readonly mayBeTorn: boolean } {
  if (!line.terminated) return { why: 'it was cut off', mayBeTorn: true };
  const reading = readLine(line.bytes);
  if (reading.kind !== 'entry') return { why: reading.why, mayBeTorn: reading.kind === 'incomplete' };
  const why = breakOfChain(reading.entry, before);
  return why === undefined ? { entry: reading.entry } : { why, mayBeTorn: false };
}
