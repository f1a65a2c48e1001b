import type { BoundaryRow, View } from '../../core/session/view.ts';
import { el } from '../dom.ts';
import type { Child } from '../dom.ts';
import { icon, said } from '../icon.ts';
import type { IconName, Tone } from '../icon.ts';
import { capped, iconButton, pair, plusMinus, section } from '../pieces.ts';
import { press } from '../press.ts';

const mostRows = 24;

/** The spine of a session. Every finished row leads back: rewind to it, or see what it holds. */
export function boundaries(view: View): HTMLElement {
  const { attempt, rows } = view.boundaries;
  const changed = rows.some(({ added, removed }) => (added ?? 0) + (removed ?? 0) > 0);
  return section('boundaries', {
    title: 'Boundaries',
    note: `attempt ${attempt}`,
    opener: changed ? iconButton('diff-multiple', 'Open the whole diff', { type: 'open', target: { kind: 'diff' } }) : undefined,
  }, el('ol', { class: 'spine' }, capped(rows, mostRows, (row) => spineRow(row, view.state))));
}

function spineRow(row: BoundaryRow, session: View['state']): HTMLElement {
  const [name, tone, word, more] = mark(row.state, session);
  return el('li', { key: `${row.boundary ?? ''} ${row.name}`, class: row.state, 'aria-current': row.state === 'now' || row.state === 'waiting' ? 'step' : undefined },
    icon(name, tone, more), said(word),
    el('div', { class: 'grow' }, pair(rowName(row), figures(row)), row.detail === '' ? undefined : el('div', { class: 'sub', title: row.detail }, row.detail)),
    el('span', { class: 'slot' }, row.boundary === undefined ? undefined
      : iconButton('discard', `Rewind to ${row.name}`, { type: 'intention', intention: { type: 'rewind-boundary', to: row.boundary } }, 'rewind')));
}

function rowName({ boundary, name }: BoundaryRow): HTMLElement {
  if (boundary === undefined) return el('span', { class: 'cut', title: name }, name);
  return press({ type: 'open', target: { kind: 'boundary-diff', boundary } }, { class: 'plain cut', title: `Show what changed in ${name}` }, name);
}

function figures({ figures, added, removed }: BoundaryRow): Child {
  if (added === undefined && removed === undefined) return figures;
  return [figures === '' ? undefined : `${figures} `, plusMinus(added ?? 0, removed ?? 0)];
}

/** Icon, tone and word of a row. Only a session that works shows a phase that moves. */
function mark(state: BoundaryRow['state'], session: View['state']): readonly [IconName, Tone | undefined, string, string] {
  if (state === 'done') return ['pass-filled', 'pass', 'done', ''];
  if (state === 'waiting') return ['bell', 'warn', 'waits for you', ''];
  if (state === 'todo') return ['circle-large-outline', 'dim', 'to do', ''];
  if (session === 'paused') return ['debug-pause', 'warn', 'paused', ''];
  if (session === 'ended') return ['debug-stop', undefined, 'ended here', ''];
  return ['loading', undefined, 'now', 'spin'];
}
