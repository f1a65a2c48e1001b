import type { Located } from '../located.ts';
import { childrenOf, locate } from '../located.ts';
import { isNeverNamed } from '../protectedPaths.ts';
import { globsIn } from '../roots.ts';
import { rootsOf } from './rootRules.ts';
import type { Rule } from './rule.ts';
import { error, warning } from './rule.ts';

const lists = ['change', 'never', 'oracle', 'secret', 'scratch'];

/** A glob is listed once, and never in two lists of which one cancels the other. */
export const globsOnce: Rule = (root, text) => lists.flatMap((list) => {
  const seen = new Set<string>();
  return globsOf(root, list).filter(({ glob }) => seen.has(glob) || !seen.add(glob)).map(({ glob, at }) => warning(text, at, `\`${glob}\` is listed twice`));
});

export const noContradiction: Rule = (root, text) => {
  const [never, oracle] = ['never', 'oracle'].map((list) => new Set(globsOf(root, list).map(({ glob }) => glob)));
  return globsOf(root, 'change').flatMap(({ glob, at }) => [
    ...(never?.has(glob) === true ? [error(text, at, `\`${glob}\` is in \`scope.never\` as well, which wins: nothing here could change`, 'a glob in one of the two lists')] : []),
    ...(oracle?.has(glob) === true ? [warning(text, at, `\`${glob}\` is in \`scope.oracle\` as well: after oracle-only it is frozen and cannot change`)] : []),
  ]);
};

/** What no session may change cannot be opened by a contract. */
export const noProtectedScope: Rule = (root, text) => ['change', 'oracle', 'scratch'].flatMap((list) =>
  globsOf(root, list).flatMap(({ glob, at }) => {
    const rule = isNeverNamed(glob);
    return rule === undefined ? [] : [error(text, at, `\`${rule}\` never changes in a session`, 'files of your project')];
  }));

export const wholeWorkspace: Rule = (root, text) => globsOf(root, 'change').flatMap(({ glob, at }) => {
  const opened = ['', ...rootsOf(root)].find((name) => globsIn(name, [glob]).some((inside) => /^\/?\*\*?(\/\*\*?)*\/?$/.test(inside)));
  return opened === undefined ? [] : [warning(text, at, `\`${glob}\` opens the whole ${opened === '' ? 'workspace folder' : `folder ${opened}`}`, 'the folders that the task needs')];
});

function globsOf(root: Located, list: string): readonly { glob: string; at: Located }[] {
  return childrenOf(locate(root, ['scope', list]), 'list').flatMap(([, item]) => {
    const at = item.kind === 'map' ? item.children.get('glob') : item;
    return typeof at?.value === 'string' ? [{ glob: at.value, at }] : [];
  });
}
