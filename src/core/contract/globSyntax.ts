export const expectedGlob = 'a glob as in .gitignore, relative to the workspace folder, such as `src/model/**`, `*.md` or `*.{ts,tsx}`';

const longest = 300;

export const climbsOut = 'a glob cannot leave the workspace folder by `..`';

/**
 * Why a text is not a glob of the contract, or undefined. Refused is everything that would silently match something
 * else than it says: negation, paths out of the workspace folder, unescaped parentheses (the matcher takes them as a
 * group), `|` (people mean alternatives, .gitignore a plain character), ranges in braces, classes that take in `/`, and
 * backslashes as separators. A leading `/` ties one name to the workspace folder.
 */
export function globFault(glob: string): string | undefined {
  if (glob.trim() === '') return 'a glob cannot be empty';
  if (glob !== glob.trim()) return 'a glob cannot begin or end with a space';
  if (glob.length > longest) return `a glob cannot be longer than ${longest} characters`;
  if (/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(glob)) return 'a glob cannot contain invisible characters';
  if (glob.startsWith('!')) return 'a glob cannot begin with `!`: list what is meant, or use `scope.never`';
  if (/^~|^[A-Za-z]:|^[A-Za-z][A-Za-z0-9+.-]+:\/\//.test(glob)) return 'a glob is relative to the workspace folder, not an absolute path or an address';
  if (/\\(?![[\]{}()*?!+@|\\])/.test(glob)) return 'a backslash only escapes one of `[ ] { } ( ) * ? ! + @ |`: separate folders by `/`';
  return segmentFault(glob) ?? groupFault(glob.replace(/\\./g, '_')) ?? costFault(glob);
}

/** Parts of a glob that can stand for anything: with more, a matcher that goes back may take for ever on a long name. */
const most = { starsInName: 3, anyFolders: 3, braces: 4 };

/**
 * Why a glob must not be matched at all, or undefined: it could take seconds or for ever. Also for globs that a model
 * writes, to which the rules of a contract do not apply.
 */
export function costFault(glob: string): string | undefined {
  if (glob.length > longest) return `a glob cannot be longer than ${longest} characters`;
  const unescaped = glob.replace(/\\./g, '_');
  if (/[()]/.test(unescaped) && /[*?+@![{|]/.test(unescaped)) return 'in a pattern parentheses must be escaped: `\\(` and `\\)`';
  const names = unescaped.split('/');
  if (names.filter((name) => name === '**').length > most.anyFolders) return `a glob has \`**\` at most ${most.anyFolders} times`;
  if (names.some((name) => name !== '**' && (name.match(/\*+/g) ?? []).length > most.starsInName)) return `a name in a glob has at most ${most.starsInName} stars`;
  if ((unescaped.match(/\{/g) ?? []).length > most.braces) return `a glob has at most ${most.braces} braces`;
  return undefined;
}

/** Whether a folder of the session is where a glob leads that begins with `../`, only the contract's `roots` tell. */
function segmentFault(written: string): string | undefined {
  const glob = written.replace(/^(?:\.\.\/)+/, '');
  if (glob !== written && (glob === '' || glob.startsWith('/'))) return 'a glob cannot have empty segments';
  const segments = glob.replace(/\/$/, '').split('/');
  if (segments[0] === '' && segments.length !== 2) return 'a glob is relative to the workspace folder: write it without the leading `/`';
  const inner = segments[0] === '' ? segments.slice(1) : segments;
  if (inner.includes('..')) return climbsOut;
  if (inner.includes('.') || inner.includes('')) return 'a glob cannot have empty or `.` segments';
  return undefined;
}

function groupFault(unescaped: string): string | undefined {
  if (/[()]/.test(unescaped)) return 'parentheses must be escaped: `\\(` and `\\)`';
  if (!balanced(unescaped, '{', '}') || !balanced(unescaped.replace(/\[!?\]/g, '['), '[', ']')) return 'every `{` and `[` needs its end; escape one that is meant as such: `\\[`';
  if (unescaped.includes('|')) return 'alternatives are written `{a,b}`; escape a `|` that is meant as such: `\\|`';
  if (unescaped.includes('***')) return 'a glob has one star for a part of a name, or two for any folders';
  return classFault(unescaped) ?? braceFault(unescaped);
}

function classFault(unescaped: string): string | undefined {
  const classes = [...unescaped.matchAll(/\[[!^]?\]?([^\]]*)\]/g)].map(([, inner = '']) => inner);
  const takesSlash = classes.some((inner) => inner.includes('/') || [...inner.matchAll(/(.)-(.)/g)].some(([, from = '', to = '']) => from <= '/' && to >= '/'));
  return takesSlash ? 'a class in brackets stands for one character of a name, never for `/`' : undefined;
}

/** From the innermost brace outwards. */
function braceFault(unescaped: string): string | undefined {
  const brace = /\{([^{}]*)\}/.exec(unescaped);
  if (brace === null) return undefined;
  const [whole, inner = ''] = brace;
  if (inner.includes('..')) return 'braces list alternatives, `{1,2,3}`; ranges by `..` are not known';
  if (inner.split(',').some((alternative) => /^\/|\/$/.test(alternative))) return 'an alternative in braces cannot begin or end with `/`';
  return braceFault(unescaped.replace(whole, '_'));
}

function balanced(text: string, open: string, close: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === open) depth++;
    if (character === close && --depth < 0) return false;
  }
  return depth === 0;
}

/** The glob that matches this path and no other file. A path with a backslash has none that a contract may have. */
export function globOfPath(path: string): string {
  const literal = path.replace(/[[\]{}()*?!+@|]/g, '\\$&');
  return path.includes('/') ? literal : `/${literal}`;
}

/** Whether a contract can name this path. */
export const hasGlob = (path: string): boolean => globFault(globOfPath(path)) === undefined;

/** Why a text is not the path of one file in the workspace folder, or undefined. */
export function pathFault(path: string): string | undefined {
  if (path.trim() === '' || path !== path.trim()) return 'a path cannot be empty, nor begin or end with a space';
  if (path.length > longest || /[\p{Cc}\p{Cf}\\]/u.test(path)) return 'a path is short, without invisible characters, and separated by `/`';
  if (/^[/~]|^[A-Za-z][A-Za-z0-9+.-]*:/.test(path)) return 'a path is relative to the workspace folder';
  if (path.split('/').some((segment) => segment === '' || segment === '.' || segment === '..')) return 'a path cannot have empty, `.` or `..` segments';
  return undefined;
}
