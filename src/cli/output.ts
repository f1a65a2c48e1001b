import type { Entry } from '../core/session/events.ts';
import type { CellResult, Verdict } from '../core/oracle/result.ts';
import { cellName } from '../core/oracle/describe.ts';
import type { Session } from '../core/session/session.ts';

/** What the terminal shows: JSON on stdout for programs, sentences and a progress line on stderr for people. */
export interface Output {
  readonly json: boolean;
  /** A sentence for people. */
  say(text: string): void;
  /** A result that a command was asked for: stdout in both forms. */
  print(value: unknown, text: string): void;
  entry(entry: Entry): void;
  progress(text: string): void;
}

export function createOutput(json: boolean): Output {
  const live = !json && process.stderr.isTTY === true;
  const clear = (): void => {
    if (live) process.stderr.write('\r\x1b[2K');
  };
  return {
    json,
    say(text) {
      clear();
      process.stderr.write(`${plain(text)}\n`);
    },
    print(value, text) {
      clear();
      process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${plain(text)}\n`);
    },
    entry(entry) {
      if (json) process.stdout.write(`${JSON.stringify(entry)}\n`);
    },
    progress(text) {
      if (!live) return;
      clear();
      process.stderr.write(plain(text.split('\n').at(-1) ?? '').slice(0, (process.stderr.columns || 80) - 1));
    },
  };
}

/** Text of a model, a program or a file name, without the characters that steer a terminal. */
export function plain(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, ' ');
}

/** The last line of `--json`. */
export interface ResultLine {
  readonly type: 'result';
  readonly verdict: Verdict;
  readonly session: string;
  readonly checks: readonly { readonly cell: string; readonly class: CellResult['class']; readonly metrics: Readonly<Record<string, number | null>> }[];
  readonly flags: readonly { readonly id: string; readonly path: string; readonly standing: string; readonly outcome: string }[];
  readonly diff: { readonly files: number; readonly lines: number };
  readonly usage: Session['spent'];
  readonly end: string;
  readonly gate?: { readonly id: string; readonly kind: string; readonly phase: string; readonly question: string; readonly blocking: readonly string[] };
  readonly tree?: string;
  readonly detail: string;
}

export function resultLine(session: Session, end: string, detail: string, diff: ResultLine['diff']): ResultLine {
  const last = session.line.runs.findLast((run) => run.purpose !== 'decoy' && run.purpose !== 'baseline');
  return {
    type: 'result', verdict: session.verdict?.verdict ?? 'unverified', session: session.id, checks: (last?.cells ?? []).map(checkOf),
    flags: session.line.flags.map((flag) => ({ id: flag.id, path: flag.path, standing: flag.standing, outcome: flag.outcome ?? 'open' })),
    diff, usage: session.spent, end, detail,
    ...(session.gate === undefined ? {} : { gate: session.gate }), ...(session.verdict === undefined ? {} : { tree: session.verdict.tree }),
  };
}

export function checkOf(cell: CellResult): ResultLine['checks'][number] {
  return { cell: cellName(cell), class: cell.class, metrics: Object.fromEntries(cell.metrics.map((metric) => [metric.name, metric.value])) };
}
