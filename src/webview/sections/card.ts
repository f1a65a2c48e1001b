import type { Card, View } from '../../core/session/view.ts';
import { el } from '../dom.ts';
import { icon } from '../icon.ts';
import { capped } from '../pieces.ts';
import { press } from '../press.ts';
import { flagRow } from './flag.ts';

const mostFacts = 12;
const mostFlags = 8;
const mostActions = 8;

/** The one thing that needs a person: a question, the facts that answer it, the ways to answer. */
export function card(view: View): HTMLElement | undefined {
  const { card } = view;
  if (card === undefined) return undefined;
  return el('section', { key: 'card', class: cardClass(card), 'aria-label': 'Needs you' },
    el('h2', { class: 'question' }, questionIcon(card), el('span', { class: 'grow' }, card.question)),
    facts(card),
    card.flags.length === 0 ? undefined : el('ul', { class: 'flags' }, capped(card.flags, mostFlags, (flag) => flagRow(flag, card), card.moreFlags)),
    actions(card, view));
}

function cardClass({ kind, attention }: Card): string {
  if (kind === 'error') return 'card error';
  return attention ? 'card attention' : 'card';
}

function questionIcon({ kind, attention }: Card): HTMLElement | undefined {
  if (kind === 'error') return icon('error', 'fail');
  if (kind === 'paused') return icon('debug-pause', 'warn');
  // Each flag below has a sign of its own.
  return attention && kind !== 'flags' ? icon('warning', 'warn') : undefined;
}

function facts({ facts }: Card): HTMLElement | undefined {
  if (facts.length === 0) return undefined;
  const rows = facts.slice(0, mostFacts).flatMap(({ name, value, code, whole }) => [
    el('dt', { title: name }, name),
    el('dd', { class: `${code === true ? 'mono' : 'num'}${whole === true ? ' whole' : ''}`, title: value }, value),
  ]);
  return el('dl', { class: 'facts' }, rows);
}

/** The first action is the primary button; what only shows something comes last. */
function actions(card: Card, view: View): HTMLElement | undefined {
  const buttons = card.actions.slice(0, mostActions).map(({ label, title, intention }, index) =>
    press({ type: 'intention', intention }, { class: index === 0 ? 'button primary' : 'button', title }, label));
  const more = look(card, view);
  return buttons.length === 0 && more === undefined ? undefined : el('div', { class: 'actions' }, buttons, more);
}

/** What to read before deciding: the plan while it is new, otherwise the change. */
function look(card: Card, view: View): HTMLElement | undefined {
  if (card.kind === 'end') return press({ type: 'open', target: { kind: 'verdict-diff' } }, { class: 'button quiet', title: 'Show the start against the content that was measured, in one editor' }, 'Open diff');
  if (card.kind !== 'gate') return undefined;
  if (decidesPlan(view)) return press({ type: 'open', target: { kind: 'report', file: 'PLAN.md' } }, { class: 'button quiet', title: 'Read the whole plan in an editor' }, 'Open PLAN.md');
  return press({ type: 'open', target: { kind: 'diff' } }, { class: 'button quiet', title: 'Show every change of the session in one editor' }, 'Open diff');
}

/** There is a plan and no boundary has been crossed: the plan is what the gate asks about. */
export function decidesPlan({ plan, boundaries }: View): boolean {
  return plan !== undefined && boundaries.rows.every(({ state }) => state !== 'done');
}
