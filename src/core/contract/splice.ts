import { stringify } from 'yaml';
import type { Change } from './changesOf.ts';
import type { TextEdit } from './contract.ts';
import { additionToList, additionToMap, columnOf, replacementOf } from './edits.ts';
import type { Located } from './located.ts';
import { locate } from './located.ts';

/**
 * The edit that writes one change into a contract, in the spelling of the fragment that it comes from where that can
 * be, otherwise (`fragment` is undefined) in a plain spelling that is right everywhere.
 */
export function spliceOf(text: string, root: Located, change: Change, fragment: string | undefined): TextEdit {
  const at = locate(root, change.how === 'added' ? change.path.slice(0, -1) : change.path) ?? root;
  const name = String(change.path.at(-1));
  if (change.how === 'replaced') return replacementOf(text, at, replaced(text, at, change.to, fragment));
  const column = at.flow ? 0 : columnOf(text, change.how === 'added' ? ([...at.children.values()][0]?.key ?? at.span).start : at.span.start);
  if (change.how === 'appended') return additionToList(text, at, at.flow ? inFlow(change.to, fragment) : inBlock(change.to, fragment, column + 2, false));
  return additionToMap(text, at, plainly(name), at.flow ? inFlow(change.to, fragment) : inBlock(change.to, fragment, column + 2, true));
}

function replaced(text: string, at: Located, to: Located, fragment: string | undefined): string {
  const lineStart = text.lastIndexOf('\n', (at.key ?? at.span).start - 1) + 1;
  const indent = /^ */.exec(text.slice(lineStart))?.[0].length ?? 0;
  const literal = fragment !== undefined && to.kind === 'scalar' && /^[|>]/.test(fragment.slice(to.span.start)) && at.key !== undefined && text.slice(lineStart, at.key.start).trim() === '';
  return literal ? moved(fragment, to, indent + 2) : inFlow(to, fragment);
}

/** On one line. What is written outside of brackets may need quotes inside of them. */
function inFlow(to: Located, fragment: string | undefined): string {
  const source = fragment?.slice(to.span.start, to.span.end).trimEnd();
  const asWritten = source !== undefined && source !== '' && !/[\n#]/.test(source) && (to.flow || !/[,[\]{}]/.test(source) || /^["']/.test(source));
  return asWritten ? source : plainly(to.value);
}

function inBlock(to: Located, fragment: string | undefined, column: number, afterKey: boolean): string {
  if (fragment === undefined) return plainly(to.value);
  const source = fragment.slice(to.span.start, to.span.end).trimEnd();
  if (!source.includes('\n')) return to.kind === 'scalar' || to.flow ? (source === '' ? plainly(to.value) : source) : afterKey ? `\n${' '.repeat(column)}${source}` : source;
  const lines = moved(fragment, to, column);
  return afterKey && to.kind !== 'scalar' && !to.flow ? `\n${' '.repeat(column)}${lines}` : lines;
}

/** The text of a value of several lines, its later lines moved to a column. */
function moved(fragment: string, at: Located, column: number): string {
  const [first = '', ...rest] = fragment.slice(at.span.start, at.span.end).trimEnd().split(/\r?\n/);
  const scalar = at.kind === 'scalar' || at.flow;
  const from = scalar ? Math.min(...rest.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length)) : columnOf(fragment, at.span.start);
  return [first, ...rest.map((line) => (line.trim() === '' ? '' : ' '.repeat(Math.max(line.length - line.trimStart().length - from, 0) + column) + line.trimStart()))].join('\n');
}

/** On one line, whatever the value. */
function plainly(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0, blockQuote: false, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER }).trimEnd();
}
