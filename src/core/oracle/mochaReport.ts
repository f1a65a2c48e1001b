import type { TestReading } from './testReport.ts';

/** Reads mocha's spec reporter. Its end record is `N passing (time)` with the lines for pending and failing ones. */
export function readMocha(lines: readonly string[]): TestReading {
  const ends = lines.flatMap((line, index) => (/^ {2}\d+ passing \(\S+\)$/.test(line) ? [index] : []));
  const [end] = ends;
  if (end === undefined) return lines.some((line) => /^ {2,}[✔✓] /.test(line)) ? { kind: 'incomplete', why: 'the report of mocha has no summary: the runner did not come to its end' } : { kind: 'absent' };
  if (ends.length > 1) return { kind: 'incomplete', why: 'there are several summaries of mocha in one output' };
  const passed = figure(lines[end], 'passing');
  const skipped = figure(lines[end + 1], 'pending');
  const failed = figure(lines[end + (skipped > 0 ? 2 : 1)], 'failing');
  const { ids, pending, failures } = testLines(lines.slice(0, end));
  if (ids.length !== passed || pending !== skipped || failures !== failed) return { kind: 'incomplete', why: 'the lines of mocha do not add up to its summary' };
  return { kind: 'complete', pending: 0, tests: { total: passed + skipped + failed, passed, failed, skipped, ids } };
}

function figure(line: string | undefined, word: string): number {
  return Number(new RegExp(`^ {2}(\\d+) ${word}\\b`).exec(line ?? '')?.[1] ?? 0);
}

function testLines(lines: readonly string[]) {
  const suites: string[] = [];
  const ids: string[] = [];
  let pending = 0;
  let failures = 0;
  for (const line of lines) {
    const [, spaces = '', text = ''] = /^((?: {2})+)(\S.*)$/.exec(line) ?? [];
    if (text === '') continue;
    const depth = spaces.length / 2 - 1;
    const passed = /^[✔✓] (.*?)(?: \(\d+ms\))?$/.exec(text)?.[1];
    if (passed !== undefined) ids.push([...suites.slice(0, depth), passed].join(' > '));
    else if (text.startsWith('- ')) pending += 1;
    else if (/^\d+\) /.test(text)) failures += 1;
    else suites.splice(depth, suites.length, text);
  }
  return { ids, pending, failures };
}
