import type * as z from 'zod/mini';
import type { Fix } from './contract.ts';
import { removalOf } from './edits.ts';
import { keyInfo, placesOf } from './keyTable.ts';
import type { Located } from './located.ts';
import { childrenOf, locate, pathText, pointAt } from './located.ts';
import type { Remark } from './remarks.ts';
import { isReserved } from './reserved.ts';
import { nearest } from './suggest.ts';

type Issue = z.core.$ZodIssue;

/** What the schema has against a text, each point at the key or value that is wrong. */
export function shapeRemarks(text: string, root: Located, issues: readonly Issue[]): Remark[] {
  return issues.flatMap((issue) => remarksOf(text, root, issue, []));
}

function remarksOf(text: string, root: Located, issue: Issue, prefix: readonly PropertyKey[]): Remark[] {
  const path = [...prefix, ...issue.path];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((name) => unknownKey(text, root, path, name));
  const at = locate(root, path);
  if (at === undefined) return [missing(text, root, path)];
  if (issue.code === 'invalid_union') {
    const branch = issue.errors.find((errors) => errors.every((error) => error.path.length > 0 || error.code !== 'invalid_type'));
    if (branch !== undefined) return branch.flatMap((error) => remarksOf(text, root, error, path));
  }
  if (issue.code === 'invalid_key') return [{ ...remark(text, at, path, issue.issues[0]?.message ?? 'this name is not possible'), span: at.key ?? pointAt(text, at), expected: 'another name' }];
  return [wrongValue(text, at, path, issue)];
}

function wrongValue(text: string, at: Located, path: readonly PropertyKey[], issue: Issue): Remark {
  const info = keyInfo(path);
  const meant = info !== undefined && typeof at.value === 'string' ? nearest(at.value, info.values) : undefined;
  const fixes: Fix[] = meant === undefined ? [] : [{ title: `Change to \`${meant}\``, ...at.span, text: meant }];
  const message = issue.code === 'custom' ? issue.message : at.value === null ? `\`${pathText(path)}\` is empty` : `\`${pathText(path)}\` cannot be ${kindOf(at)}`;
  return { ...remark(text, at, path, message), ...(info?.expected === undefined ? {} : { expected: info.expected }), ...(fixes.length > 0 ? { fixes } : {}) };
}

function unknownKey(text: string, root: Located, path: readonly PropertyKey[], name: string): Remark {
  const parent = locate(root, path);
  const at = parent?.children.get(name);
  const span = at?.key ?? { start: 0, end: 0 };
  const known = keyInfo(path)?.keys ?? [];
  const place = pathText(path).replace(/\[\d+\]/g, '[]');
  const removal: Fix[] = parent === undefined ? [] : [{ title: `Remove \`${name}\``, ...removalOf(text, parent, name) }];
  const base = { span, path: pathText([...path, name]), severity: 'error' as const };
  if (isReserved(place, name)) return { ...base, message: `\`${name}\` is kept for a later version and has no effect in this one, so it is refused`, expected: listed(known), fixes: removal };
  const meant = nearest(name, known);
  if (meant !== undefined && parent?.children.has(meant) === true) return { ...base, message: `\`${name}\` is not a key here: did you mean \`${meant}\`, which is written already?`, expected: listed(known), fixes: removal };
  if (meant !== undefined) return { ...base, message: `\`${name}\` is not a key here: did you mean \`${meant}\`?`, expected: listed(known), fixes: [{ title: `Change to \`${meant}\``, ...span, text: meant }, ...removal] };
  const elsewhere = placesOf(name);
  const hint = elsewhere.length > 0 ? `: it belongs at \`${elsewhere.join('` or `')}\`` : '';
  return { ...base, message: `\`${name}\` is not a key here${hint}`, expected: listed(known), fixes: removal };
}

function missing(text: string, root: Located, path: readonly PropertyKey[]): Remark {
  const parent = locate(root, path.slice(0, -1));
  const info = keyInfo(path);
  const span = parent === undefined || parent.path.length === 0 ? startOf(root) : parent.key ?? pointAt(text, parent);
  const name = pathText(path);
  return { span, path: name, message: `\`${name}\` is missing`, ...(info?.expected === undefined ? {} : { expected: info.expected }), severity: 'error' };
}

function startOf(root: Located): Remark['span'] {
  const [first] = childrenOf(root, 'map');
  return first?.[1].key ?? { start: root.span.start, end: root.span.start };
}

function remark(text: string, at: Located, path: readonly PropertyKey[], message: string): Remark {
  return { span: pointAt(text, at), path: pathText(path), message, severity: 'error' };
}

function kindOf(at: Located): string {
  if (at.kind !== 'scalar') return at.kind === 'map' ? 'a map' : 'a list';
  if (typeof at.value === 'number') return Number.isFinite(at.value) ? `the number ${at.value}` : 'infinite or no number';
  return typeof at.value === 'boolean' ? `the value ${at.value}` : `the text ${JSON.stringify(String(at.value).slice(0, 60))}`;
}

function listed(keys: readonly string[]): string {
  return keys.length === 0 ? 'nothing' : `one of ${keys.map((key) => `\`${key}\``).join(', ')}`;
}
