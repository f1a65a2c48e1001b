import { foldPath } from './foldPath.ts';
import { isNeverNamed } from './protectedPaths.ts';
import type { RootName } from './rootPath.ts';

/**
 * Prohibitions hold everywhere: the globs, and those that name no other root once more for each of `roots`, relative to it.
 * Permissions hold where they are written, so they are never widened like this.
 */
export function everywhere(globs: readonly string[], roots: readonly RootName[]): readonly string[] {
  return [...globs, ...roots.flatMap((root) => globs.filter(isOfMain).map((glob) => globIn(root, glob)))];
}

/** Those of `everywhere` that a person wrote. */
export function asWritten(globs: readonly string[], roots: readonly RootName[] = []): readonly string[] {
  const copies = new Set(everywhere(globs.filter(isOfMain), roots).filter((glob) => !isOfMain(glob)));
  return globs.filter((glob) => !copies.has(glob));
}

/** The globs that mean something in one root, as they read inside of it. */
export function globsIn(root: RootName, globs: readonly string[]): readonly string[] {
  if (root === '') return globs.filter(isOfMain);
  return globs.flatMap((glob) => (glob.replace(/\/+$/, '') === root ? ['/**'] : glob.startsWith(`${root}/`) ? [glob.slice(root.length)] : []));
}

/** Why a text is no root of a contract, as far as the text tells; undefined where nothing speaks against it. */
export function rootFault(root: string): string | undefined {
  if (root.trim() === '' || root !== root.trim()) return 'a root cannot be empty, nor begin or end with a space';
  if (/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(root)) return 'a root cannot contain invisible characters';
  if (/^[/~]|^[A-Za-z][A-Za-z0-9+.-]*:|\\/.test(root)) return 'a root is written as the way from the workspace folder, separated by `/`: it cannot be absolute, nor on another drive';
  if (/[[\]{}()*?!+@|]/.test(root)) return 'a root cannot contain a character that has a meaning in globs';
  const names = root.split('/');
  if (names.some((name) => name === '' || name === '.')) return 'a root is written without a `/` at its end, and without empty or `.` segments';
  if (names[0] !== '..') return 'this lies inside the workspace folder, and belongs to the session already';
  const inner = names.slice(names.findIndex((name) => name !== '..'));
  if (names.every((name) => name === '..')) return 'this holds the workspace folder: roots cannot lie within each other';
  if (inner.includes('..')) return 'a root climbs by `..` at its beginning only';
  const never = isNeverNamed(root);
  return never === undefined ? undefined : `\`${never}\` never changes in a session, so no root lies in it`;
}

/** Why two roots cannot stand side by side, or undefined. Names that some file system takes for the same are the same. */
export function overlap(earlier: RootName, later: RootName): string | undefined {
  const [a, b] = [foldPath(earlier), foldPath(later)];
  if (a === b) return earlier === later ? 'this root is listed twice' : `some file systems take this for \`${earlier}\``;
  if (b.startsWith(`${a}/`)) return `this lies inside \`${earlier}\`: roots cannot lie within each other`;
  return a.startsWith(`${b}/`) ? `this holds \`${earlier}\`: roots cannot lie within each other` : undefined;
}

const isOfMain = (glob: string): boolean => !glob.startsWith('../');

/** Without an inner or leading `/` a glob matches at any depth. */
function globIn(root: RootName, glob: string): string {
  const tied = glob.replace(/\/+$/, '').includes('/');
  return `${root}/${tied ? '' : '**/'}${glob.replace(/^\/+/, '')}`;
}
