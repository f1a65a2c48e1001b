import type { Located } from '../located.ts';
import { childrenOf, locate, pointInside } from '../located.ts';
import type { Remark } from '../remarks.ts';
import { nearest } from '../suggest.ts';
import type { Rule } from './rule.ts';
import { error, keyError, keyWarning, warning } from './rule.ts';

const mostCells = 1000;

/** Ids name folders of artifacts; two that differ in case alone would be one folder on some machines. */
export const idsUnique: Rule = (root, text) => {
  const seen = new Set<string>();
  return checksOf(root).flatMap((check) => {
    const id = check.children.get('id');
    if (typeof id?.value !== 'string') return [];
    const folded = id.value.toLowerCase();
    const taken = seen.has(folded);
    seen.add(folded);
    return taken ? [error(text, id, `another check is called \`${id.value}\``, 'an id of its own, compared without case')] : [];
  });
};

/** `${axis}` in a command is an axis of the matrix, and each axis makes a difference. */
export const axesUsed: Rule = (root, text) => checksOf(root).flatMap((check) => {
  const run = check.children.get('run');
  if (typeof run?.value !== 'string') return [];
  const axes = childrenOf(check.children.get('matrix'), 'map').map(([name]) => String(name));
  const used = [...run.value.matchAll(/\$\{([^}]*)\}/g)].map((match) => match[1] ?? '');
  const unknown = [...new Set(used)].filter((name) => !axes.includes(name)).map((name) => unknownAxis(text, run, name, axes));
  const idle = childrenOf(check.children.get('matrix'), 'map').filter(([name]) => !used.includes(String(name)))
    .map(([name, at]) => keyWarning(text, at, `\`run\` does not use the axis \`${name}\`, so all of its cells measure the same`, `\`\${${name}}\` in \`run\``));
  return [...unknown, ...idle];
});

function unknownAxis(text: string, run: Located, name: string, axes: readonly string[]): Remark {
  const meant = nearest(name, axes);
  const span = pointInside(text, run, `\${${name}}`);
  const known = axes.length === 0 ? 'a matrix with this axis' : axes.map((axis) => `\`\${${axis}}\``).join(', ');
  return {
    ...error(text, run, `\`\${${name}}\` is not an axis of the matrix${meant === undefined ? '' : `: did you mean \`\${${meant}}\`?`}`, `${known}, or \`$NAME\` for a variable of the shell`), span,
    ...(meant === undefined || text.slice(span.start, span.end) !== `\${${name}}` ? {} : { fixes: [{ title: `Change to \`\${${meant}}\``, ...span, text: `\${${meant}}` }] }),
  };
}

export const matrixSound: Rule = (root, text) => checksOf(root).flatMap((check) => {
  const matrix = check.children.get('matrix');
  const axes = childrenOf(matrix, 'map');
  const cells = axes.reduce((product, [, axis]) => product * Math.max(axis.children.size, 1), 1);
  return [
    ...(matrix !== undefined && cells > mostCells ? [keyError(text, matrix, `the matrix has ${cells} cells`, `at most ${mostCells}`)] : []),
    ...axes.flatMap(([, axis]) => valuesOnce(axis, text)),
  ];
});

/** Also warns of numbers that reach the command in another spelling: `3.10` is the number 3.1. */
function valuesOnce(axis: Located, text: string): Remark[] {
  const seen = new Set<unknown>();
  return childrenOf(axis, 'list').flatMap(([, at]) => {
    if (seen.has(at.value)) return [error(text, at, `\`${String(at.value)}\` is listed twice`, 'each value once')];
    seen.add(at.value);
    const respelled = typeof at.value === 'number' && at.source !== undefined && at.source !== String(at.value);
    return respelled ? [warning(text, at, `the command gets this number as \`${String(at.value)}\``, `\`"${at.source}"\` in quotes, if it has to be spelled like that`)] : [];
  });
}

/** An override is about cells and metrics that the check has. */
export const overridesFit: Rule = (root, text) => checksOf(root).flatMap((check) => {
  const axes = check.children.get('matrix');
  const metrics = childrenOf(check.children.get('metrics'), 'map').map(([name]) => String(name));
  return childrenOf(check.children.get('override'), 'list').flatMap(([, override]) => [
    ...childrenOf(override.children.get('when'), 'map').flatMap(([name, at]) => unfit(axes, String(name), at, text)),
    ...childrenOf(override.children.get('metrics'), 'map').filter(([name]) => !metrics.includes(String(name))).map(([name, at]) => {
      const meant = nearest(String(name), metrics);
      return keyError(text, at, `the check has no metric \`${name}\`${meant === undefined ? '' : `: did you mean \`${meant}\`?`}`, listed(metrics, 'a metric of this check'),
        at.key !== undefined && meant !== undefined ? [{ title: `Change to \`${meant}\``, ...at.key, text: meant }] : undefined);
    }),
  ]);
});

function unfit(axes: Located | undefined, name: string, at: Located, text: string): Remark[] {
  const axis = axes?.children.get(name);
  const names = childrenOf(axes, 'map').map(([axisName]) => String(axisName));
  if (axis === undefined) return [keyError(text, at, `the matrix has no axis \`${name}\``, listed(names, 'an axis of the matrix'))];
  const values = childrenOf(axis, 'list').map(([, item]) => item.value);
  if (axis.kind !== 'list' || at.kind !== 'scalar' || values.includes(at.value)) return [];
  const sameText = values.some((value) => String(value) === String(at.value));
  return [error(text, at, `\`${String(at.value)}\` is not a value of the axis \`${name}\`${sameText ? ': one is a text, the other is not' : ''}`, listed(values.map((value) => JSON.stringify(value)), 'a value of the axis'))];
}

/** Without numbers, tests or a written exit status, a command that does nothing would pass. */
export const evidenceIsPositive: Rule = (root, text) => checksOf(root)
  .filter((check) => check.kind === 'map' && check.children.has('run') && !['metrics', 'tests', 'exit'].some((key) => check.children.has(key)))
  .map((check) => warning(text, check.children.get('id') ?? check, 'only the exit status of this command counts: one that measures nothing passes too', '`metrics` or `tests`, or `exit: 0` to say that the status is enough'));

/** The checks as they are written. */
export function checksOf(root: Located): readonly Located[] {
  return childrenOf(locate(root, ['oracle', 'checks']), 'list').map(([, check]) => check);
}

function listed(words: readonly string[], otherwise: string): string {
  return words.length === 0 ? otherwise : `one of ${words.map((word) => `\`${word}\``).join(', ')}`;
}
