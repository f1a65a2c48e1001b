import type { FromWebview } from '../../core/protocol.ts';
import type { Intention, View } from '../../core/session/view.ts';
import { el } from '../dom.ts';
import { icon } from '../icon.ts';
import type { IconName } from '../icon.ts';
import { iconButton } from '../pieces.ts';
import { toneOf } from './verdict.ts';

const mostMeta = 6;
const mostWarnings = 4;

/** What the session is, how it stands and what it has used. Stays in sight while the rest scrolls. */
export function head(view: View): HTMLElement {
  return el('header', { class: 'head', key: 'head' },
    el('h1', { tabindex: -1, title: view.title }, view.title),
    el('div', { class: 'row' }, chip(view), el('span', { class: 'grow' }), el('div', { class: 'tools', role: 'group', 'aria-label': 'Session' }, controls(view))),
    el('p', { class: 'meta num' }, view.meta.slice(0, mostMeta).map((figure, index) => [index === 0 ? '' : ' · ', el('span', {}, figure)])),
    warnings(view.warnings));
}

function chip(view: View): HTMLElement {
  return el('span', { class: `chip ${chipClass(view)}`, key: 'chip' }, icon(chipIcon(view)), el('span', { class: 'cut' }, view.chip));
}

function chipClass({ state, result }: View): string {
  if (state === 'waiting') return 'wait';
  if (state === 'paused') return 'warn-edge';
  return state === 'ended' && result !== undefined ? `${toneOf[result.verdict]}-edge` : '';
}

function chipIcon({ state, result }: View): IconName {
  if (state === 'ended') return result?.verdict === 'pass' ? 'pass-filled' : 'debug-stop';
  const icons = { starting: 'sync', working: 'sync', waiting: 'bell', paused: 'debug-pause' } as const;
  return icons[state];
}

/** Note, pause or continue, and stop, for as long as the session lives; afterwards the evidence. */
function controls({ state }: View): HTMLElement[] {
  if (state === 'ended') return [iconButton('go-to-file', 'Open the evidence', { type: 'open', target: { kind: 'report', file: 'EVIDENCE.md' } })];
  const toggle = state === 'paused' ? iconButton('debug-continue', 'Continue', wish({ type: 'continue' })) : iconButton('debug-pause', 'Pause', wish({ type: 'pause' }));
  return [
    iconButton('law', 'Open the contract', { type: 'open', target: { kind: 'contract' } }),
    iconButton('comment', 'Write a note to the model', wish({ type: 'note' })),
    toggle,
    iconButton('debug-stop', 'Stop', wish({ type: 'stop' })),
  ];
}

function wish(intention: Intention): FromWebview {
  return { type: 'intention', intention };
}

function warnings(sentences: readonly string[]): HTMLElement | undefined {
  if (sentences.length === 0) return undefined;
  const rows = sentences.slice(0, mostWarnings).map((sentence) => el('li', { class: 'warning' }, icon('warning', 'warn'), el('span', { class: 'grow' }, sentence)));
  return el('ul', { class: 'warnings', key: 'warnings', 'aria-label': 'Warnings' }, rows);
}
