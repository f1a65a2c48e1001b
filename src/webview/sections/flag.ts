import type { Card, FlagHunk, FlagRow, Intention } from '../../core/session/view.ts';
import { el } from '../dom.ts';
import { icon } from '../icon.ts';
import { capped, pathLabel, plusMinus } from '../pieces.ts';
import { press } from '../press.ts';

const mostHunks = 5;

/** A change that needs the user: where, how large, what made it, and how to undo or allow it. */
export function flagRow(flag: FlagRow, card: Card): HTMLElement {
  return el('li', { key: flag.id, class: 'flag' },
    icon(flag.standing === 'oracle-protected' ? 'lock' : 'warning', 'warn'),
    el('div', { class: 'grow' },
      el('div', { class: 'line' },
        press({ type: 'open', target: { kind: 'flag', flag: flag.id } }, { class: 'link', title: `Show ${flag.path}, line ${flag.line}`, 'aria-label': `${flag.path}:${flag.line}` }, pathLabel(flag.path, flag.line)),
        plusMinus(flag.added, flag.removed),
        flag.outcome && el('span', { class: 'tag' }, flag.outcome)),
      el('div', { class: 'dim cut', title: `${flag.standing}: ${flag.cause}` }, `${words(flag.standing)} · `, el('span', { class: 'mono' }, flag.cause)),
      answers(flag, card)));
}

/** Answers of its own, unless the card's buttons already answer for this flag. */
function answers(flag: FlagRow, card: Card): HTMLElement | undefined {
  if (card.actions.some(({ intention }) => 'flag' in intention && intention.flag === flag.id)) return undefined;
  if (flag.outcome !== undefined) {
    return flag.outcome === 'rewound' ? el('div', { class: 'answers' }, answer('Restore', 'Put the change back', { type: 'restore-flag', flag: flag.id })) : undefined;
  }
  const hunks = flag.hunks ?? [];
  return el('div', {},
    hunks.length > 1 ? el('ul', { class: 'hunks' }, capped(hunks, mostHunks, (hunk) => hunkRow(flag, hunk))) : undefined,
    el('div', { class: 'answers' },
      hunks.length === 1 ? hunks.map((hunk) => rewindHunk(flag, hunk)) : undefined,
      answer('Rewind file', `Undo what the session did to ${flag.path}`, { type: 'rewind-file', flag: flag.id }),
      answer('Allow…', 'Allow it by an amendment of the contract', { type: 'allow-flag', flag: flag.id })));
}

function hunkRow(flag: FlagRow, hunk: FlagHunk): HTMLElement {
  return el('li', { key: hunk.id, class: 'line' }, el('span', { class: 'num' }, `line ${hunk.line}`), plusMinus(hunk.added, hunk.removed), el('span', { class: 'grow' }), rewindHunk(flag, hunk));
}

function rewindHunk(flag: FlagRow, hunk: FlagHunk): HTMLElement {
  return answer('Rewind hunk', `Undo only the change at line ${hunk.line}`, { type: 'rewind-hunk', flag: flag.id, hunk: hunk.id });
}

function answer(label: string, title: string, intention: Intention): HTMLElement {
  return press({ type: 'intention', intention }, { class: 'link', title }, label);
}

function words(standing: string): string {
  return standing.replaceAll('-', ' ');
}
