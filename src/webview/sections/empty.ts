import type { ToWebview } from '../../core/protocol.ts';
import { el } from '../dom.ts';
import { icon } from '../icon.ts';
import { capped, pathLabel, section } from '../pieces.ts';
import { press } from '../press.ts';

const mostContracts = 12;

type Empty = Extract<ToWebview, { readonly type: 'empty' }>;

/** No session: what Bounded is for in two sentences, and the ways to begin. */
export function empty({ contracts, problem, resumable }: Empty): (HTMLElement | undefined)[] {
  return [
    el('header', { key: 'head', class: 'plain-head' }, el('h1', { tabindex: -1 }, resumable === undefined ? 'No bounded task yet' : 'A task is waiting')),
    problem === undefined ? undefined : el('section', { key: 'problem', class: 'card error' }, el('h2', { class: 'question' }, icon('error', 'fail'), el('span', { class: 'grow' }, problem))),
    resumable && resume(resumable),
    begin(resumable === undefined),
    contracts.length === 0 ? undefined : section('contracts', { title: 'Contracts here' }, el('ul', { class: 'rows' }, capped(contracts, mostContracts, contractRow))),
  ];
}

function resume({ session, title, detail }: Exclude<Empty['resumable'], undefined>): HTMLElement {
  return el('section', { key: 'resumable', class: 'card' },
    el('h2', { class: 'question' }, el('span', { class: 'grow clamp', title }, title)),
    el('p', { class: 'dim num' }, detail),
    el('div', { class: 'actions' }, press({ type: 'resume', session }, { class: 'button primary', title: 'Continue this session at its last fact' }, icon('debug-continue'), 'Continue')));
}

function begin(primary: boolean): HTMLElement {
  return el('section', { key: 'begin', class: 'begin' },
    el('p', { class: 'dim' }, 'Agree on a goal, the files that may change and the check that decides. The agent then works inside that box; you can undo any part of it.'),
    press({ type: 'start' }, { class: primary ? 'button primary wide' : 'button wide' }, 'Start Bounded Task'),
    el('p', {}, press({ type: 'start-example' }, { class: 'link' }, 'Try the example task'), el('span', { class: 'dim' }, ' (two minutes, no key needed)')));
}

function contractRow(contract: string): HTMLElement {
  return el('li', { key: contract }, icon('file-code'), el('span', { class: 'grow', title: contract }, pathLabel(contract)),
    press({ type: 'start', contract }, { class: 'link', title: `Start a session on ${contract}`, 'aria-label': `Start ${contract}` }, 'Start'));
}
