/** Longest text that is drawn in one place, in UTF-16 units; what is longer can be opened in an editor. */
export const longestText = 2000;

// Controls, zero-width marks and directional overrides: they could make one path or command look like another.
const deceptive = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;

/** The text as it may be drawn: characters that hide or reorder others are spelled out, and the rest is cut at `longestText`. */
export function legible(text: string): string {
  return clip(text, longestText).replace(deceptive, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`);
}

/** Cuts a text after `most` UTF-16 units, never inside a character, and says how much is missing. */
export function clip(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = isHighSurrogate(text.charCodeAt(most - 1)) ? most - 1 : most;
  return `${text.slice(0, end)}… (${text.length - end} more characters)`;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

/** A count with its noun: `1 file`, `3 files`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
