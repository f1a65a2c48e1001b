import type { View } from '../core/session/view.ts';
import { plain } from './output.ts';

/** The view as text: the same content in the same order as the side view. */
export function printView(view: View): string {
  const lines = [
    view.title, `${view.chip} · ${view.meta.join(' · ')}`, ...view.warnings.map((warning) => `! ${warning}`), '',
    ...(view.card === undefined ? [] : [`? ${view.card.question}`, ...view.card.facts.map((fact) => `    ${fact.name}: ${fact.value}`), ...view.card.flags.map((flag) => `    ${flag.path}:${flag.line} ${flag.standing} by ${flag.cause} · flag ${flag.id}`), '']),
    ...(view.result === undefined ? [] : [`${view.result.verdict} · ${view.result.summary}`, ...view.result.because.map((reason) => `    ${reason}`), ...view.result.claims.map((claim) => `    claim ${claim.support}: “${claim.text}” (${claim.why})`), '']),
    ...view.boundaries.rows.map((row) => `${marks[row.state]} ${row.name}${row.detail === '' ? '' : ` · ${row.detail}`}${row.added === undefined ? row.figures === '' ? '' : ` · ${row.figures}` : ` · +${row.added} −${row.removed ?? 0}`}`), '',
    ...(view.oracle?.checks.map((check) => `oracle ${check.id}: ${check.state} · ${check.summary}`) ?? []),
    view.budgets.map((meter) => `${meter.name} ${meter.used} of ${meter.of}`).join(' · '),
  ];
  return lines.map(plain).join('\n');
}

const marks = { done: '✓', now: '›', waiting: '?', todo: '·' } as const;
