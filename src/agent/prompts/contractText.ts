import type { Contract } from '../../core/contract/contract.ts';
import { describeConditions } from '../../core/oracle/cells.ts';

/** The contract as the model reads it at the start of each conversation. */
export function contractPage(contract: Contract): string {
  const { scope, diff, oracle, consent } = contract;
  return [
    '## Task', contract.task.trim(), '',
    '## Scope',
    `May change: ${scope.change.map((area) => area.glob + (area.why === undefined ? '' : ` (${area.why})`)).join(', ')}`,
    `Must not change: ${list(scope.never)}; and everything that is not named above`,
    `The oracle's files (change in oracle-only alone): ${list(scope.oracle)}`,
    `Diff budget: at most ${diff.files} files and ${diff.lines} lines, added plus removed, for the phase and for the whole`,
    `Expressly allowed: ${list(consent)}. Nothing else is.`, '',
    '## Oracle',
    ...oracle.checks.map((check) => `- ${check.id}: \`${check.run}\` ${matrixText(check.matrix)}; ${describeConditions(check)}; due by ${check.by}`), '',
  ].join('\n');
}

function matrixText(matrix: Contract['oracle']['checks'][number]['matrix']): string {
  const axes = Object.entries(matrix).map(([axis, values]) => `${axis}: ${values.join(', ')}`);
  return axes.length === 0 ? '' : `over ${axes.join(' × ')}`;
}

function list(items: readonly string[]): string {
  return items.length === 0 ? 'none' : items.join(', ');
}
