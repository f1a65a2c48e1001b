import type { BesideChange, Path } from '../core/session/changes.ts';
import type { BesideItem, LeftPath } from '../core/session/facts.ts';
import type { Capture } from './ports.ts';

/** What differs between two looks beside the tree, by path. A path may be the name of something that every object has, such as `constructor`: only maps are asked. */
export function besideChanges(call: string, before: Capture['beside'] = {}, after: Capture['beside'] = {}): readonly BesideChange[] {
  const [old, now] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  const changed = [...new Set([...old.keys(), ...now.keys()])].filter((path) => old.get(path) !== now.get(path));
  return changed.map((path) => ({ path, call, ...word('before', old.get(path)), ...word('after', now.get(path)) }));
}

/** The word of `Capture.beside` for one. */
export const emptyFolder = 'empty folder';

/** Whether a rewind can bring this back: it is about empty folders and permissions alone. */
export function canComeBack({ before, after }: BesideChange): boolean {
  return [before, after].every((state) => state === undefined || state === emptyFolder || isPermissions(state));
}

export const isPermissions = (state: string | undefined): boolean => state?.startsWith('permissions ') === true;

/**
 * The plan of undoing changes: each path from what it was left as to what it was before the first of them. Where the user changed it in
 * between, that stays, with what it was made upon: only what came after it is undone. Pure.
 */
export function planBeside(changes: readonly BesideChange[]): readonly BesideItem[] {
  const items = new Map<Path, BesideItem>();
  for (const { path, before, after } of changes) {
    const known = items.get(path);
    items.set(path, { path, ...word('target', known === undefined || known.expected !== before ? before : known.target), ...word('expected', after) });
  }
  return [...items.values()].filter((item) => item.target !== item.expected);
}

/** The items of a rewind that took place, the other way round. */
export function inverse(items: readonly BesideItem[]): readonly BesideItem[] {
  return items.map(({ path, target, expected }) => ({ path, ...word('target', expected), ...word('expected', target) }));
}

export function doneOf(items: readonly BesideItem[], left: readonly LeftPath[]): readonly BesideItem[] {
  const alone = new Set(left.map(({ path }) => path));
  return items.filter(({ path }) => !alone.has(path));
}

function word<K extends string>(key: K, state: string | undefined): { readonly [key in K]?: string } {
  return state === undefined ? {} : ({ [key]: state } as { readonly [key in K]: string });
}
