import type { Span } from './remarks.ts';

/** A value of a contract text together with the place where it is written. */
export interface Located {
  readonly path: readonly (string | number)[];
  readonly kind: 'map' | 'list' | 'scalar';
  /** Plain data; `null` for what is empty. */
  readonly value: unknown;
  /** Where the value is written; for an alias, where its anchor is. */
  readonly span: Span;
  /** Where its key is written; absent for list items and the root. */
  readonly key?: Span;
  /** Written as `{…}` or `[…]`. */
  readonly flow: boolean;
  /** A scalar as it stands in the text. */
  readonly source?: string;
  /** In the order of the text. */
  readonly children: ReadonlyMap<string | number, Located>;
}

/** The value at a path, or undefined. */
export function locate(root: Located, path: readonly PropertyKey[]): Located | undefined {
  let found: Located | undefined = root;
  for (const step of path) found = found?.children.get(step as string | number);
  return found;
}

/** The children of a map or list that may be missing or of another kind, which the schema reports. */
export function childrenOf(parent: Located | undefined, kind: 'map' | 'list'): readonly (readonly [string | number, Located])[] {
  return parent?.kind === kind ? [...parent.children] : [];
}

/** Where to point at a value: itself if it stands on one line, otherwise its key or the first key inside. */
export function pointAt(text: string, at: Located): Span {
  const written = text.slice(at.span.start, at.span.end).trimEnd();
  if (!written.includes('\n')) return written === '' ? at.key ?? at.span : { start: at.span.start, end: at.span.start + written.length };
  if (at.key !== undefined) return at.key;
  const [first] = at.children.values();
  return first === undefined ? firstLine(text, at.span) : first.key ?? pointAt(text, first);
}

/** Where a word stands inside of a value; the value if it is not spelled there as it is. */
export function pointInside(text: string, at: Located, word: string): Span {
  const index = text.slice(at.span.start, at.span.end).indexOf(word);
  return index < 0 ? pointAt(text, at) : { start: at.span.start + index, end: at.span.start + index + word.length };
}

function firstLine(text: string, span: Span): Span {
  const end = text.indexOf('\n', span.start);
  return { start: span.start, end: end < 0 ? span.end : Math.min(end, span.end) };
}

/** `oracle.checks[0].metrics["max error"]` of its steps. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.map((step, index) => {
    if (typeof step === 'number') return `[${step}]`;
    const name = String(step);
    if (!/^[A-Za-z_][\w-]*$/.test(name)) return `[${JSON.stringify(name)}]`;
    return index === 0 ? name : `.${name}`;
  }).join('');
}
