import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';

/** The command line was not understood; exit status 64. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

export type Options = NonNullable<ParseArgsConfig['options']>;

type Parsed<T extends Options> = ReturnType<typeof parseArgs<{ args: string[]; options: T; allowPositionals: true; strict: true }>>;

/** Options and positionals of one command; throws a UsageError that says what is wrong. */
export function parse<T extends Options>(args: readonly string[], options: T, positionals: { readonly least: number; readonly most: number; readonly names: string }): Parsed<T> {
  const parsed = parseStrictly(args, options);
  if (parsed.positionals.length < positionals.least || parsed.positionals.length > positionals.most) throw new UsageError(`expected ${positionals.names || 'no argument'}`);
  return parsed;
}

function parseStrictly<T extends Options>(args: readonly string[], options: T): Parsed<T> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
