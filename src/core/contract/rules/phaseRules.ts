import type { PhaseName } from '../contract.ts';
import { phaseNames } from '../contract.ts';
import { defaultPhases } from '../defaults.ts';
import type { Located } from '../located.ts';
import { childrenOf, locate } from '../located.ts';
import type { Rule } from './rule.ts';
import { error, keyWarning, warning } from './rule.ts';

/**
 * Phases are a part of the canonical list in its order. explore is first: its approval locks the contract. baseline
 * is always there: what is a regression is decided by it. One phase in which the scope may change is needed.
 */
export const phasesInOrder: Rule = (root, text) => {
  const list = locate(root, ['phases']);
  if (list?.kind !== 'list') return [];
  const listed = childrenOf(list, 'list').map(([, at]) => ({ at, place: phaseNames.indexOf(at.value as PhaseName) })).filter(({ place }) => place >= 0);
  const order = `a part of ${phaseNames.join(', ')}, in this order`;
  const misplaced = listed.flatMap(({ at, place }, index) => {
    const before = listed[index - 1]?.place ?? -1;
    if (place > before) return [];
    return [error(text, at, place === before ? `\`${String(at.value)}\` is listed twice` : `\`${String(at.value)}\` cannot come after \`${phaseNames[before]}\``, order)];
  });
  return [...misplaced, ...missingPhases(list, new Set(listed.map(({ place }) => phaseNames[place]))).map((message) => error(text, list, message, order))];
};

function missingPhases(list: Located, named: ReadonlySet<PhaseName | undefined>): string[] {
  if (list.children.size === 0) return ['the list is empty'];
  return [
    ...(named.has('explore') ? [] : ['`explore` is missing: a session begins with a plan, and its approval locks the contract']),
    ...(named.has('baseline') ? [] : ['`baseline` is missing: it measures what must stay as it is']),
    ...(named.has('minimal-hook') || named.has('production-shape') ? [] : ['`minimal-hook` or `production-shape` is needed: nothing else may change files of the scope']),
  ];
}

/** Settings of a phase that does not take place. */
export const phasesTakePlace: Rule = (root, text) => {
  const phases = phasesOf(root);
  const gates = childrenOf(locate(root, ['gates']), 'map').filter(([name]) => phaseNames.some((phase) => phase === name) && !phases.has(name));
  const due = childrenOf(locate(root, ['oracle', 'checks']), 'list').flatMap(([, check]) => check.children.get('by') ?? []);
  return [
    ...(locate(root, ['phases']) === undefined ? [] : gates.map(([name, at]) => keyWarning(text, at, `\`${name}\` is not one of the phases, so this gate never opens`))),
    ...due.filter(({ value }) => typeof value === 'string' && phaseNames.some((phase) => phase === value) && !phases.has(value))
      .map((at) => error(text, at, `\`${String(at.value)}\` is not one of the phases, so the check would never be due`, 'a phase that takes place')),
  ];
};

/** Decoys are tried in oracle-only, and oracle-only needs something to do. */
export const oracleWork: Rule = (root, text) => {
  const listed = childrenOf(locate(root, ['phases']), 'list').find(([, at]) => at.value === 'oracle-only')?.[1];
  const decoys = locate(root, ['oracle', 'decoys']);
  if (locate(root, ['phases']) === undefined) return [];
  if (listed === undefined && decoys !== undefined && decoys.value !== 0) return [error(text, decoys, 'decoys are tried in `oracle-only`, which is not one of the phases', 'decoys: 0, or the phase `oracle-only`')];
  if (listed !== undefined && !hasOracleWork(root)) return [warning(text, listed, '`oracle-only` may change nothing: `scope.oracle` is empty and there are no decoys')];
  return [];
};

function phasesOf(root: Located): ReadonlySet<unknown> {
  const list = locate(root, ['phases']);
  return new Set<unknown>(list?.kind === 'list' ? childrenOf(list, 'list').map(([, at]) => at.value) : defaultPhases(hasOracleWork(root)));
}

function hasOracleWork(root: Located): boolean {
  const decoys = locate(root, ['oracle', 'decoys']);
  return childrenOf(locate(root, ['scope', 'oracle']), 'list').length > 0 || (decoys !== undefined && decoys.value !== 0);
}
