import { isUtf8 } from 'node:buffer';

/**
 * Text for any bytes, without loss: valid UTF-8 is decoded, every other byte becomes one lone surrogate U+DC80..U+DCFF.
 * File names and file contents that are not valid UTF-8 survive the way into strings, into JSON and back.
 */
export function decodeBytes(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = validLength(bytes, at);
    text += length === 0 ? String.fromCharCode(0xdc00 + (bytes[at] ?? 0)) : bytes.toString('utf8', at, at + length);
    at += Math.max(length, 1);
  }
  return text;
}

/** Length in bytes of the valid UTF-8 character or run of ASCII at `at`, 0 where there is none. */
function validLength(bytes: Buffer, at: number): number {
  let ascii = at;
  while (ascii < bytes.length && (bytes[ascii] ?? 0) < 0x80) ascii += 1;
  if (ascii > at) return ascii - at;
  return [2, 3, 4].find((length) => at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length))) ?? 0;
}

/** The bytes that `decodeBytes` made the text from; for other text its UTF-8. */
export function encodeText(text: string): Buffer {
  if (!loneSurrogate.test(text)) return Buffer.from(text, 'utf8');
  const parts: Buffer[] = [];
  let from = 0;
  for (const match of text.matchAll(escapedBytes)) {
    parts.push(Buffer.from(text.slice(from, match.index), 'utf8'), Buffer.from(Array.from(match[0], (unit) => unit.charCodeAt(0) - 0xdc00)));
    from = match.index + match[0].length;
  }
  parts.push(Buffer.from(text.slice(from), 'utf8'));
  return Buffer.concat(parts);
}

/** Whether the text has no lone surrogate, that is: it has a UTF-8 form of its own. */
export const isWellFormed = (text: string): boolean => !loneSurrogate.test(text);

const loneSurrogate = /\p{Surrogate}/u;
const escapedBytes = /[\u{DC80}-\u{DCFF}]+/gu;

/** git's own test: a NUL among the first 8000 bytes. */
export const looksBinary = (bytes: Buffer): boolean => bytes.subarray(0, 8000).includes(0);

/** The lines of a text, each with its end-of-line; the last one may have none. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n');
  const last = lines.pop() ?? '';
  const ended = lines.map((line) => `${line}\n`);
  return last === '' ? ended : [...ended, last];
}
