import type { Usage } from '../../core/transcript/message.ts';
import { boundUsage } from '../../core/transcript/prices.ts';
import { countOf, fieldsOf } from './fields.ts';

/** Collects what the server says about tokens over one answer. Each figure is cumulative, so the last one counts. */
export interface UsageMeter {
  take(usage: unknown): void;
  /** The figures; what the server did not say is the upper bound, and the whole is then marked as estimated. */
  read(bound: UsageBound, finished: boolean): Usage;
}

/** Upper estimates for one request, in tokens. */
export interface UsageBound {
  readonly input: number;
  readonly output: number;
}

interface Figures {
  readonly input?: number | undefined;
  readonly output?: number | undefined;
  readonly cacheRead?: number | undefined;
  readonly cacheWrite?: number | undefined;
  readonly cacheWriteHour?: number | undefined;
}

export function createUsageMeter(): UsageMeter {
  let seen: Figures = {};
  return {
    take: (usage) => { seen = { ...seen, ...figuresOf(usage) }; },
    read: (bound, finished) => usageFrom(seen, bound, finished),
  };
}

function usageFrom(seen: Figures, bound: UsageBound, finished: boolean): Usage {
  // Before the end, the server has only counted the beginning of its answer.
  const output = finished ? seen.output : undefined;
  const certain = seen.input !== undefined && output !== undefined;
  return { ...inputOf(seen, bound), output: output ?? Math.max(bound.output, seen.output ?? 0), ...(certain ? {} : { estimated: true }) };
}

function inputOf(seen: Figures, bound: UsageBound): Omit<Usage, 'output' | 'estimated'> {
  if (seen.input === undefined) {
    const { output: _, estimated: __, ...worst } = boundUsage(bound.input, bound.output);
    return worst;
  }
  const hour = seen.cacheWriteHour ?? 0;
  return { input: seen.input, cacheRead: seen.cacheRead ?? 0, cacheWrite: Math.max(seen.cacheWrite ?? 0, hour), ...(hour > 0 ? { cacheWriteHour: hour } : {}) };
}

/** Figures of one usage object. Where the server worked in several rounds, only their sum is what is charged. */
function figuresOf(usage: unknown): Figures {
  const fields = fieldsOf(usage);
  const rounds = Array.isArray(fields['iterations']) ? fields['iterations'].map(plainFigures) : [];
  return present(rounds.length > 0 ? rounds.reduce(sum) : plainFigures(usage));
}

function plainFigures(usage: unknown): Figures {
  const fields = fieldsOf(usage);
  return {
    input: countOf(fields['input_tokens']),
    output: countOf(fields['output_tokens']),
    cacheRead: countOf(fields['cache_read_input_tokens']),
    cacheWrite: countOf(fields['cache_creation_input_tokens']),
    cacheWriteHour: countOf(fieldsOf(fields['cache_creation'])['ephemeral_1h_input_tokens']),
  };
}

function sum(one: Figures, other: Figures): Figures {
  const add = (name: keyof Figures): number | undefined => (one[name] === undefined ? other[name] : one[name] + (other[name] ?? 0));
  return { input: add('input'), output: add('output'), cacheRead: add('cacheRead'), cacheWrite: add('cacheWrite'), cacheWriteHour: add('cacheWriteHour') };
}

function present(figures: Figures): Figures {
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined));
}
