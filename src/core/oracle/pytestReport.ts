import type { TestReading } from './testReport.ts';

const part = '\\d+ (?:passed|failed|skipped|deselected|xfailed|xpassed|errors?|warnings?|rerun|subtests passed)';
const summaryLine = new RegExp(`^=* ?(${part}(?:, ${part})*|no tests (?:ran|collected))(?:, ${part})* in [\\d.]+s(?: \\([\\d:]+\\))? ?=*$`);

/** Reads pytest's terminal report. Its end record is the line of figures; names come from `-v` or `-rA`. */
export function readPytest(lines: readonly string[]): TestReading {
  const ends = lines.flatMap((line) => summaryLine.exec(line)?.[1] ?? []);
  const [end] = ends;
  if (end === undefined) return lines.some((line) => /^=+ test session starts =+$/.test(line)) ? { kind: 'incomplete', why: 'the report of pytest has no summary: the runner did not come to its end' } : { kind: 'absent' };
  if (ends.length > 1) return { kind: 'incomplete', why: 'there are several summaries of pytest in one output' };
  const broken = lines.find((line) => /^!+ Interrupted: \d+ errors? during collection !+$/.test(line) || /^ERROR [^\s:]+\.py(?: - |$)/.test(line));
  if (broken !== undefined) return { kind: 'not-loaded', why: `pytest could not collect every test: ${broken.replace(/!/g, '').trim()}` };
  return { kind: 'complete', ...counts(end, lines) };
}

function counts(end: string, lines: readonly string[]) {
  const of = (word: string) => Number(new RegExp(`(\\d+) ${word}\\b`).exec(end)?.[1] ?? 0);
  const passed = of('passed');
  const failed = of('failed') + of('errors?');
  const pending = of('xfailed') + of('xpassed');
  const skipped = of('skipped') + pending;
  const named = lines.map((line) => /^(\S+\.py::.+?) PASSED(?: +\[ *\d+%\])?$/.exec(line)?.[1] ?? /^PASSED (\S+\.py::.+)$/.exec(line)?.[1]);
  const ids = [...new Set(named.filter((id) => id !== undefined))];
  return { pending, tests: { total: passed + failed + skipped, passed, failed, skipped, ids } };
}
