import type { ChangedFileRow, ChangesView, HunkRow, Intention } from '../../core/session/view.ts';
import { el } from '../dom.ts';
import { icon } from '../icon.ts';
import { capped, folded, iconButton, pathLabel, plusMinus, section } from '../pieces.ts';
import { press } from '../press.ts';

const mostFiles = 12;
const mostHunks = 4;

/** What the session has changed, file by file and hunk by hunk: look at it, mark it as reviewed, take it back. Folded while the session works by itself. */
export function changes(view: ChangesView, open: boolean): HTMLElement {
  const chooser = view.total === 1 ? undefined : iconButton('discard', 'Rewind several hunks…', { type: 'open', target: { kind: 'hunks' } });
  const heading = { title: 'Changes', note: `${view.reviewed} of ${view.total} reviewed`, opener: chooser };
  const list = el('ul', { class: 'changes' }, capped(view.files, mostFiles, fileRow, view.more));
  return open ? section('changes', heading, list) : folded('changes', heading, false, list);
}

function fileRow(file: ChangedFileRow): HTMLElement {
  const [only, ...more] = file.hunks;
  return el('li', { key: file.path },
    el('div', { class: 'change file' },
      only !== undefined && more.length > 0 ? marker(file.path, file.hunks, `all of ${file.path}`) : only && marker(file.path, [only], `${file.path}, line ${only.line}`),
      press({ type: 'open', target: { kind: 'change', path: file.path } }, { class: 'plain cut', title: `Show what changed in ${file.path}` }, pathLabel(file.path)),
      only?.whole === true ? undefined : plusMinus(file.added, file.removed),
      only !== undefined && more.length === 0 ? rewind(file, [only], `Rewind ${file.path}`) : rewind(file, file.hunks, `Rewind all of ${file.path}`)),
    only !== undefined && more.length === 0 ? el('div', { class: 'sub' }, file.what === 'changed' ? undefined : el('span', { class: 'dim' }, `${file.what} · `), detail(only))
      : el('ul', { class: 'hunks' }, capped(file.hunks, mostHunks, (hunk) => hunkRow(file, hunk))));
}

function hunkRow(file: ChangedFileRow, hunk: HunkRow): HTMLElement {
  return el('li', { key: hunk.hunk, class: 'change' },
    marker(file.path, [hunk], `${file.path}, line ${hunk.line}`),
    press({ type: 'open', target: { kind: 'change', path: file.path, hunk: hunk.hunk } }, { class: 'plain num', title: `Show line ${hunk.line} of ${file.path}` }, hunk.mode ?? `line ${hunk.line}`),
    hunk.mode === undefined ? plusMinus(hunk.added, hunk.removed) : undefined,
    el('span', { class: 'grow cut dim', title: words(hunk) }, detail(hunk)),
    rewind(file, [hunk], `Rewind the hunk at line ${hunk.line} of ${file.path}`));
}

function detail(hunk: HunkRow): HTMLElement {
  const stands = hunk.standing === 'in-scope' || hunk.standing === 'user' ? undefined : [icon('warning', 'warn', 'small'), `${hunk.standing.replaceAll('-', ' ')} · `];
  return el('span', { class: 'dim' }, stands, hunk.by);
}

const words = (hunk: HunkRow): string => `${hunk.standing.replaceAll('-', ' ')} · ${hunk.by}`;

/** A circle that is ticked when every one of the hunks is reviewed. It keeps its place for the focus while its meaning turns round. */
function marker(path: string, hunks: readonly HunkRow[], what: string): HTMLElement {
  const reviewed = hunks.every((hunk) => hunk.reviewed);
  const intention: Intention = { type: 'mark-hunks', reviewed: !reviewed, hunks: hunks.map(({ hunk }) => ({ path, hunk })) };
  const title = reviewed ? `Reviewed: ${what}. Take the mark off` : `Mark as reviewed: ${what}`;
  return press({ type: 'intention', intention }, { class: 'icon-button mark', title, 'aria-label': title, 'aria-pressed': String(reviewed), 'data-place': `mark ${path} ${hunks.length === 1 ? (hunks[0]?.hunk ?? '') : ''}` }, icon(reviewed ? 'pass-filled' : 'circle-large-outline', reviewed ? 'pass' : 'dim'));
}

function rewind({ path }: ChangedFileRow, hunks: readonly HunkRow[], title: string): HTMLElement {
  return iconButton('discard', title, { type: 'intention', intention: { type: 'rewind-hunks', hunks: hunks.map(({ hunk }) => ({ path, hunk })) } }, 'back');
}
