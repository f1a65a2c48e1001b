import type { Hunk } from './changes.ts';

/** The lines that a hunk takes out and those that it puts there, each with its end-of-line. */
export function sidesOf(hunk: Pick<Hunk, 'lines' | 'noEndOfLine'>): { readonly old: readonly string[]; readonly now: readonly string[] } {
  const side = (sign: '-' | '+', open: boolean) => {
    const lines = hunk.lines.filter((line) => line.startsWith(sign)).map((line) => line.slice(1));
    return lines.map((line, index) => (open && index === lines.length - 1 ? line : `${line}\n`));
  };
  const open = hunk.noEndOfLine;
  return { old: side('-', open === 'old' || open === 'both'), now: side('+', open === 'new' || open === 'both') };
}
