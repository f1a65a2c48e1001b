import type { CellView, Grid } from '../../core/session/view.ts';
import { count } from '../text.ts';

const severity: Readonly<Record<CellView['state'], number>> = { fail: 3, blocked: 2, 'not-run': 1, pass: 0 };

/** Indexes of the `most` lines (rows or columns) that matter most, in their own order: a line that is not green never gives way to a green one. */
export function worstFirst(lines: readonly (readonly CellView[])[], most: number): number[] {
  const worst = lines.map((cells, index) => ({ index, rank: Math.max(0, ...cells.map(({ state }) => severity[state])) }));
  const chosen = worst.toSorted((a, b) => b.rank - a.rank || a.index - b.index).slice(0, most);
  return chosen.map(({ index }) => index).toSorted((a, b) => a - b);
}

/** Splits columns into bands of nearly equal width, at most `widest` each. */
export function bands(columns: readonly number[], widest: number): number[][] {
  const number = Math.ceil(columns.length / widest);
  const width = Math.ceil(columns.length / Math.max(1, number));
  return Array.from({ length: number }, (_, band) => columns.slice(band * width, (band + 1) * width));
}

/** What is not drawn, with its states in numbers; empty when everything is drawn. */
export function hiddenCells(view: Grid, rows: readonly number[], columns: readonly number[]): string {
  const shown = { rows: new Set(rows), columns: new Set(columns) };
  const hidden = view.rows.flatMap(({ cells }, row) => cells.filter((_, column) => !shown.rows.has(row) || !shown.columns.has(column)));
  if (hidden.length === 0) return '';
  const states = Object.entries(words).map(([state, word]) => ({ word, number: hidden.filter((cell) => cell.state === state).length }));
  return `… ${count(hidden.length, 'more cell')}: ${states.filter(({ number }) => number > 0).map(({ word, number }) => `${number} ${word}`).join(', ')}`;
}

const words: Readonly<Record<CellView['state'], string>> = { fail: 'failed', blocked: 'could not run', 'not-run': 'not run', pass: 'passed' };
