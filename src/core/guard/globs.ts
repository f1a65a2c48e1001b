import picomatch from 'picomatch';
import type { Path } from '../session/changes.ts';

/** Answers the first glob of the list that matches a path, or undefined. */
export type GlobSet = (path: Path) => string | undefined;

/**
 * Compiles globs that mean what they mean in .gitignore: without an inner `/` they match at any depth, a match of a
 * folder covers everything below it, a leading `/` or an inner `/` ties them to the workspace folder. Negation (`!`) is
 * not supported and matches nothing; the contract reader refuses it.
 */
export function compileGlobs(globs: readonly string[]): GlobSet {
  const rules = globs.map((glob) => ({ glob, match: picomatch(patternsOf(glob), { dot: true, nocase: false, nonegate: true, strictSlashes: true }) }));
  return (path) => rules.find((rule) => rule.match(path))?.glob;
}

function patternsOf(glob: string): string[] {
  // The `!` of a class negates it in .gitignore; picomatch knows `^` alone.
  const bare = glob.replace(/^\/+/, '').replace(/\/+$/, '').replace(/(?<!\\)\[!/g, '[^');
  if (bare === '') return [];
  const anchored = glob.startsWith('/') || bare.includes('/');
  const rooted = anchored ? bare : `**/${bare}`;
  const below = rooted.endsWith('/**') ? rooted : `${rooted}/**`;
  return glob.endsWith('/') ? [below] : [rooted, below];
}
