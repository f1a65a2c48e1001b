import * as z from 'zod/mini';
import { expectedGlob, globFault, pathFault } from './globSyntax.ts';
import type { Parsed } from './quantities.ts';
import { rootFault } from './roots.ts';

/** What a schema accepts, in words; said when a value is something else, and on hover. */
export const expectations = z.registry<{ readonly expected: string }>();

/** What a key means. `whenAbsent` is the value in force without it, written as in a contract where it can be. */
export interface KeyDoc {
  readonly doc: string;
  readonly whenAbsent?: string;
}

/** Documentation of keys, kept with the schema of the key so that neither changes alone. */
export const keyDocs = z.registry<KeyDoc>();

export function expecting<T extends z.ZodMiniType>(schema: T, expected: string): T {
  expectations.add(schema, { expected });
  return schema;
}

export function required<T extends z.ZodMiniType>(schema: T, doc: string): T {
  keyDocs.add(schema, { doc });
  return schema;
}

export function optional<T extends z.ZodMiniType>(schema: T, doc: string, whenAbsent?: string): z.ZodMiniOptional<T> {
  const key = z.optional(schema);
  keyDocs.add(key, whenAbsent === undefined ? { doc } : { doc, whenAbsent });
  return key;
}

/** A text that `fault` has nothing against. */
function checked(expected: string, fault: (text: string) => string | undefined): z.ZodMiniType<string> {
  return expecting(z.string().check(z.superRefine((text, ctx) => {
    const why = fault(text);
    if (why !== undefined) ctx.addIssue({ code: 'custom', message: why, input: text });
  })), expected);
}

/** A text of any number of lines that is not blank. */
export function prose(longest: number): z.ZodMiniType<string> {
  return checked('a text', (text) => blankOrLong(text, longest) ?? (/[^\P{Cc}\n\r\t]/u.test(text) ? 'a text cannot contain control characters' : undefined));
}

/** One line of text. */
export function line(expected: string): z.ZodMiniType<string> {
  return checked(expected, (text) => blankOrLong(text, 4000) ?? (/\p{Cc}/u.test(text) ? 'this must be one line without control characters' : undefined));
}

/** A command line, also one that is written on several lines. */
export function command(): z.ZodMiniType<string> {
  return checked('a command line', (text) => blankOrLong(text, 8000) ?? (/[^\P{Cc}\n\t]/u.test(text) ? 'a command line cannot contain control characters' : undefined));
}

export function matching(pattern: RegExp, expected: string): z.ZodMiniType<string> {
  return checked(expected, (text) => (pattern.test(text) ? undefined : `${JSON.stringify(text)} is not possible here`));
}

export function glob(): z.ZodMiniType<string> {
  return checked(expectedGlob, globFault);
}

export function root(): z.ZodMiniType<string> {
  return checked('a folder beside the workspace folder, such as `../api`', rootFault);
}

export function filePath(): z.ZodMiniType<string> {
  return checked('the path of a file, relative to the workspace folder', pathFault);
}

/** A text with a grammar of its own; its output is what it stands for. */
export function quantity(parse: (text: string) => Parsed<number>, expected: string) {
  return expecting(z.pipe(z.string(), z.transform((text: string, ctx) => {
    const parsed = parse(text.trim());
    if (parsed.ok) return parsed.value;
    ctx.issues.push({ code: 'custom', message: parsed.why, input: text });
    return z.NEVER;
  })), expected);
}

export function whole(least: number, most: number): z.ZodMiniType<number> {
  const expected = `a whole number from ${least} to ${most}`;
  return expecting(z.number().check(z.superRefine((value, ctx) => {
    if (!Number.isInteger(value) || value < least || value > most) ctx.addIssue({ code: 'custom', message: `${value} is not possible here`, input: value });
  })), expected);
}

export function finite(): z.ZodMiniType<number> {
  return expecting(z.number(), 'a finite number');
}

export function choice<const T extends readonly string[]>(values: T) {
  return expecting(z.enum(values), `one of ${values.map((value) => `\`${value}\``).join(', ')}`);
}

export function list<T extends z.ZodMiniType>(item: T, expected: string, least = 0) {
  return expecting(z.array(item).check(z.superRefine((items, ctx) => {
    if (items.length < least) ctx.addIssue({ code: 'custom', message: 'the list is empty', input: items });
  })), expected);
}

/** A map whose keys the user chooses. */
export function named<T extends z.ZodMiniType>(name: z.ZodMiniType<string>, value: T, expected: string) {
  return expecting(z.record(name, value).check(z.superRefine((map, ctx) => {
    if (Object.keys(map).length === 0) ctx.addIssue({ code: 'custom', message: 'the map is empty', input: map });
  })), expected);
}

function blankOrLong(text: string, longest: number): string | undefined {
  if (text.trim() === '') return 'this cannot be blank';
  return text.length > longest ? `this cannot be longer than ${longest} characters` : undefined;
}
