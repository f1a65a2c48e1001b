/** Answers a text without the secrets it knows. */
export type Redact = (text: string) => string;

/** Stands where a secret was. */
export const redacted = '[redacted]';

/** Shorter values are no secrets, and replacing them would shred ordinary text. */
const shortest = 8;

/**
 * Replaces every known secret, as it is and as JSON (escaped up to three times over, also letter by letter as `\u0061`),
 * percent-encoding or base64 would write it. Values of fewer than eight characters are left out.
 */
export function createRedact(secrets: readonly string[]): Redact {
  const known = [...new Set(secrets)].filter((secret) => secret.length >= shortest).sort((a, b) => b.length - a.length);
  if (known.length === 0) return (text) => text;
  const pattern = new RegExp(known.flatMap(spellings).join('|'), 'g');
  return (text) => text.replace(pattern, redacted);
}

/** Redacts every string of a JSON value, the keys of objects included. */
export function redactJson<T>(value: T, redact: Redact): T;
export function redactJson(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item: unknown) => redactJson(item, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [redact(key), redactJson<unknown>(item, redact)]));
}

function spellings(secret: string): string[] {
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
  const urlSafe = base64.replaceAll('+', '-').replaceAll('/', '_');
  const units = secret.match(/\\+|[^\\]/gs) ?? [];
  return [units.map((part) => (part.startsWith('\\') ? backslashes(part.length) : unit(part))).join(''), literal(base64), literal(urlSafe)];
}

/** One UTF-16 unit of a secret in every spelling. Runs of backslashes are limited so that matching stays linear. */
function unit(char: string): string {
  const hex = char.charCodeAt(0).toString(16).padStart(4, '0');
  const ways = [literal(char), `\\\\{1,8}u${anyCase(hex)}`];
  const short = shortEscapes.get(char);
  if (short !== undefined) ways.push(`\\\\{1,8}${literal(short)}`);
  if (char < '\x80') ways.push(`%${anyCase(hex.slice(2))}`);
  return `(?:${ways.join('|')})`;
}

/** A run is matched as one piece: escaping doubles it, and unit by unit the ways to divide it would multiply. */
function backslashes(count: number): string {
  return `(?:\\\\{${count},${8 * count}}|(?:\\\\{1,8}u005[cC]|%5[cC]){${count}})`;
}

const shortEscapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'], ['/', '/'], ['\n', 'n'], ['\r', 'r'], ['\t', 't'], ['\b', 'b'], ['\f', 'f'],
]);

function anyCase(hex: string): string {
  return hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
