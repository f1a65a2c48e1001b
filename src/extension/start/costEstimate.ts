import type { Contract, PhaseName } from '../../core/contract/contract.ts';
import type { Usage } from '../../core/transcript/message.ts';

/** Dollars that a session usually costs, whatever its budget. */
export interface CostEstimate {
  readonly low: number;
  readonly high: number;
  /** Requests that the guess is made of. */
  readonly turns: number;
}

/** Turns of one conversation of each phase in a task of ordinary size. */
const usualTurns: Readonly<Record<PhaseName, number>> = { 'explore': 15, 'baseline': 0, 'oracle-only': 15, 'minimal-hook': 25, 'production-shape': 15, 'review': 8 };

/** Tokens of one turn in the middle of a conversation: most of it comes from the cache. */
const usualTurn: Usage = { input: 0, cacheRead: 45_000, cacheWrite: 3_000, output: 1_200 };

/**
 * What a session on a contract usually costs, as a range from half to double of a guess. `priceOf` answers the dollars of one
 * request to a model; undefined where that is not known.
 */
export function estimateCost(contract: Contract, priceOf: (model: string, usage: Usage) => number | null): CostEstimate | undefined {
  const { budget, model } = contract;
  const wanted = contract.phases.map((phase) => ({ model: phase === 'review' ? model.reviewer : model.main, turns: usualTurns[phase] }));
  const prices = wanted.map((one) => (one.turns === 0 ? 0 : priceOf(one.model, usualTurn)));
  if (prices.includes(null)) return undefined;
  const dollars = wanted.reduce((sum, one, index) => sum + one.turns * (prices[index] ?? 0), 0);
  const turns = Math.min(budget.turns, wanted.reduce((sum, one) => sum + one.turns, 0));
  return { low: dollars / 2, high: dollars * 2, turns };
}
