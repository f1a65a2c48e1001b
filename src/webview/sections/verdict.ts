import type { Verdict } from '../../core/oracle/result.ts';
import type { ResultView } from '../../core/session/view.ts';
import { el } from '../dom.ts';
import { icon } from '../icon.ts';
import type { IconName, Tone } from '../icon.ts';
import { capped, iconButton, plusMinus } from '../pieces.ts';
import { count } from '../text.ts';

/** Only `pass` is green; what is not measured well enough asks for attention, what is wrong is red. */
export const toneOf: Readonly<Record<Verdict, Exclude<Tone, 'dim'>>> = {
  pass: 'pass', partial: 'warn', fail: 'fail', flaky: 'warn', blocked: 'warn', tampered: 'fail', unverified: 'warn',
};

const icons: Readonly<Record<Exclude<Tone, 'dim'>, IconName>> = { pass: 'pass-filled', warn: 'warning', fail: 'error' };

/** The verdict in one word, what it rests on, and how large the change is. */
export function verdict(result: ResultView): HTMLElement {
  const tone = toneOf[result.verdict];
  return el('section', { key: 'verdict', class: 'verdict' },
    el('h2', { class: `word ${tone}` }, icon(icons[tone], tone), result.verdict),
    el('p', { class: 'dim clamp' }, result.summary),
    result.because.length === 0 ? undefined : el('ul', { class: 'because dim' }, capped(result.because, 6, (reason) => el('li', {}, reason))),
    el('p', { class: 'changed num' },
      el('span', {}, count(result.changed.files, 'file')), plusMinus(result.changed.added, result.changed.removed), el('span', { class: 'dim mono tree', title: result.tree }, `tree ${result.tree}`),
      iconButton('diff-multiple', 'Open the whole diff', { type: 'open', target: { kind: 'diff' } })));
}
