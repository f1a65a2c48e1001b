import type { NewestSession, ToWebview } from '../../core/protocol.ts';
import { el } from '../dom.ts';
import { icon } from '../icon.ts';
import { capped, pathLabel, section } from '../pieces.ts';
import { press } from '../press.ts';

const mostContracts = 12;

type Empty = Extract<ToWebview, { readonly type: 'empty' }>;

/** No session: what Bounded is for in two sentences, and the ways to begin. */
export function empty({ contracts, problem, newest }: Empty): (HTMLElement | undefined)[] {
  return [
    el('header', { key: 'head', class: 'plain-head' }, el('h1', { tabindex: -1 }, newest === undefined ? 'No bounded task yet' : words[newest.stands].heading)),
    problem === undefined ? undefined : el('section', { key: 'problem', class: 'card error' }, el('h2', { class: 'question' }, icon('error', 'fail'), el('span', { class: 'grow' }, problem))),
    newest && resume(newest),
    begin(newest?.stands !== 'to-continue'),
    contracts.length === 0 ? undefined : section('contracts', { title: 'Contracts here' }, el('ul', { class: 'rows' }, capped(contracts, mostContracts, contractRow))),
  ];
}

const words: Readonly<Record<NewestSession['stands'], { readonly heading: string; readonly button: string; readonly title: string; readonly note?: string }>> = {
  'to-continue': { heading: 'A task is waiting', button: 'Continue', title: 'Continue this session at its last fact' },
  'ended': { heading: 'The last task has ended', button: 'Open', title: 'Show what it came to: look at it, keep it, or take any of it back' },
  'elsewhere': { heading: 'A task is open elsewhere', button: 'Continue here', title: 'Take this session up here, once no other window and no terminal has it', note: 'Another window or a terminal has it. Decide there, or close it and continue here.' },
};

function resume({ session, title, detail, stands }: NewestSession): HTMLElement {
  const { button, title: tip, note } = words[stands];
  return el('section', { key: 'newest', class: 'card' },
    el('h2', { class: 'question' }, el('span', { class: 'grow clamp', title }, title)),
    el('p', { class: 'dim num' }, detail),
    note === undefined ? undefined : el('p', {}, note),
    el('div', { class: 'actions' }, press({ type: 'resume', session }, { class: stands === 'to-continue' ? 'button primary' : 'button', title: tip }, stands === 'ended' ? undefined : icon('debug-continue'), button)));
}

function begin(primary: boolean): HTMLElement {
  return el('section', { key: 'begin', class: 'begin' },
    el('p', { class: 'dim' }, 'Agree on a goal, the files that may change and the check that decides. The agent then works inside that box; you can undo any part of it.'),
    press({ type: 'start' }, { class: primary ? 'button primary wide' : 'button wide' }, 'Start Bounded Task'),
    el('p', {}, press({ type: 'start-example' }, { class: 'link' }, 'Try the example task'), el('span', { class: 'dim' }, ' (two minutes, no key needed)')));
}

function contractRow(contract: string): HTMLElement {
  return el('li', { key: contract }, icon('file-code'), el('span', { class: 'grow', title: contract }, pathLabel(contract.replace(/\.bounded\.ya?ml$/, ''))),
    press({ type: 'start', contract }, { class: 'link', title: `Start a session on ${contract}`, 'aria-label': `Start ${contract}` }, 'Start'));
}
