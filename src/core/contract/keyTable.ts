import type * as z from 'zod/mini';
import { contractShape } from './fileSchema.ts';
import { expectations, keyDocs } from './leaves.ts';

/** What can be said about the value at a path of a contract. */
export interface KeyInfo {
  readonly doc?: string;
  readonly expected?: string;
  readonly whenAbsent?: string;
  /** Words that the value may be. */
  readonly values: readonly string[];
  /** Keys that a map here may have; empty where the user chooses them. */
  readonly keys: readonly string[];
  /** What stands here can be a map, or a list. */
  readonly holds: 'map' | 'list' | 'scalar';
}

type Schema = z.core.$ZodType;

/** The schema's own knowledge about the value at `path`, or undefined where a contract has no such key. */
export function keyInfo(path: readonly PropertyKey[]): KeyInfo | undefined {
  const schema = schemaAt(path);
  return schema === undefined ? undefined : infoOf(schema);
}

/** Whether a key at this path must be written. */
export function isRequired(path: readonly PropertyKey[]): boolean {
  const schema = schemaAt(path);
  return schema !== undefined && defOf(schema).type !== 'optional';
}

/** Every path that ends in a key of this name, such as `budget.deadline`; steps into lists and free maps are `[]` and `*`. */
export function placesOf(name: string): readonly string[] {
  return allKeys().filter((place) => place.split('.').at(-1) === name);
}

/** Paths of all keys of a contract. */
export function allKeys(): readonly string[] {
  return below(contractShape, '');
}

function below(schema: Schema, prefix: string): string[] {
  return parts(schema).flatMap((part) => {
    const def = defOf(part);
    if (def.type === 'object') return Object.entries(def.shape).flatMap(([key, inner]) => [prefix + key, ...below(inner, `${prefix}${key}.`)]);
    if (def.type === 'array') return below(def.element, `${prefix.replace(/\.$/, '')}[].`);
    if (def.type === 'record') return below(def.valueType, `${prefix}*.`);
    return [];
  });
}

function schemaAt(path: readonly PropertyKey[]): Schema | undefined {
  let schema: Schema | undefined = contractShape;
  for (const step of path) {
    if (schema === undefined) return undefined;
    schema = parts(schema).map((part) => stepInto(part, step)).find((inner) => inner !== undefined);
  }
  return schema;
}

function stepInto(schema: Schema, step: PropertyKey): Schema | undefined {
  const def = defOf(schema);
  if (def.type === 'object' && typeof step === 'string') return Object.hasOwn(def.shape, step) ? def.shape[step] : undefined;
  if (def.type === 'record' && typeof step === 'string') return def.valueType;
  return def.type === 'array' && typeof step === 'number' ? def.element : undefined;
}

function infoOf(schema: Schema): KeyInfo {
  const chain = [schema, ...unwrapped(schema)];
  const inner = parts(schema).map(defOf);
  const doc = chain.map((one) => keyDocs.get(one)).find((found) => found !== undefined);
  const expected = chain.map((one) => expectations.get(one)).find((found) => found !== undefined);
  return {
    ...doc, ...expected,
    values: inner.flatMap((def) => (def.type === 'enum' ? Object.values(def.entries).map(String) : [])),
    keys: inner.flatMap((def) => (def.type === 'object' ? Object.keys(def.shape) : [])),
    holds: inner.some((def) => def.type === 'object' || def.type === 'record') ? 'map' : inner.some((def) => def.type === 'array') ? 'list' : 'scalar',
  };
}

/** The schema without the wrapper that makes it optional, and the alternatives of a union. */
function parts(schema: Schema): readonly Schema[] {
  const def = defOf(schema);
  if (def.type === 'optional') return parts(def.innerType);
  return def.type === 'union' ? def.options.flatMap(parts) : [schema];
}

function unwrapped(schema: Schema): readonly Schema[] {
  const def = defOf(schema);
  return def.type === 'optional' ? [def.innerType, ...unwrapped(def.innerType)] : [];
}

function defOf(schema: Schema): z.core.$ZodTypes['_zod']['def'] {
  return (schema as z.core.$ZodTypes)._zod.def;
}
