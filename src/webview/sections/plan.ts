import type { Card, PlanView } from '../../core/session/view.ts';
import { el } from '../dom.ts';
import { icon, said } from '../icon.ts';
import { capped, folded, iconButton, pair, section } from '../pieces.ts';
import type { Heading } from '../pieces.ts';
import { count } from '../text.ts';

const mostSteps = 20;
const mostOptions = 8;
const mostRisks = 8;

type Step = PlanView['steps'][number];

/** The plan while it is being decided, open; without its integration point where the card already names it. */
export function planSteps(plan: PlanView, card: Card | undefined): HTMLElement {
  const named = card?.facts.some(({ value }) => value === plan.integrationPoint) ?? false;
  return section('plan', heading(plan), named ? undefined : point(plan), steps(plan));
}

/** Options and risks, below what the plan asks for. */
export function planGrounds(plan: PlanView): (HTMLElement | undefined)[] {
  return [
    plan.options.length === 0 ? undefined : section('options', { title: 'Options weighed' }, options(plan)),
    plan.risks.length === 0 ? undefined : section('risks', { title: 'Risks' }, el('ul', { class: 'rows' }, capped(plan.risks, mostRisks, riskRow))),
  ];
}

/** The plan once it is agreed, folded. */
export function planFolded(plan: PlanView): HTMLElement {
  return folded('plan', heading(plan), false, point(plan), steps(plan), options(plan), el('ul', { class: 'rows' }, capped(plan.risks, mostRisks, riskRow)));
}

function heading(plan: PlanView): Heading {
  const known = plan.steps.filter(({ met }) => met !== undefined);
  const met = known.filter(({ met }) => met === true).length;
  const note = known.length === 0 ? count(plan.steps.length, 'step') : `${met} of ${count(plan.steps.length, 'step')} met`;
  return { title: 'Plan', note, opener: iconButton('go-to-file', 'Open PLAN.md', { type: 'open', target: { kind: 'report', file: 'PLAN.md' } }) };
}

function point({ integrationPoint }: PlanView): HTMLElement | undefined {
  return integrationPoint === '' ? undefined : el('p', { class: 'point' }, el('span', { class: 'dim' }, 'Integration point '), el('span', { class: 'mono' }, integrationPoint));
}

function steps(plan: PlanView): HTMLElement {
  return el('ol', { class: 'steps' }, capped(plan.steps, mostSteps, stepRow));
}

function stepRow({ id, title, met }: Step, index: number): HTMLElement {
  return el('li', { key: id }, el('span', { class: 'mark num' }, mark(met, index)), el('span', { class: 'grow' }, title));
}

function mark(met: boolean | undefined, index: number): HTMLElement[] | string {
  if (met === undefined) return String(index + 1);
  return met ? [icon('pass-filled', 'pass'), said('met')] : [icon('circle-large-outline', 'dim'), said('not met yet')];
}

function options(plan: PlanView): HTMLElement {
  return el('ul', { class: 'rows' }, capped(plan.options, mostOptions, ({ option, chosen, why }) =>
    el('li', {}, chosen ? icon('pass-filled', 'pass') : icon('circle-slash', 'dim'), said(chosen ? 'chosen' : 'not chosen'), pair(el('span', {}, option), why))));
}

function riskRow(risk: string): HTMLElement {
  return el('li', {}, icon('warning', 'dim'), el('span', { class: 'grow' }, risk));
}
