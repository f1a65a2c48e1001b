/** Where in a command line a value is put: outside of quotes, between backquotes, or inside one kind of quotes. */
type Place = 'plain' | 'ticks' | 'double' | 'single';

/**
 * Replaces `${name}` in a line for a POSIX shell by values that stay one literal piece of text, whatever they contain
 * and wherever in quotes or substitutions the line has them. Names without a value are left to the shell.
 */
export function substitute(line: string, values: ReadonlyMap<string, string>): string {
  const places: Place[] = ['plain'];
  let out = '';
  for (let at = 0; at < line.length;) {
    const piece = pieceAt(line, at, places.at(-1) ?? 'plain');
    const name = /^\$\{(\w[\w-]*)\}$/.exec(piece)?.[1];
    const value = name === undefined ? undefined : values.get(name);
    out += value === undefined ? piece : quoted(value, places);
    if (value === undefined) move(places, piece);
    at += piece.length;
  }
  return out;
}

/** The next piece that matters: a parameter, an escaped character, the start of a substitution, or one character. */
function pieceAt(line: string, at: number, place: Place): string {
  const rest = line.slice(at);
  const parameter = /^\$\{\w[\w-]*\}/.exec(rest)?.[0];
  if (parameter !== undefined) return parameter;
  if (place !== 'single' && (rest.startsWith('\\') || rest.startsWith('$('))) return rest.slice(0, 2);
  return rest.slice(0, 1);
}

/** Follows quotes and command substitutions; what opens last closes first. */
function move(places: Place[], piece: string): void {
  const place = places.at(-1) ?? 'plain';
  if (place === 'single') {
    if (piece === "'") places.pop();
  } else if (place === 'double') {
    if (piece === '"') places.pop();
    else if (piece === '$(') places.push('plain');
    else if (piece === '`') places.push('ticks');
  } else if (piece === '`') {
    if (place === 'ticks') places.pop();
    else places.push('ticks');
  } else if (piece === "'") places.push('single');
  else if (piece === '"') places.push('double');
  else if (piece === '$(' || piece === '(') places.push('plain');
  else if (piece === ')' && place === 'plain' && places.length > 1) places.pop();
}

/** Quotes of the line are closed around the value and opened again after it; between backquotes the shell unescapes once more. */
function quoted(value: string, places: readonly Place[]): string {
  if (/^[\w./:=,@%+-]+$/.test(value)) return value;
  const literal = `'${value.replaceAll("'", `'\\''`)}'`;
  const place = places.at(-1);
  const placed = place === 'double' ? `"${literal}"` : place === 'single' ? `'${literal}'` : literal;
  return places.includes('ticks') ? placed.replace(/[\\`$]/g, '\\$&') : placed;
}
