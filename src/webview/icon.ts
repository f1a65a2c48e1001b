import { el } from './dom.ts';

/** The codicons that `media/codicons.css` draws. */
export const iconNames = [
  'account', 'beaker', 'bell', 'check', 'checklist', 'circle-large-outline', 'circle-slash', 'close', 'comment', 'comment-discussion', 'debug-continue',
  'debug-pause', 'debug-stop', 'diff-multiple', 'discard', 'edit', 'error', 'eye', 'file-code', 'go-to-file', 'history', 'law', 'loading', 'lock', 'milestone',
  'notebook', 'pass-filled', 'question', 'report', 'search', 'sync', 'telescope', 'terminal', 'tools', 'warning',
] as const;

export type IconName = (typeof iconNames)[number];

export type Tone = 'pass' | 'fail' | 'warn' | 'dim';

/** An icon beside a word. It is hidden from screen readers: the word, or `said`, carries the meaning. */
export function icon(name: IconName, tone?: Tone, more = ''): HTMLSpanElement {
  const classes = ['codicon', `codicon-${name}`, tone, more].filter((part) => part !== undefined && part !== '');
  return el('span', { class: classes.join(' '), 'aria-hidden': 'true' });
}

/** A word for screen readers where the eye sees an icon or a colour. */
export function said(word: string): HTMLSpanElement {
  return el('span', { class: 'unseen' }, word);
}
