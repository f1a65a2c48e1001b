import { addedLine } from './diffLine.ts';
import type { RunFigures } from './figures.ts';
import { largest, runFiguresOf, worstOf } from './figures.ts';
import type { Answered, Exchange } from './transcript.ts';

/** What a step may quote: the opening, the last answers, and the last oracle run that was reported in this conversation. */
export interface Facts {
  readonly opening: string;
  readonly last: Exchange | undefined;
  readonly run: RunFigures | undefined;
}

export function factsOf(opening: string, exchanges: readonly Exchange[]): Facts {
  const run = exchanges.flatMap((one) => one.calls.map(runOf)).findLast((one) => one !== undefined);
  return { opening, last: exchanges.at(-1), run };
}

/** The oracle run that a call reports, if it is one. */
export function runOf(call: Answered): RunFigures | undefined {
  return call.tool === 'run_oracle' ? runFiguresOf(call.text) : undefined;
}

/** All that was said to the model after its last answer. */
export function newsText(last: Exchange | undefined): string {
  return last === undefined ? '' : [...last.calls.map((call) => call.text), last.note].join('\n');
}

/** The copy of `value` with every `{{name}}` and `{ $line: … }` filled in; undefined where a fact is missing. */
export function filled(value: unknown, facts: Facts): { readonly value: unknown } | undefined {
  if (typeof value === 'string') return filledText(value, facts);
  if (typeof value !== 'object' || value === null) return { value };
  if ('$line' in value) {
    const { file, added } = value.$line as { readonly file: string; readonly added: string };
    const line = addedLine(facts.opening, file, added);
    return line === undefined ? undefined : { value: line };
  }
  const parts = Object.entries(value).map(([name, one]) => [name, filled(one, facts)] as const);
  if (parts.some(([, one]) => one === undefined)) return undefined;
  const entries = parts.map(([name, one]) => [name, one?.value] as const);
  return { value: Array.isArray(value) ? entries.map(([, one]) => one) : Object.fromEntries(entries) };
}

function filledText(text: string, facts: Facts): { readonly value: string } | undefined {
  let missing = false;
  const value = text.replace(/\{\{([^}]+)\}\}/g, (_, name: string) => {
    const fact = factNamed(name.trim(), facts);
    missing ||= fact === undefined;
    return fact ?? '';
  });
  return missing ? undefined : { value };
}

/**
 * `run`, `cells`, `red`: name, number of cells and of red cells of the last run; `worst`: its worst figure; `tests`: its test counts;
 * `largest PART METRIC`: over the cells whose name contains PART; `refusal`: the first answer that is not a success; `lines PART`: the
 * lines of the last answers that contain PART.
 */
function factNamed(name: string, { last, run }: Facts): string | undefined {
  const [key = '', part = '', metric = ''] = name.split(' ');
  switch (key) {
    case 'run': return run?.id;
    case 'cells': return run === undefined ? undefined : String(run.cells.length);
    case 'red': return run === undefined ? undefined : String(run.cells.filter((cell) => cell.outcome !== 'pass').length);
    case 'worst': return run === undefined ? undefined : worstText(run);
    case 'tests': return run?.cells.find((cell) => cell.tests !== undefined)?.tests;
    case 'largest': return run === undefined ? undefined : largest(run, part, metric);
    case 'refusal': return refusalOf(last);
    case 'lines': return newsText(last).split('\n').filter((line) => line.includes(part)).join('\n') || undefined;
    default: return undefined;
  }
}

function worstText(run: RunFigures): string | undefined {
  const worst = worstOf(run);
  return worst === undefined ? undefined : `${worst.metric} is ${worst.value} in ${worst.cell}, wanted ${worst.wanted}`;
}

const longestQuote = 400;

/** The first answer that is not a success, as far as one quotes it. */
export function refusalOf(last: Exchange | undefined): string | undefined {
  const text = last?.calls.find((call) => call.failed)?.text.trim();
  return text === undefined || text.length <= longestQuote ? text : `${text.slice(0, longestQuote)} …`;
}
