import type { Fix, Problem } from './contract.ts';

/** UTF-16 offsets in a text; the end is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A problem before its offsets are lines and columns. */
export interface Remark {
  readonly span: Span;
  readonly path: string;
  readonly message: string;
  readonly expected?: string;
  readonly severity: 'error' | 'warning';
  readonly fixes?: readonly Fix[];
}

/** More problems than this are not read by anybody. */
const mostProblems = 300;

/** Problems in the order of the text, each once, errors before warnings if there are too many. `linePos` answers line and column of an offset, both from 1. */
export function toProblems(remarks: readonly Remark[], linePos: (offset: number) => { line: number; col: number }): readonly Problem[] {
  const seen = new Set<string>();
  return first(remarks)
    .sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end)
    .filter(({ span, message }) => !seen.has(`${span.start} ${span.end} ${message}`) && seen.add(`${span.start} ${span.end} ${message}`))
    .map(({ span, ...remark }) => {
      const [start, end] = [linePos(span.start), linePos(span.end)];
      return { ...remark, line: start.line, column: start.col, endLine: end.line, endColumn: end.col };
    });
}

function first(remarks: readonly Remark[]): Remark[] {
  const errors = remarks.filter(({ severity }) => severity === 'error');
  return [...errors, ...remarks.filter(({ severity }) => severity !== 'error')].slice(0, mostProblems);
}
