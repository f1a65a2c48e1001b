import type { CellView, Grid } from '../../core/session/view.ts';
import { el, styled } from '../dom.ts';
import { icon, said } from '../icon.ts';
import { press } from '../press.ts';
import { bands, hiddenCells, worstFirst } from './gridPlan.ts';

const mostRows = 16;
const mostColumns = 24;
const widestBand = 6;
const widestLabel = 14;

/** A check's matrix: one button per cell that opens its run. Wide matrices are drawn in bands, long ones without their green rows. */
export function grid(view: Grid): HTMLElement {
  const rows = worstFirst(view.rows.map(({ cells }) => cells), mostRows);
  const columns = worstFirst(view.columns.map((_, column) => view.rows.flatMap(({ cells }) => cells[column] ?? [])), mostColumns);
  const left = hiddenCells(view, rows, columns);
  return el('div', { class: 'grids' },
    bands(columns, widestBand).map((band) => table(view, rows, band)),
    left === '' ? undefined : el('p', { class: 'dim more' }, left));
}

function table(view: Grid, rows: readonly number[], band: readonly number[]): HTMLElement {
  const widest = Math.max(view.rowAxis.length, ...rows.map((row) => view.rows[row]?.label.length ?? 0));
  const labels = styled(el('col'), 'width', `${Math.min(widest, widestLabel) + 1}ch`);
  return el('table', { class: 'grid num', key: band.join(' ') },
    el('caption', { class: 'unseen' }, `${view.rowAxis} by ${view.columnAxis}`),
    el('colgroup', {}, labels, band.map(() => el('col'))),
    el('thead', {}, axes(view, band.length), el('tr', {}, band.map((column) => label('col', view.columns[column] ?? '')))),
    el('tbody', {}, rows.map((row) => bodyRow(view, row, band))));
}

function axes({ rowAxis, columnAxis }: Grid, width: number): HTMLElement {
  return el('tr', { class: 'axes' }, el('td', { rowspan: 2, title: rowAxis }, el('span', { class: 'cut' }, rowAxis)), el('th', { colspan: width, scope: 'colgroup', title: columnAxis }, el('span', { class: 'cut' }, columnAxis)));
}

function bodyRow(view: Grid, row: number, band: readonly number[]): HTMLElement {
  const { label: name, cells } = view.rows[row] ?? { label: '', cells: [] };
  return el('tr', { key: row }, label('row', name), band.map((column) => el('td', {}, cellOf(cells[column]))));
}

function label(scope: 'row' | 'col', text: string): HTMLElement {
  return el('th', { scope, title: text }, el('span', { class: 'cut' }, text));
}

/** A cell without a log is no button: there is no run to open. */
function cellOf(cell: CellView | undefined): HTMLElement | undefined {
  if (cell === undefined) return undefined;
  const looks = { class: `cell ${cell.state}`, title: cell.label };
  const inside = [mark(cell), el('span', { class: 'figure', 'aria-hidden': 'true' }, cell.text)];
  const box = cell.log === undefined
    ? el('span', looks, said(cell.label), inside)
    : press({ type: 'open', target: { kind: 'artifact', id: cell.log } }, { ...looks, 'aria-label': cell.label }, inside);
  return styled(box, '--share', `${Math.round(100 * Math.min(1, Math.max(0, cell.share)))}%`);
}

/** Colour never speaks alone: a cell that is not green carries a sign. */
function mark({ state }: CellView): HTMLElement | undefined {
  if (state === 'fail') return icon('close');
  return state === 'blocked' ? icon('circle-slash') : undefined;
}
