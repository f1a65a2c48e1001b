import type { Meter } from '../../core/session/view.ts';
import { el, styled } from '../dom.ts';
import { icon } from '../icon.ts';
import { nothing, section } from '../pieces.ts';

const mostMeters = 12;

/** What is used of each budget. */
export function budgets(meters: readonly Meter[]): HTMLElement {
  return section('budgets', { title: 'Budgets' }, meters.length === 0 ? nothing('No budgets.') : el('div', { class: 'meters' }, meters.slice(0, mostMeters).map(row)));
}

function row({ name, used, of, share, high }: Meter): HTMLElement {
  const percent = Math.round(Math.min(100, Math.max(0, share)));
  const meaning = `${used} of ${of}${high ? ', nearly used up' : ''}`;
  return el('div', { key: name, class: high ? 'budget high' : 'budget' },
    el('span', { class: 'label', title: name }, el('span', { class: 'dim cut' }, name), high ? icon('warning', 'warn') : undefined),
    el('span', { class: 'meter', role: 'meter', 'aria-label': name, 'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-valuenow': percent, 'aria-valuetext': meaning },
      styled(el('i'), 'width', `${percent}%`)),
    el('span', { class: 'num amount' }, used, el('span', { class: 'dim' }, ` / ${of}`)));
}
