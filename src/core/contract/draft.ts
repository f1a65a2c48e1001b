import { stringify } from 'yaml';
import { readContract } from './reader.ts';

export const templates = ['feature', 'fix', 'numeric'] as const;
export type Template = (typeof templates)[number];

/** What each template is for, for the question that asks for one. */
export const templateTexts: Readonly<Record<Template, string>> = {
  feature: 'Something new: its tests are written first and frozen, then the smallest change, then its final shape.',
  fix: 'A small repair with a command that fails now: one decision at the end.',
  numeric: 'A result that must equal a reference within thresholds, also in the presence of wrong implementations.',
};

export interface Wish {
  readonly task: string;
  readonly template: Template;
  /** Folders that may change, relative to the workspace folder; `.` is all of it. At least one folder or file. */
  readonly folders: readonly string[];
  /** Single files that may change too. */
  readonly files?: readonly string[];
  /** The command line that decides. */
  readonly command: string;
  /** The command reports tests in a form that can be counted; otherwise its exit status decides. */
  readonly countsTests?: boolean;
  /** A command line that passes now and must go on passing. */
  readonly unchanged?: string;
  /** Folders with the files that decide; `oracle` if there are none. A fix has none unless they are named. */
  readonly oracle?: readonly string[];
}

/**
 * A complete, valid contract with comments. Throws a RangeError with a sentence for the user if the wish cannot become
 * one: nothing that may change, no task, no command, a folder outside of the workspace folder.
 */
export function draftContract(wish: Wish): string {
  const change = unique([...wish.folders.map(folderGlob), ...(wish.files ?? []).map(fileGlob)]);
  if (change.length === 0) throw new RangeError('Choose at least one folder that may change.');
  const text = [taskPart(wish), scopePart(wish, change), diffPart(wish), oraclePart(wish), limitsPart(wish)].join('\n');
  const fault = readContract(text).problems.find(({ severity }) => severity === 'error');
  if (fault !== undefined) throw new RangeError(`This cannot become a contract: ${fault.path} ${fault.message}.`);
  return text;
}

function taskPart({ task }: Wish): string {
  const clean = task.replace(/\r\n?/g, '\n').replace(/[^\P{Cc}\n\t]/gu, '').trim();
  return `# What is to be done, and what must stay as it is.\n${stringify({ task: `${clean}\n` }, { lineWidth: 0, blockQuote: 'literal' })}`;
}

function scopePart(wish: Wish, change: readonly string[]): string {
  const oracle = oracleGlobs(wish, change);
  return lines(
    'scope:',
    `  change: ${inline(change)}   # may be created, edited and deleted; nothing else may`,
    '  never: []   # wins over change: neighbours that must stay as they are',
    ...(oracle.length === 0 ? [] : [`  oracle: ${inline(oracle)}   # files that decide: written in oracle-only, then frozen`]),
  );
}

function diffPart({ template }: Wish): string {
  const [files, most] = template === 'fix' ? [3, 80] : [8, 400];
  return lines('diff:   # a change beyond this is refused', `  files: ${files}`, `  lines: ${most}   # added and removed together`);
}

function oraclePart(wish: Wish): string {
  const unchanged = wish.unchanged === undefined ? [] : [
    '    - id: unchanged', '      before: pass   # passes now and must go on passing', `      run: ${inline(wish.unchanged)}`, `      ${evidence(wish.countsTests)}`,
  ];
  return lines('oracle:', '  checks:', ...decidingCheck(wish), ...unchanged, ...(wish.template === 'numeric' ? ['  decoys: 3   # wrong implementations that the checks must catch before work may start'] : []));
}

function decidingCheck({ template, command, countsTests }: Wish): readonly string[] {
  const run = `      run: ${inline(command)}`;
  if (template === 'numeric') {
    return ['    - id: matches-reference', run,
      '      # The last line that the command prints is its report: {"max_abs_error": 1e-9, "max_rel_error": 1e-9}',
      '      metrics:', '        max_abs_error: { at-most: 1e-6 }', '        max_rel_error: { at-most: 1e-5 }'];
  }
  if (template === 'fix') return ['    - id: fixed', '      before: fail   # the command shows the fault now', run, `      ${evidence(countsTests)}`];
  return ['    - id: works', '      # Must fail before the work, or its success would say nothing: oracle-only writes the tests that it runs.', run, `      ${evidence(countsTests)}`];
}

function evidence(countsTests: boolean | undefined): string {
  return countsTests === true ? 'tests: { at-least: 1, skipped: 0 }' : 'exit: 0   # this status is the proof; `tests: { at-least: 1 }` in its place counts tests';
}

function limitsPart({ template }: Wish): string {
  const fix = template === 'fix';
  const budget = fix ? '{ time: 1h, cost: 5 USD, turns: 120 }' : '{ time: 7h, cost: 20 USD, turns: 400 }';
  const phases = fix ? ['phases: [explore, baseline, minimal-hook, review]', 'gates: { explore: auto, minimal-hook: auto, review: person }   # person: waits for you'] : [
    'phases: [explore, baseline, oracle-only, minimal-hook, production-shape, review]',
    'gates: { explore: person, oracle-only: person, minimal-hook: person, production-shape: person, review: person }',
  ];
  return lines(`budget: ${budget}   # time is active time: waiting for you does not count`, '', ...phases, '', 'commands: { allow: [], network: none, sandbox: preferred }   # allow: what may run where no sandbox works');
}

function oracleGlobs({ template, oracle = [] }: Wish, change: readonly string[]): readonly string[] {
  const named = unique(oracle.map(folderGlob)).filter((glob) => !change.includes(glob));
  if (named.length > 0 || template === 'fix') return named;
  return [['oracle/**', 'acceptance/**', '.oracle/**'].find((glob) => !change.includes(glob)) ?? 'oracle-files/**'];
}

function folderGlob(folder: string): string {
  const path = escaped(folder);
  return path === '' || path === '.' ? '**' : `${path}/**`;
}

/** A file at the top is written with a leading `/`: without it, its name would be allowed in every folder. */
function fileGlob(file: string): string {
  const path = escaped(file);
  return path.includes('/') ? path : `/${path}`;
}

/** A path whose characters mean themselves in a glob. */
function escaped(path: string): string {
  const clean = path.replaceAll('\\', '/').replace(/^(\.\/)+/, '').replace(/\/+$/, '');
  return clean.replace(/[[\]{}()*?]|^!/g, '\\$&');
}

/** One line of YAML that can stand in a map. */
function inline(value: string | readonly string[]): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0, blockQuote: false, flowCollectionPadding: false, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER }).replace(/\n$/, '');
}

function unique(words: readonly string[]): readonly string[] {
  return [...new Set(words)];
}

function lines(...all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}
