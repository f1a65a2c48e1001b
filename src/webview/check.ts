/** A check of one value: `problem` is undefined for a value of the right type, otherwise a sentence that begins with where it is wrong. */
interface AnyCheck {
  readonly optional: false;
  readonly problem: (value: unknown, at: string) => string | undefined;
}

export interface Check<T> extends AnyCheck {
  /** Never there; lets the compiler hold a check against exactly the type that it stands for, neither wider nor narrower. */
  readonly type?: (value: T) => T;
}

/** A check of a property that may be absent. */
export interface OptionalCheck<T> {
  readonly optional: true;
  readonly check: Check<T>;
}

type AnyField = AnyCheck | { readonly optional: true; readonly check: AnyCheck };

/** One check per property of T: a property that is added to T and forgotten here does not compile. */
type Fields<T> = { readonly [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? OptionalCheck<Exclude<T[K], undefined>> : Check<T[K]> };

const check = <T>(problem: Check<T>['problem']): Check<T> => ({ optional: false, problem });

export const text: Check<string> = check((value, at) => (typeof value === 'string' ? undefined : `${at} is not a text`));

export const finite: Check<number> = check((value, at) => (typeof value === 'number' && Number.isFinite(value) ? undefined : `${at} is not a finite number`));

export const flag: Check<boolean> = check((value, at) => (typeof value === 'boolean' ? undefined : `${at} is neither true nor false`));

export function oneOf<const T extends string>(...words: readonly T[]): Check<T> {
  return check((value, at) => (words.some((word) => word === value) ? undefined : `${at} is none of ${words.join(', ')}`));
}

export function optional<T>(inner: Check<T>): OptionalCheck<T> {
  return { optional: true, check: inner };
}

export function list<T>(item: Check<T>): Check<readonly T[]> {
  return check((value, at) => (Array.isArray(value) ? first(value, (entry, index) => item.problem(entry, `${at}[${index}]`)) : `${at} is not a list`));
}

/** Properties that are not named are let through: they are never read. */
export function object<T extends object>(fields: Fields<T>): Check<T> {
  const entries: readonly (readonly [string, AnyField])[] = Object.entries(fields);
  return check((value, at) => (isRecord(value) ? first(entries, ([name, field]) => fieldProblem(field, value[name], `${at}.${name}`)) : `${at} is not an object`));
}

/** A union whose members differ in the property `by`. */
export function variants<T extends object, By extends keyof T & string>(by: By, members: { readonly [K in T[By] & string]: Check<Extract<T, Record<By, K>>> }): Check<T> {
  const known = new Map<unknown, AnyCheck>(Object.entries(members));
  return check((value, at) => {
    if (!isRecord(value)) return `${at} is not an object`;
    const member = known.get(value[by]);
    return member === undefined ? `${at}.${by} is none of ${[...known.keys()].join(', ')}` : member.problem(value, at);
  });
}

function fieldProblem(field: AnyField, value: unknown, at: string): string | undefined {
  if (!field.optional) return field.problem(value, at);
  return value === undefined ? undefined : field.check.problem(value, at);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function first<T>(items: readonly T[], problem: (item: T, index: number) => string | undefined): string | undefined {
  for (const [index, item] of items.entries()) {
    const found = problem(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}
