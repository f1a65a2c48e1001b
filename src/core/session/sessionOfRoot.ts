import { splitPath, type RootName } from '../contract/rootPath.ts';
import type { Path, TreeId } from './changes.ts';
import { splitIds } from './joinedIds.ts';
import type { BaseState, Session } from './session.ts';

/** Its paths as they read inside of one root; those of other roots are left out. `roots`: those beside the main one. */
export function ofRoot<Item extends { readonly path: Path }>(items: readonly Item[], root: RootName, roots: readonly RootName[]): Item[] {
  return items.flatMap((item) => {
    const placed = splitPath(roots, item.path);
    return placed?.root === root ? [{ ...item, path: placed.path }] : [];
  });
}

/**
 * What a session did in one of its roots, as if it had had no other: base, boundaries, writes and content. For keeping the work there. What was
 * measured was measured of all roots together: it counts for the content here only where the others are as they were then.
 */
export function sessionOfRoot(session: Session, root: RootName): Session {
  const { roots = [] } = session.contract;
  const index = ['', ...roots].indexOf(root);
  const part = (id: string): string => splitIds(id, roots.length + 1)[index] ?? '';
  const measured = <Of extends { readonly tree: TreeId }>(of: Of): Of => (of.tree === session.tree ? { ...of, tree: part(of.tree) } : of);
  const line = {
    ...session.line, writes: ofRoot(session.line.writes, root, roots), runs: session.line.runs.map(measured),
    boundaries: session.line.boundaries.map((one) => ({ ...one, tree: part(one.tree), commit: part(one.commit), line: { ...one.line, writes: ofRoot(one.line.writes, root, roots) } })),
  };
  const base = session.base === undefined ? {} : { base: baseOf(session.base, part, (paths) => ofRoot(paths.map((path) => ({ path })), root, roots).map(({ path }) => path)) };
  const verdict = session.verdict === undefined ? {} : { verdict: measured(session.verdict) };
  const evicted = Object.fromEntries(Object.entries(session.evicted).map(([commit, at]) => [part(commit), at]));
  return { ...session, line, evicted, leftRuns: session.leftRuns.map(measured), ...base, ...verdict, ...(session.tree === undefined ? {} : { tree: part(session.tree) }) };
}

function baseOf(base: BaseState, part: (id: string) => string, own: (paths: readonly Path[]) => readonly Path[]): BaseState {
  const { head, ...rest } = base;
  const commit = head === undefined ? '' : part(head);
  return { ...rest, tree: part(base.tree), commit: part(base.commit), dirty: own(base.dirty), ...(commit === '' ? {} : { head: commit }) };
}
