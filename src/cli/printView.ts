import { oneLine } from '../core/session/reports/markdown.ts';
import { shownPath } from '../core/session/shownPath.ts';
import { count } from '../core/session/view/figures.ts';
import type { BoundaryRow, Card, CallRow, ResultView, View } from '../core/session/view.ts';

/** The view as text for a terminal: the same content in the same order as the side view, a line each, without control characters. */
export function printView(view: View): string {
  const blocks = [head(view), result(view.result), card(view.card), view.boundaries.rows.map(boundary), oracle(view), changes(view.changes), view.state === 'ended' ? [] : now(view.now), rewinds(view), budgets(view)];
  return blocks.filter((lines) => lines.length > 0).map((lines) => lines.map(clean).join('\n')).join('\n\n');
}

type Lines = readonly string[];

function head(view: View): Lines {
  return [view.title, [view.chip, ...view.meta].join(' · '), ...view.warnings.map((warning) => `! ${warning}`)];
}

function result(view: ResultView | undefined): Lines {
  if (view === undefined) return [];
  return [
    `${view.verdict} · ${view.summary} · tree ${view.tree}`, ...view.because.map((reason) => `    ${reason}`),
    ...view.measured.filter((row) => !row.met).map((row) => `    missed: ${row.name}: ${row.figure}`),
    ...view.claims.map((claim) => `    claim ${claim.support}: “${claim.text}” (${claim.why})`),
    ...view.findings.map((finding) => `    finding: ${finding.text} (${finding.open ? 'open · ' : ''}${finding.outcome})`),
    ...view.notMeasured.map((what) => `    not measured: ${what}`),
  ];
}

function card(view: Card | undefined): Lines {
  if (view === undefined) return [];
  return [
    `${view.attention ? '!' : '?'} ${view.question}`, ...view.facts.map((fact) => `    ${fact.name}: ${fact.value}`),
    ...view.flags.map((flag) => `    ${shownPath(flag.path)}:${flag.line} +${flag.added} −${flag.removed} ${flag.standing} by ${flag.cause} · flag ${flag.id}${flag.outcome === undefined ? '' : ` · ${flag.outcome}`}`),
    ...(view.moreFlags === undefined ? [] : [`    … and ${count(view.moreFlags, 'flag')} more; bounded trace names every one`]),
  ];
}

const marks = { done: '✓', now: '›', waiting: '?', todo: '·' } as const;

function boundary(row: BoundaryRow): string {
  const size = row.added === undefined ? row.figures : `+${row.added} −${row.removed ?? 0}`;
  return [`${marks[row.state]} ${row.name}`, row.detail, size].filter((part) => part !== '').join(' · ');
}

function oracle(view: View): Lines {
  return view.oracle?.checks.map((check) => `oracle ${check.id}: ${check.state} · ${check.summary}`) ?? [];
}

/** Every hunk with the id by which it is rewound, and whether a person has looked at it. */
function changes(view: View['changes']): Lines {
  if (view === undefined) return [];
  return [`changes: ${view.reviewed} of ${view.total} hunks reviewed`, ...view.files.flatMap((file) => [
    `  ${shownPath(file.path)}${file.what === 'changed' ? '' : ` · ${file.what}`} · +${file.added} −${file.removed}`,
    ...file.hunks.map((hunk) => `    ${hunk.reviewed ? '✓' : '·'} ${hunk.mode ?? `${hunk.whole === true ? 'file' : `line ${hunk.line}`} +${hunk.added} −${hunk.removed}`} · ${hunk.standing} · by ${hunk.by} · hunk ${hunk.hunk}${hunk.reviewed ? ' · reviewed' : ''}`),
  ]), ...(view.more === 0 ? [] : [`  … and ${count(view.more, 'file')} more; bounded mark lists every hunk`])];
}

const callsPrinted = 5;

/** What runs, and what ran last. */
function now(calls: readonly CallRow[]): Lines {
  return calls.slice(0, callsPrinted).map((call) => [`${call.running ? '›' : call.refused === '' ? ' ' : '×'} ${call.tool} ${call.title}`, call.refused, call.summary].filter((part) => part !== '').join(' · '));
}

function rewinds(view: View): Lines {
  return view.rewinds.map((row) => `rewind ${row.id}: ${row.text}${row.undone ? ' · undone' : ''}${row.left.map((left) => ` · left alone: ${shownPath(left.path)} (${left.why})`).join('')}`);
}

function budgets(view: View): Lines {
  return [view.budgets.map((meter) => `${meter.name} ${meter.used} of ${meter.of}`).join(' · ')];
}

/** One line of the page, with the room at its start that sets it in. */
function clean(line: string): string {
  return `${/^ */.exec(line)?.[0] ?? ''}${oneLine(line)}`;
}
