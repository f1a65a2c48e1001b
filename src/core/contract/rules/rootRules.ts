import { climbsOut, expectedGlob } from '../globSyntax.ts';
import type { Located } from '../located.ts';
import { childrenOf, locate } from '../located.ts';
import { globsIn, overlap, rootFault } from '../roots.ts';
import type { Rule } from './rule.ts';
import { error } from './rule.ts';

/** Roots stand side by side: none is listed twice, lies in another or holds one. */
export const rootsApart: Rule = (root, text) => {
  const written = rootItems(root);
  return written.flatMap((at, index) => {
    const why = written.slice(0, index).map((earlier) => overlap(String(earlier.value), String(at.value))).find((fault) => fault !== undefined);
    return why === undefined ? [] : [error(text, at, why, 'folders beside each other')];
  });
};

/** A glob that begins with `../` leads into a root of the contract. */
export const globsReachRoots: Rule = (root, text) => {
  const roots = rootsOf(root);
  const outside = (glob: string) => glob.startsWith('../') && roots.every((name) => globsIn(name, [glob]).length === 0);
  return globItems(root).filter((at) => outside(String(at.value))).map((at) => error(text, at, roots.length === 0 ? climbsOut : `${climbsOut}, but into a folder of \`roots\``, expectedGlob));
};

/** The names of the roots as they are written, without those that the schema refuses. */
export function rootsOf(root: Located): readonly string[] {
  return rootItems(root).map((at) => String(at.value));
}

function rootItems(root: Located): readonly Located[] {
  return childrenOf(locate(root, ['roots']), 'list').map(([, item]) => item).filter((item) => typeof item.value === 'string' && rootFault(item.value) === undefined);
}

/** Every glob of a contract; that of an area of the scope by the area's key. */
function globItems(root: Located): readonly Located[] {
  const lists = [...childrenOf(locate(root, ['scope']), 'map').map(([, list]) => list), locate(root, ['diff', 'uncounted'])];
  const items = lists.flatMap((list) => childrenOf(list, 'list').map(([, item]) => (item.kind === 'map' ? item.children.get('glob') : item)));
  return items.filter((item) => typeof item?.value === 'string') as Located[];
}
