import type { LeftPath, MovedPath } from '../core/session/facts.ts';
import type { Path } from '../core/session/changes.ts';
import { shownPath } from '../core/session/shownPath.ts';
import { someNamed } from '../core/session/someOf.ts';
import { count } from '../core/session/view/figures.ts';

/** What came of an intention; `message` is for people. */
export interface Acted {
  readonly ok: boolean;
  readonly message: string;
  /** What a rewind left because the user changed the same lines: they decide. */
  readonly conflicts?: { readonly rewind: string; readonly paths: readonly Path[] };
}

/** A rewind in words: how many files, what was left and why, what was put aside. */
export function describeRestored(done: number, left: readonly LeftPath[], moved?: readonly MovedPath[]): string {
  const rest = left.length === 0 ? '' : `; left alone: ${someNamed(left, (one) => `${shownPath(one.path)} (${one.why})`)}`;
  return `${count(done, 'file')} restored${rest}${movedInWords(moved)}`;
}

/** Where it is kept what stood in the place of a file. */
export function movedInWords(moved: readonly MovedPath[] = []): string {
  return moved.map(({ path, to }) => `; what was in the place of ${shownPath(path)} is kept in ${shownPath(to)}`).join('');
}
