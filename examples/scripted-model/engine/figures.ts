/** One line of an oracle result. */
interface CellFigures {
  readonly name: string;
  readonly outcome: string;
  readonly metrics: readonly { readonly name: string; readonly value: number | null; readonly text: string; readonly wanted: string }[];
  /** Counts of tests, as they stand in the line. */
  readonly tests?: string;
}

export interface RunFigures {
  readonly id: string;
  readonly state: 'red' | 'green' | 'could not run';
  readonly cells: readonly CellFigures[];
}

/** Reads a result of run_oracle; undefined where the text is none. */
export function runFiguresOf(text: string): RunFigures | undefined {
  const head = /^oracle run (\S+): (red|green|could not run)$/m.exec(text);
  if (head === null) return undefined;
  return { id: head[1] ?? '', state: head[2] as RunFigures['state'], cells: text.split('\n').flatMap((line) => cellOf(line) ?? []) };
}

function cellOf(line: string): CellFigures | undefined {
  const match = /^([\w.-]+(?:\[[^\]]*\])?): (pass|fail|could-not-run|timed-out|invalid-report)\b(.*)$/.exec(line);
  if (match === null) return undefined;
  const [, name = '', outcome = '', rest = ''] = match;
  const tests = /\d+ (?:of \d+ )?tests\b[^(]*/.exec(rest)?.[0].trim();
  return { name, outcome, metrics: metricsOf(rest), ...(tests === undefined ? {} : { tests }) };
}

function metricsOf(text: string): CellFigures['metrics'] {
  const found = text.matchAll(/([A-Za-z_]\w*) (null|-?\d[\d.]*(?:e[+-]?\d+)?) \(([^)]*)\)/g);
  return [...found].map(([, name = '', value = '', wanted = '']) => ({ name, value: value === 'null' ? null : Number(value), text: value, wanted }));
}

interface Worst {
  readonly cell: string;
  readonly metric: string;
  readonly value: string;
  readonly wanted: string;
}

/** The figure that is furthest beyond its limit among the cells that do not pass. */
export function worstOf(run: RunFigures): Worst | undefined {
  const all = run.cells.filter((cell) => cell.outcome !== 'pass').flatMap((cell) => cell.metrics.map((metric) => ({ cell: cell.name, ...metric })));
  const [worst] = all.sort((a, b) => excess(b) - excess(a));
  return worst === undefined ? undefined : { cell: worst.cell, metric: worst.name, value: worst.text, wanted: worst.wanted };
}

function excess(metric: { readonly value: number | null; readonly wanted: string }): number {
  const limit = Number(/-?\d[\d.]*(?:e[+-]?\d+)?/.exec(metric.wanted)?.[0]);
  return metric.value === null ? Infinity : Math.abs(metric.value) / Math.abs(limit);
}

/** The largest value of a metric over the cells whose name contains `part`, as it was written. */
export function largest(run: RunFigures, part: string, metric: string): string | undefined {
  const found = run.cells.filter((cell) => cell.name.includes(part)).flatMap((cell) => cell.metrics.filter((one) => one.name === metric && one.value !== null));
  const [first] = found.sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  return first?.text;
}
