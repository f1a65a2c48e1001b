import type { BoundaryRow, ResultView } from '../../core/session/view.ts';
import { el } from '../dom.ts';
import { icon, said } from '../icon.ts';
import { capped, iconButton, nothing, pair, pathLabel, section } from '../pieces.ts';
import { count } from '../text.ts';

const mostRows = 24;
const mostClaims = 12;

/** Numbers first, then what the numbers do not support, then what nobody measured. */
export function result(view: ResultView, boundaries: readonly BoundaryRow[]): (HTMLElement | undefined)[] {
  const reviewed = view.findings.length > 0 || boundaries.some(({ name, state }) => name.startsWith('review') && state === 'done');
  return [measured(view), claims(view), notMeasured(view), review(view, reviewed), yours(view)];
}

function measured({ measured }: ResultView): HTMLElement {
  const met = measured.filter((row) => row.met).length;
  return section('measured', { title: 'Measured', note: measured.length === 0 ? undefined : `${met} of ${measured.length} met` },
    measured.length === 0 ? el('p', { class: 'line' }, icon('warning', 'warn'), 'Nothing was measured.')
      : el('ul', { class: 'rows num' }, capped(measured, mostRows, ({ name, figure, met }) =>
        el('li', {}, met ? icon('pass-filled', 'pass') : icon('error', 'fail'), said(met ? 'met' : 'missed'), pair(el('span', {}, name), figure)))));
}

function claims({ claims }: ResultView): HTMLElement {
  if (claims.length === 0) return section('claims', { title: 'Claims without support', note: 'none' });
  return section('claims', { title: 'Claims without support', note: String(claims.length) }, el('ul', { class: 'rows' }, capped(claims, mostClaims, ({ text, why, support }) =>
    el('li', { class: 'two' }, support === 'contradicted' ? icon('error', 'fail') : icon('comment-discussion', 'warn'),
      el('div', { class: 'grow' }, el('div', { class: 'wrap clamp' }, `“${text}”`), el('div', { class: 'dim wrap' }, `${support} · ${why}`))))));
}

function notMeasured({ notMeasured }: ResultView): HTMLElement | undefined {
  if (notMeasured.length === 0) return undefined;
  return section('not-measured', { title: 'Not measured' }, el('ul', { class: 'rows' }, capped(notMeasured, mostRows, (text) =>
    el('li', {}, icon('circle-large-outline', 'dim', 'small'), el('span', { class: 'grow wrap' }, text)))));
}

/** That nothing was found counts only where somebody looked. */
function review({ findings }: ResultView, reviewed: boolean): HTMLElement {
  if (!reviewed) return section('review', { title: 'Review', note: 'not reviewed' });
  const open = findings.filter((finding) => finding.open).length;
  const note = findings.length === 0 ? 'fresh context' : `${count(findings.length, 'finding')}, ${open === 0 ? 'all answered' : `${open} open`}`;
  return section('review', { title: 'Review', note, opener: iconButton('go-to-file', 'Open REVIEW.md', { type: 'open', target: { kind: 'report', file: 'REVIEW.md' } }) },
    findings.length === 0 ? nothing('No findings.') : el('ul', { class: 'rows' }, capped(findings, mostRows, (finding) =>
      el('li', { class: 'two' }, finding.open ? icon('warning', 'warn') : icon('check', 'pass'),
        el('div', { class: 'grow' }, el('div', { class: 'wrap clamp' }, finding.text), el('div', { class: 'dim wrap' }, finding.open ? `open · ${finding.outcome}` : finding.outcome))))));
}

function yours({ yours }: ResultView): HTMLElement | undefined {
  if (yours.length === 0) return undefined;
  return section('yours', { title: 'Yours in the measured tree', note: count(yours.length, 'file') },
    el('ul', { class: 'rows' }, capped(yours, mostRows, (path) => el('li', { key: path, title: path }, icon('account'), pathLabel(path)))));
}
