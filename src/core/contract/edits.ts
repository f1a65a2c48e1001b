import type { TextEdit } from './contract.ts';
import type { Located } from './located.ts';

/** Applies edits that do not overlap; insertions at one place keep their order. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  return edits.map((edit, order) => ({ edit, order }))
    .sort((a, b) => b.edit.start - a.edit.start || b.order - a.order)
    .reduce((done, { edit }) => done.slice(0, edit.start) + edit.text + done.slice(edit.end), text);
}

/** Takes a key with its value out of a map, its whole lines where nothing else stands on them. */
export function removalOf(text: string, map: Located, name: string): TextEdit {
  const entries = [...map.children];
  const index = entries.findIndex(([key]) => key === name);
  const [at, next, previous] = [entries[index]?.[1], entries[index + 1]?.[1], entries[index - 1]?.[1]];
  if (at?.key === undefined) return { start: 0, end: 0, text: '' };
  const { start } = at.key;
  const end = endOf(at);
  if (map.flow) {
    if (next?.key !== undefined) return { start, end: next.key.start, text: '' };
    return { start: previous === undefined ? start : endOf(previous), end, text: '' };
  }
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  if (text.slice(lineStart, start).trim() === '') return { start: lineStart, end: afterLine(text, end), text: '' };
  return { start, end: next?.key?.start ?? end, text: '' };
}

/** Writes `written` in the place of a value. */
export function replacementOf(text: string, at: Located, written: string): TextEdit {
  const { start, end } = at.span;
  const blockScalar = /\r?\n$/.exec(text.slice(start, end))?.[0] ?? '';
  const space = start > 0 && text[start - 1] === ':' ? ' ' : '';
  return { start, end, text: space + written + blockScalar };
}

/** Adds an item at the end of a list. `written` begins at the column that the answer of `columnOfItems` says. */
export function additionToList(text: string, list: Located, written: string): TextEdit {
  const last = [...list.children.values()].at(-1);
  if (list.flow) return last === undefined ? insert(list.span.start + 1, written) : insert(endOf(last), `, ${written}`);
  return newLine(text, endOf(list), `${' '.repeat(columnOf(text, list.span.start))}- ${written}`);
}

/** Adds a key at the end of a map. */
export function additionToMap(text: string, map: Located, name: string, written: string): TextEdit {
  const entries = [...map.children.values()];
  const [first, last] = [entries[0], entries.at(-1)];
  const pair = written.startsWith('\n') ? `${name}:${written}` : `${name}: ${written}`;
  if (map.flow) return last === undefined ? insert(map.span.start + 1, ` ${pair} `) : insert(endOf(last), `, ${pair}`);
  return newLine(text, endOf(map), `${' '.repeat(columnOf(text, first?.key?.start ?? map.span.start))}${pair}`);
}

/** Column of an offset in its line, from 0. */
export function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

/** Where a value really ends: the parser counts following blank lines and comments to some. */
export function endOf(at: Located): number {
  const last = [...at.children.values()].at(-1);
  return at.kind === 'scalar' || at.flow || last === undefined ? at.span.end : endOf(last);
}

function insert(at: number, text: string): TextEdit {
  return { start: at, end: at, text };
}

/** A new line after the one that holds the end of a value, with the comment that may follow the value there. */
function newLine(text: string, end: number, written: string): TextEdit {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const at = afterLine(text, end);
  const body = written.replace(/\n/g, eol);
  return insert(at, at > 0 && text[at - 1] !== '\n' ? eol + body : body + eol);
}

/** Offset of the line after the one of `end`; a value that ends with its line ends on the line before. */
function afterLine(text: string, end: number): number {
  if (end > 0 && text[end - 1] === '\n') return end;
  const newline = text.indexOf('\n', end);
  return newline < 0 ? text.length : newline + 1;
}
