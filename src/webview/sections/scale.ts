import type { Scale } from '../../core/session/view.ts';
import { el, styled } from '../dom.ts';
import { layOut } from './scaleLabels.ts';

const mostMarks = 6;

/** Noise floor, threshold and nearest wrong implementation on one logarithmic line: how sharp the oracle is. */
export function scale(view: Scale): HTMLElement {
  const marks = view.marks.slice(0, mostMarks);
  const { labels, lanes } = layOut(marks);
  const drawn = el('div', { class: 'scale num', role: 'img', 'aria-label': view.label, title: view.label },
    el('span', { class: 'axis' }),
    marks.map(({ kind, at }) => styled(el('i', { class: kind }), 'left', `${inside(at)}%`)),
    labels.map(({ text, at, lane, anchor }) => styled(styled(el('span', { class: `label ${anchor}` }, text), 'left', `${at}%`), '--lane', String(lane))));
  return styled(drawn, '--lanes', String(lanes));
}

/** Positions outside the line are drawn at its end. */
function inside(at: number): number {
  return Math.min(100, Math.max(0, at));
}
