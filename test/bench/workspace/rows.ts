/** One measured figure against its limit. */
export interface Row {
  readonly name: string;
  /** Null where it could not be measured; `note` says why. */
  readonly value: number | null;
  readonly unit: 'ms' | '×' | 'MB' | 'files';
  /** Null where the figure is for reading only. */
  readonly limit: number | null;
  readonly ok: boolean;
  readonly note?: string;
}

type Unit = Row['unit'];

export const atMost = (name: string, value: number, unit: Unit, limit: number | null, note?: string): Row =>
  ({ name, value, unit, limit, ok: limit === null || value <= limit, ...(note === undefined ? {} : { note }) });

export const atLeast = (name: string, value: number, unit: Unit, limit: number | null, note?: string): Row =>
  ({ name, value, unit, limit, ok: limit === null || value >= limit, ...(note === undefined ? {} : { note }) });

/** What cannot be compared on this machine is neither met nor missed. */
export const skipped = (name: string, unit: Unit, note: string): Row => ({ name, value: null, unit, limit: null, ok: true, note });

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

export function table(rows: readonly Row[]): string {
  const cells = rows.map((row) => [row.ok ? ' ' : '✗', row.name, row.value === null ? '–' : `${figure(row.value)} ${row.unit}`, row.limit === null ? '' : `${figure(row.limit)} ${row.unit}`, row.note ?? '']);
  const all = [[' ', 'figure', 'value', 'limit', ''], ...cells];
  const width = (column: number) => Math.max(...all.map((line) => line[column]?.length ?? 0));
  const [name, value, limit] = [width(1), width(2), width(3)];
  return all.map(([mark = '', title = '', now = '', most = '', note = '']) => `${mark} ${title.padEnd(name)}  ${now.padStart(value)}  ${most.padStart(limit)}  ${note}`.trimEnd()).join('\n');
}

const figure = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0));
