import type { View } from '../../core/session/view.ts';
import { el } from '../dom.ts';
import { icon } from '../icon.ts';
import { capped, folded, nothing, section } from '../pieces.ts';

const mostGlobs = 16;

type Scope = View['scope'];

/** What may change and what must not, open: while the plan is decided. */
export function scope(view: Scope): HTMLElement[] {
  return [
    section('change', { title: 'May change', note: view.limit }, allowed(view)),
    ...(view.never.length === 0 ? [] : [section('never', { title: 'Must not change' }, forbidden(view))]),
  ];
}

/** The same, folded. */
export function scopeFolded(view: Scope): HTMLElement {
  return folded('scope', { title: 'Scope', note: view.limit }, false,
    el('p', { class: 'dim label' }, 'May change'), allowed(view),
    view.never.length === 0 ? undefined : [el('p', { class: 'dim label' }, 'Must not change'), forbidden(view)]);
}

function allowed({ change }: Scope): HTMLElement {
  return change.length === 0 ? nothing('Nothing may change.') : el('ul', { class: 'globs' }, capped(change, mostGlobs, (glob) => el('li', { class: 'glob', title: glob }, glob)));
}

function forbidden({ never }: Scope): HTMLElement {
  return el('ul', { class: 'globs' }, capped(never, mostGlobs, (glob) => el('li', { class: 'glob never', title: glob }, icon('lock'), el('span', { class: 'cut' }, glob))));
}
