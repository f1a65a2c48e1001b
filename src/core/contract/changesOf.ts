import type { Located } from './located.ts';
import { pathText } from './located.ts';

/** One difference that a fragment makes. For `appended` the path is that of the list. */
export interface Change {
  readonly how: 'added' | 'replaced' | 'appended';
  readonly path: readonly (string | number)[];
  readonly to: Located;
}

/** Lists that a fragment adds to. Any other list is one value and is replaced. */
const growing = /^(scope\.\w+|diff\.uncounted|commands\.allow|consent|oracle\.record|oracle\.checks(\[\]\.(override|matrix\.[^.]+))?)$/;

/** A condition is one value: merging two would give a metric two conditions. */
const whole = /^oracle\.checks\[\](\.override\[\])?\.metrics\.[^.]+$/;

/** What `fragment` changes in `base`, in the order of the fragment. */
export function changesOf(base: Located, fragment: Located): readonly Change[] {
  return differences(base, fragment, base.path);
}

function differences(base: Located, to: Located, path: Change['path']): readonly Change[] {
  const place = pathText(path).replace(/\[\d+\]/g, '[]').replace(/\["(?:[^"\\]|\\.)*"\]/g, '._');
  if (samePlain(base.value, to.value)) return [];
  if (base.kind === 'map' && to.kind === 'map' && !whole.test(place)) return [...to.children].flatMap(([key, value]) => inMap(base, key, value, path));
  if (base.kind === 'list' && to.kind === 'list' && growing.test(place)) return lastOfEach([...to.children.values()]).flatMap((item) => inList(base, item, path));
  return [{ how: 'replaced', path, to }];
}

function inMap(base: Located, key: string | number, to: Located, path: Change['path']): readonly Change[] {
  const old = base.children.get(key);
  return old === undefined ? [{ how: 'added', path: [...path, key], to }] : differences(old, to, [...path, key]);
}

function inList(base: Located, item: Located, path: Change['path']): readonly Change[] {
  const name = nameOf(item);
  const found = [...base.children].find(([, old]) => samePlain(old.value, item.value) || (name !== undefined && nameOf(old) === name));
  if (found === undefined) return [{ how: 'appended', path, to: item }];
  const [index, old] = found;
  return item.kind === 'map' ? differences(old, item, [...path, index]) : [];
}

/** A fragment that names one item twice means the later one. */
function lastOfEach(items: readonly Located[]): readonly Located[] {
  return items.filter((item, index) => !items.slice(index + 1).some((later) => samePlain(later.value, item.value) || (nameOf(item) !== undefined && nameOf(later) === nameOf(item))));
}

/** What makes two items of a list the same one: the glob of an area, the id of a check. */
function nameOf(item: Located): unknown {
  return item.kind === 'map' ? item.children.get('glob')?.value ?? item.children.get('id')?.value : item.value;
}

/** Plain data after a change. */
export function plainAfter(value: unknown, { how, path, to }: Change): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return how === 'appended' && Array.isArray(value) ? [...(value as unknown[]), to.value] : to.value;
  const inner = { how, path: rest, to };
  if (Array.isArray(value)) return value.map((item: unknown, index) => (index === step ? plainAfter(item, inner) : item));
  const map = value as Readonly<Record<string, unknown>>;
  return { ...map, [step]: plainAfter(map[step], inner) };
}

/** Whether two plain values are the same, whatever the order of keys. */
export function samePlain(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [Object.entries(a), new Map<string, unknown>(Object.entries(b))];
  return left.length === right.size && left.every(([key, value]) => right.has(key) && samePlain(value, right.get(key)));
}
