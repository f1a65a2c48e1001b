import type { Contract } from '../../core/contract/contract.ts';
import type { CostEstimate } from './costEstimate.ts';

/** What a person is told before the first request of a session: what may change, what decides, what it costs and where it goes. */
export function startDetail(contract: Contract, estimate: CostEstimate | undefined, to: { readonly url: string; readonly warning: string | undefined }): string {
  const { scope, diff, oracle, budget, model } = contract;
  const lines = [
    ...(contract.roots === undefined ? [] : [`Works in: this folder, ${contract.roots.join(', ')}`]),
    `May change: ${short(scope.change.map((area) => area.glob))}; at most ${diff.files} files and ${diff.lines} lines`,
    `Decides: ${short(oracle.checks.map((check) => `${check.id} (${check.run})`))}`,
    `Cost: ${costLine(contract, estimate)}`,
    `Otherwise at most: ${budget.turns} requests, ${hours(budget.timeMs)} of active time`,
    `Model: ${model.main} at ${to.url}`,
    ...(to.warning === undefined ? [] : ['', to.warning]),
    '', 'The session runs in this window. Closing the window pauses it at the last fact; it can be continued here or in a terminal.',
  ];
  return lines.join('\n');
}

function costLine({ budget, model }: Contract, estimate: CostEstimate | undefined): string {
  if (estimate === undefined) return `cannot be estimated: the price of ${model.main} or of ${model.reviewer} is not known; its requests count at the dearest known price, never more than ${dollars(budget.costUsd)}`;
  const tight = estimate.high > budget.costUsd ? ': the budget may end it before the work is done' : '';
  return `usually ${dollars(estimate.low)} to ${dollars(estimate.high)} (a guess for ${estimate.turns} requests), never more than ${dollars(budget.costUsd)}${tight}`;
}

function short(words: readonly string[]): string {
  const [shown, rest] = [words.slice(0, 4), words.length - 4];
  return `${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function dollars(usd: number): string {
  return `$${usd.toFixed(2)}`;
}

function hours(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 6) / 10} hours`;
}
