import { describeKey } from './hover.ts';
import type { KeyInfo } from './keyTable.ts';
import { keyInfo } from './keyTable.ts';
import type { Located } from './located.ts';
import { locate } from './located.ts';
import type { Span } from './remarks.ts';
import { readYaml } from './yamlText.ts';

export interface Completion {
  readonly label: string;
  readonly kind: 'key' | 'value';
  /** Written in the place of `span`. */
  readonly text: string;
  readonly span: Span;
  /** Markdown. */
  readonly doc?: string;
}

/** A character that no contract contains; it marks the place of the cursor in the tree. */
const cursor = '\u{F8FF}';

/** Keys and values that can stand at an offset. Empty where the text before is broken or the user chooses freely. */
export function completionsAt(text: string, offset: number): readonly Completion[] {
  const word = /[\w.$-]*$/.exec(text.slice(0, offset))?.[0] ?? '';
  const rest = /^[\w-]*/.exec(text.slice(offset))?.[0] ?? '';
  const span = { start: offset - word.length, end: offset + rest.length };
  const marked = text.slice(0, span.start) + cursor + text.slice(span.end);
  const root = treeOf(marked, span.start);
  const place = root === undefined ? undefined : placeOfCursor(root, []);
  if (root === undefined || place === undefined) return [];
  const { path, isKey } = place;
  const colon = /^\s*:/.test(text.slice(span.end));
  if (isKey) return keysAt(root, path, span, colon);
  const values = valuesAt(root, path, span);
  const startsMap = typeof path.at(-1) === 'number' || text.slice(text.lastIndexOf('\n', span.start - 1) + 1, span.start).trim() === '';
  return values.length === 0 && startsMap ? keysAt(root, path, span, colon) : values;
}

/** The marked text as a tree. A bare word on its own line is no YAML map, so a colon is tried as well. */
function treeOf(marked: string, at: number): Located | undefined {
  const asKey = `${marked.slice(0, at + cursor.length)}: ${marked.slice(at + cursor.length)}`;
  return readYaml(marked).root ?? readYaml(asKey).root;
}

interface Place {
  readonly path: readonly (string | number)[];
  readonly isKey: boolean;
}

function placeOfCursor(at: Located, path: readonly (string | number)[]): Place | undefined {
  if (at.value === cursor) return { path, isKey: false };
  for (const [step, child] of at.children) {
    if (step === cursor) return { path, isKey: true };
    const found = placeOfCursor(child, [...path, step]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function keysAt(root: Located, path: Place['path'], span: Span, colon: boolean): readonly Completion[] {
  const written = new Set(locate(root, path)?.children.keys());
  const own = namesOfCheck(root, path);
  return (own ?? keyInfo(path)?.keys ?? []).filter((key) => !written.has(key)).map((key) => keyCompletion(key, own === undefined ? [...path, key] : [], span, colon));
}

/** In an override the names are those of the check: its axes and its metrics. */
function namesOfCheck(root: Located, path: Place['path']): readonly string[] | undefined {
  if (path[3] !== 'override' || path.length !== 6) return undefined;
  const source = path[5] === 'when' ? 'matrix' : 'metrics';
  return [...(locate(root, [...path.slice(0, 3), source])?.children.keys() ?? [])].map(String);
}

function valuesAt(root: Located, path: Place['path'], span: Span): readonly Completion[] {
  const info = keyInfo(path);
  if (info === undefined) return [];
  if (info.values.length > 0) return remaining(root, path, info).map((value) => ({ label: value, kind: 'value', text: value, span }));
  return (valuesOfAxis(root, path) ?? []).map((value) => ({ label: value, kind: 'value', text: value, span }));
}

/** In a list of words, those that are not in it. */
function remaining(root: Located, path: Place['path'], info: KeyInfo): readonly string[] {
  const siblings = typeof path.at(-1) === 'number' ? locate(root, path.slice(0, -1))?.value : undefined;
  return Array.isArray(siblings) ? info.values.filter((value) => !siblings.includes(value)) : info.values;
}

function valuesOfAxis(root: Located, path: Place['path']): readonly string[] | undefined {
  if (path[3] !== 'override' || path[5] !== 'when' || path.length !== 7) return undefined;
  const axis = locate(root, [...path.slice(0, 3), 'matrix', path[6] ?? ''])?.value;
  return Array.isArray(axis) ? axis.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))) : undefined;
}

function keyCompletion(key: string, path: Place['path'], span: Span, colon: boolean): Completion {
  const doc = describeKey(path);
  return { label: key, kind: 'key', text: colon ? key : `${key}: `, span, ...(doc === undefined ? {} : { doc }) };
}
