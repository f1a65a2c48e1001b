import type { CheckView, OracleView } from '../../core/session/view.ts';
import { el } from '../dom.ts';
import { icon, said } from '../icon.ts';
import type { IconName, Tone } from '../icon.ts';
import { capped, folded, iconButton, nothing, pair, section } from '../pieces.ts';
import type { Heading } from '../pieces.ts';
import { press } from '../press.ts';
import { grid } from './grid.ts';
import { scale } from './scale.ts';

const mostChecks = 24;

/** The measurement as a picture. */
export function oracle(view: OracleView): HTMLElement {
  return section('oracle', heading(view), checks(view));
}

/** The measurement of a session that has ended: open only where something is not green. */
export function oracleFolded(view: OracleView): HTMLElement {
  return folded('oracle', heading(view), view.checks.some(({ state }) => state !== 'pass'), checks(view));
}

function heading({ run, checks }: OracleView): Heading {
  const note = checks.some(({ state }) => state !== 'not-run') ? `run ${run}` : 'not run yet';
  return { title: 'Oracle', note, opener: iconButton('go-to-file', 'Open ORACLE.md', { type: 'open', target: { kind: 'report', file: 'ORACLE.md' } }) };
}

function checks({ checks }: OracleView): HTMLElement {
  return checks.length === 0 ? nothing('No checks.') : el('ul', {}, capped(checks, mostChecks, checkRow));
}

const marks: Readonly<Record<CheckView['state'], readonly [IconName, Tone, string]>> = {
  pass: ['pass-filled', 'pass', 'passed'],
  fail: ['error', 'fail', 'failed'],
  blocked: ['circle-slash', 'warn', 'could not run'],
  'not-run': ['beaker', 'dim', 'not run'],
};

function checkRow(check: CheckView): HTMLElement {
  const [name, tone, word] = marks[check.state];
  return el('li', { key: check.id, class: 'check' },
    el('div', { class: 'result' }, icon(name, tone), said(word), pair(checkName(check), check.summary)),
    check.grid && grid(check.grid),
    check.scale && scale(check.scale));
}

function checkName({ id, log }: CheckView): HTMLElement {
  if (log === undefined) return el('span', {}, id);
  return press({ type: 'open', target: { kind: 'artifact', id: log } }, { class: 'plain', title: `Show the output of ${id}` }, id);
}
