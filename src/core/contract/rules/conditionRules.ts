import { removalOf } from '../edits.ts';
import type { Located } from '../located.ts';
import { childrenOf } from '../located.ts';
import type { Remark } from '../remarks.ts';
import { checksOf } from './checkRules.ts';
import type { Rule } from './rule.ts';
import { error, keyError } from './rule.ts';

/** A metric has one condition, and a target has its bands. */
export const conditionsWhole: Rule = (root, text) => checksOf(root).flatMap((check) => [
  ...childrenOf(check.children.get('metrics'), 'map'),
  ...childrenOf(check.children.get('override'), 'list').flatMap(([, override]) => childrenOf(override.children.get('metrics'), 'map')),
].flatMap(([, condition]) => (condition.kind === 'map' ? conditionRemarks(condition, text) : [])));

const kinds = ['at-most', 'at-least', 'equals', 'target'];

function conditionRemarks(condition: Located, text: string): Remark[] {
  const [first, ...more] = childrenOf(condition, 'map').filter(([name]) => kinds.includes(String(name)));
  const expected = `one of ${kinds.map((kind) => `\`${kind}\``).join(', ')}`;
  if (first === undefined) return [error(text, condition, 'the metric has no condition', expected)];
  const target = condition.children.get('target');
  const bands = condition.children.get('bands');
  return [
    ...more.map(([name, at]) => keyError(text, at, `\`${name}\` is a second condition of one metric`, expected, [{ title: `Remove \`${name}\``, ...removalOf(text, condition, String(name)) }])),
    ...(target !== undefined && bands === undefined ? [keyError(text, target, 'a target needs `bands`: no measured number is exactly the same', '`bands: { reproduces: 5% }`')] : []),
    ...(target === undefined && bands !== undefined ? [keyError(text, bands, '`bands` belong to a `target`', expected)] : []),
    ...(target?.value === 0 ? [error(text, target, 'bands are relative to the target, and nothing is relative to 0', '`at-most` and `at-least`')] : []),
    ...(bands === undefined ? [] : bandRemarks(bands, text)),
  ];
}

function bandRemarks(bands: Located, text: string): Remark[] {
  const [reproduces, partial] = ['reproduces', 'partial'].map((name) => bands.children.get(name));
  const width = (at: Located | undefined) => (typeof at?.value === 'string' && /^[\d.]+ ?%$/.test(at.value.trim()) ? Number.parseFloat(at.value) : NaN);
  return partial !== undefined && width(partial) < width(reproduces) ? [error(text, partial, 'the partial band is narrower than the band that reproduces', 'a wider band')] : [];
}
