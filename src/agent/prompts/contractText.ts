import type { Contract } from '../../core/contract/contract.ts';
import { asWritten } from '../../core/contract/roots.ts';
import { describeConditions } from '../../core/oracle/cells.ts';

/** The contract as the model reads it at the start of each conversation. */
export function contractPage(contract: Contract): string {
  const { scope, diff, oracle, consent, roots = [] } = contract;
  return [
    '## Task', contract.task.trim(), '',
    ...(roots.length === 0 ? [] : ['## Folders', foldersText(roots), '']),
    '## Scope',
    `May change: ${scope.change.map((area) => area.glob + (area.why === undefined ? '' : ` (${area.why})`)).join(', ')}`,
    `Must not change: ${list(asWritten(scope.never, roots))}${roots.length === 0 ? '' : ', in every folder'}; and everything that is not named above`,
    `The oracle's files (change in oracle-only alone): ${list(scope.oracle)}`,
    `Diff budget: at most ${diff.files} files and ${diff.lines} lines, added plus removed, for the phase and for the whole`,
    `Expressly allowed: ${list(consent)}. Nothing else is.`, '',
    '## Oracle',
    ...oracle.checks.map((check) => `- ${check.id}: \`${check.run}\` ${matrixText(check.matrix)}; ${describeConditions(check)}; due by ${check.by}`), '',
  ].join('\n');
}

function foldersText(roots: readonly string[]): string {
  return `The session works in the workspace folder and in ${roots.join(', ')}, each a repository of its own. Files of another folder are named by the way to it, in tools as in commands: ${roots[0]}/README.md. `
    + 'Commands run in the workspace folder. A glob without ../ is about the workspace folder alone.';
}

function matrixText(matrix: Contract['oracle']['checks'][number]['matrix']): string {
  const axes = Object.entries(matrix).map(([axis, values]) => `${axis}: ${values.join(', ')}`);
  return axes.length === 0 ? '' : `over ${axes.join(' × ')}`;
}

function list(items: readonly string[]): string {
  return items.length === 0 ? 'none' : items.join(', ');
}
