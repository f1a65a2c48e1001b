/**
 * The one spelling of all names that some file system takes for the same file: composed Unicode, lower case, without
 * invisible characters, trailing dots and spaces, streams (`name:stream`) and backslashes. For comparing with names
 * that matter, never for opening a file.
 */
export function foldPath(path: string): string {
  return path.replaceAll('\\', '/').split('/').map(foldSegment).filter((segment) => segment !== '' && segment !== '.').join('/');
}

function foldSegment(segment: string): string {
  const visible = segment.replace(/\p{Default_Ignorable_Code_Point}/gu, '').normalize('NFC');
  const whole = visible.replace(/:.*$/s, '');
  return foldCase(whole === '..' ? whole : whole.replace(/[. ]+$/, ''));
}

/** By way of upper case: `ſ`, `ı` and the Kelvin sign are then `s`, `i` and `k`, as on file systems that fold case. First lower: `ẞ` has no upper case but itself, `ß` has `SS`. */
function foldCase(text: string): string {
  return text.toLowerCase().toUpperCase().toLowerCase();
}
