import picomatch from 'picomatch';
import type { Path } from '../session/changes.ts';

/** Answers the first glob of the list that matches a path, or undefined. */
export type GlobSet = (path: Path) => string | undefined;

// `s`: a name may hold a line break, and `**` goes over it as over any other character.
const options = { dot: true, nocase: false, nonegate: true, strictSlashes: true, flags: 's' };

/**
 * Compiles globs that mean what they mean in .gitignore: without an inner `/` they match at any depth, a match of a
 * folder covers everything below it, a leading `/` or an inner `/` ties them to the workspace folder. One addition:
 * `{a,b}` is `a` or `b`. A glob that begins with `../` means another root, and no other glob reaches there: both climb by the
 * same `../`, or nothing matches. Where git counts bytes, `?` and classes take one character. Negation (`!`) is not supported and
 * matches nothing; the contract reader refuses it, and leaves groups such as `!(a|b)` to Bounded's own globs.
 */
export function compileGlobs(globs: readonly string[]): GlobSet {
  // The expressions themselves: picomatch's own matcher also takes a path that is spelled like the glob, such as `{a,b}`.
  const rules = globs.map((glob) => ({ glob, climb: climbOf(glob), expressions: expressionsFor(glob) }));
  return (path) => {
    const climb = climbOf(path);
    const rest = path.slice(climb.length);
    return rules.find((rule) => rule.climb === climb && rule.expressions.some((expression) => expression.test(rest)))?.glob;
  };
}

const expressionsFor = (glob: string): RegExp[] => patternsOf(glob).map((pattern) => picomatch.makeRe(pattern, options));

/** What matches a path of the main root just where a set of these globs does, as expressions that can be handed to a thread. */
export const expressionsOf = (globs: readonly string[]): readonly RegExp[] =>
  globs.filter((glob) => climbOf(glob) === '').flatMap(expressionsFor);

/** What leads out of the workspace folder: the `../` at the beginning. */
const climbOf = (text: string): string => /^(?:\.\.\/)*/.exec(text)?.[0] ?? '';

function patternsOf(written: string): string[] {
  const climb = climbOf(written);
  const glob = written.slice(climb.length);
  const bare = spelledForPicomatch(glob.replace(/^\/+/, '').replace(/\/+$/, ''));
  if (bare === '') return [];
  const anchored = climb !== '' || glob.startsWith('/') || bare.includes('/');
  const rooted = anchored ? bare : `**/${bare}`;
  if (/(^|\/)\*\*\/+$/.test(glob)) return [`${rooted}/*/*`];
  const below = rooted.endsWith('/**') ? rooted : `${rooted}/**`;
  return glob.endsWith('/') ? [below] : [rooted, below];
}

/**
 * .gitignore negates a class by `!`, picomatch by `^` alone. What picomatch would take as a quotation, as a repetition
 * of a class, as an end (the second of `$$`), or, outside of a group, as an alternative of the whole glob is a plain character.
 */
function spelledForPicomatch(glob: string): string {
  const grouped = /[()]/.test(glob.replace(/\\./gs, ''));
  return glob.replace(grouped ? /\\.|\[!|["$]|(?<!\[)\^|\+(?!\()/gs : /\\.|\[!|["$+|]|(?<!\[)\^/gs, (part) => (part === '[!' ? '[^' : part.startsWith('\\') ? part : `\\${part}`));
}
