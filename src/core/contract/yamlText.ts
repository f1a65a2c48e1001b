import type { CST, Document, ParsedNode } from 'yaml';
import { Composer, LineCounter, Parser } from 'yaml';
import type { Located } from './located.ts';
import type { Remark, Span } from './remarks.ts';
import { YamlWalk } from './yamlWalk.ts';

/** A contract is read by people; a text beyond these limits is something else. Without the limit of depth the parser could end the process. */
const limits = { characters: 65_536, depth: 32, documents: 2 };

/** What a text says as plain data with places, or nothing if it is not one readable YAML document. */
export interface YamlText {
  readonly root?: Located;
  readonly remarks: readonly Remark[];
  /** Line and column of an offset, both from 1. */
  readonly linePos: (offset: number) => { line: number; col: number };
}

/** Reads YAML 1.2 without a byte order mark. Never throws; time and memory are bounded. */
export function readYaml(text: string): YamlText {
  const linePos = linesOf(text);
  const refuse = (span: Span, message: string, expected: string): YamlText => ({ remarks: [{ span, path: '', message, expected, severity: 'error' }], linePos });
  if (text.length > limits.characters) return refuse({ start: 0, end: 1 }, `the text has ${text.length} characters`, `at most ${limits.characters} characters`);
  const tokens = [...new Parser().parse(text)];
  const deep = tooDeep(tokens);
  if (deep !== undefined) return refuse({ start: deep, end: deep + 1 }, `the text is nested more than ${limits.depth} levels deep`, 'the keys of a contract');
  const [document, second] = firstOf(new Composer({ uniqueKeys: false, version: '1.2' }).compose(tokens, true, text.length), limits.documents);
  if (document === undefined) return refuse({ start: 0, end: 0 }, 'the text is empty', 'a contract');
  const remarks = [...syntaxRemarks(document, text), ...(second === undefined ? [] : [secondDocument(second, text)])];
  if (remarks.length > 0) return { remarks, linePos };
  const walk = new YamlWalk(document, limits.depth);
  const root = walk.root();
  return walk.exhausted ? { remarks: walk.remarks, linePos } : { root, remarks: walk.remarks, linePos };
}

function linesOf(text: string): YamlText['linePos'] {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
  return (offset) => lines.linePos(Math.min(Math.max(offset, 0), text.length));
}

function firstOf<T>(all: Iterable<T>, count: number): T[] {
  const first: T[] = [];
  for (const one of all) {
    first.push(one);
    if (first.length === count) break;
  }
  return first;
}

/** Offset of a token below the deepest level allowed. Iterative: the depth is what is in doubt. */
function tooDeep(tokens: readonly CST.Token[]): number | undefined {
  const open = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (depth > limits.depth) return token.offset;
    if (token.type === 'document' && token.value !== undefined) open.push({ token: token.value, depth });
    if (!('items' in token)) continue;
    for (const { key, value } of token.items) {
      if (key) open.push({ token: key, depth: depth + 1 });
      if (value) open.push({ token: value, depth: depth + 1 });
    }
  }
  return undefined;
}

function syntaxRemarks(document: Document.Parsed<ParsedNode>, text: string): Remark[] {
  const { version, explicit } = document.directives.yaml;
  const directive: Remark[] = explicit === true && version !== '1.2'
    ? [{ span: firstLineWith(text, '%YAML'), path: '', message: `the text says that it is YAML ${version}`, expected: 'YAML 1.2', severity: 'error' }] : [];
  return [...directive, ...[...document.errors, ...document.warnings].map((error): Remark => ({
    span: visible({ start: error.pos[0], end: error.pos[1] }, text), path: '', message: `not readable as YAML: ${error.message}`, severity: 'error',
  }))];
}

function secondDocument(second: Document.Parsed<ParsedNode>, text: string): Remark {
  const start = text.lastIndexOf('---', second.range[0]);
  return { span: { start: Math.max(start, 0), end: Math.max(start, 0) + 3 }, path: '', message: 'a second document begins here', expected: 'one contract per file', severity: 'error' };
}

function firstLineWith(text: string, word: string): Span {
  const start = Math.max(text.indexOf(word), 0);
  const end = text.indexOf('\n', start);
  return { start, end: end < 0 ? text.length : end };
}

/** At most the rest of its line, at least one character where there is one. */
function visible(span: Span, text: string): Span {
  const start = Math.min(span.start, text.length);
  const lineEnd = text.indexOf('\n', start);
  return { start, end: Math.max(Math.min(span.end, lineEnd < 0 ? text.length : lineEnd), Math.min(start + 1, text.length)) };
}
