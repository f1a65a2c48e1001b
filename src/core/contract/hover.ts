import type { KeyInfo } from './keyTable.ts';
import { isRequired, keyInfo } from './keyTable.ts';
import type { Located } from './located.ts';
import { pathText } from './located.ts';
import type { Span } from './remarks.ts';
import { readYaml } from './yamlText.ts';

export interface Hover {
  readonly span: Span;
  /** What stands there, such as `oracle.checks[0].timeout`. */
  readonly path: string;
  /** Markdown. */
  readonly text: string;
}

/** What the key at an offset means, or undefined where no key of a contract stands. Offsets as editors count them. */
export function hoverAt(text: string, offset: number): Hover | undefined {
  const { root } = readYaml(text);
  const at = root === undefined ? undefined : deepest(root, offset);
  const span = at === undefined ? undefined : within(at.key, offset) ? at.key : at.kind === 'scalar' && within(at.span, offset) ? at.span : undefined;
  if (at === undefined || span === undefined) return undefined;
  const info = documented(at.path);
  return info === undefined ? undefined : { span, path: pathText(at.path), text: hoverText(at.path, info) };
}

/** Documentation of the value at a path in Markdown; for list items and names that the user chose, that of the key above. */
export function describeKey(path: readonly PropertyKey[]): string | undefined {
  const info = documented(path);
  return info === undefined ? undefined : hoverText(path, info);
}

function documented(path: readonly PropertyKey[]): KeyInfo | undefined {
  for (let length = path.length; length > 0; length--) {
    const info = keyInfo(path.slice(0, length));
    if (info?.doc !== undefined) return { ...info, ...expectedHere(path) };
  }
  return undefined;
}

function expectedHere(path: readonly PropertyKey[]): Pick<KeyInfo, 'expected'> {
  const expected = keyInfo(path)?.expected;
  return expected === undefined ? {} : { expected };
}

function hoverText(path: readonly PropertyKey[], info: KeyInfo): string {
  const absent = info.whenAbsent === undefined ? [] : [`Default: \`${info.whenAbsent}\``];
  const must = typeof path.at(-1) === 'string' && isRequired(path) && keyInfo(path)?.doc !== undefined ? ['Required.'] : absent;
  return [`**${pathText(path)}**`, info.doc ?? '', ...(info.expected === undefined ? [] : [`Expected: ${info.expected}.`]), ...must].join('\n\n');
}

function deepest(at: Located, offset: number): Located | undefined {
  for (const child of at.children.values()) {
    if (within(child.key, offset)) return child;
    if (within(child.span, offset)) return deepest(child, offset) ?? child;
  }
  return undefined;
}

function within(span: Span | undefined, offset: number): boolean {
  return span !== undefined && span.start <= offset && offset <= span.end;
}
