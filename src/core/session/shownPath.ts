import type { Path } from './changes.ts';

// What cannot be seen, breaks a line, hides or reorders what is around it, or is no text; spaces that a line would lose.
const unseen = /[\p{C}\p{Zl}\p{Zp}\u00ad]|^ | $|(?<= ) /u;
const escaped = new RegExp(`${unseen.source}|["\\\\]`, 'gu');
const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '"': '\\"', '\\': '\\\\' };

/** A path for a person to read and to type, on one line and unlike that of any other file: as git shows it, in quotes with escapes where it has what cannot be shown. */
export function shownPath(path: Path): string {
  if (!unseen.test(path) && !path.startsWith('"')) return path;
  return `"${path.replace(escaped, (character) => short[character] ?? octal(character))}"`;
}

/** Its bytes in UTF-8; what stands for one byte of a name that is no text is that byte. */
function octal(character: string): string {
  const isByte = /^[\udc80-\udcff]$/.test(character);
  const bytes = isByte ? [character.charCodeAt(0) - 0xdc00] : Array.from(encodeURIComponent(character.replace(/\p{Cs}/u, '\ufffd')).matchAll(/%(..)/g), ([, hex = '']) => Number.parseInt(hex, 16));
  return bytes.map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}
