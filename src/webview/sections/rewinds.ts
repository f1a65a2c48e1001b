import type { RewindRow } from '../../core/session/view.ts';
import { el } from '../dom.ts';
import { icon } from '../icon.ts';
import { capped, pathLabel, section } from '../pieces.ts';
import { press } from '../press.ts';

const mostRewinds = 8;
const mostLeft = 6;

/** What was rewound; each of it can be undone, and the undoing too. */
export function rewinds(rows: readonly RewindRow[]): HTMLElement | undefined {
  if (rows.length === 0) return undefined;
  return section('rewinds', { title: 'Rewinds' }, el('ul', { class: 'rows' }, capped(rows, mostRewinds, rewindRow)));
}

function rewindRow(row: RewindRow): HTMLElement {
  return el('li', { key: row.id, class: 'two' },
    icon('history'),
    el('div', { class: 'grow' },
      el('div', { class: 'wrap' }, row.text),
      row.left.length === 0 ? undefined : el('ul', { class: 'left' }, capped(row.left, mostLeft, (left) => leftRow(row, left)))),
    row.undone ? el('span', { class: 'tag' }, 'undone') : undefined,
    row.redoable === true ? press({ type: 'intention', intention: { type: 'redo-rewind', rewind: row.id } }, { class: 'link', title: 'Undo the undoing: rewind it again', 'aria-label': `Redo: ${row.text}` }, 'Redo') : undefined,
    row.undone ? undefined
      : press({ type: 'intention', intention: { type: 'undo-rewind', rewind: row.id } }, { class: 'link', title: 'Put back what this rewind took away', 'aria-label': `Undo: ${row.text}` }, 'Undo'));
}

function leftRow(row: RewindRow, { path, why, conflict }: RewindRow['left'][number]): HTMLElement {
  const resolve = conflict === true ? press({ type: 'open', target: { kind: 'conflict', rewind: row.id, path } }, { class: 'link', title: `Decide about ${path} in the merge editor; nothing is written before you accept`, 'aria-label': `Resolve ${path}…` }, 'Resolve…') : undefined;
  return el('li', { key: path, title: path }, pathLabel(path), el('span', { class: 'dim' }, `left as it is: ${why}`), resolve);
}
