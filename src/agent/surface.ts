import type { SurfaceDelta } from '../core/session/facts.ts';
import type { Hunk, TreeId } from '../core/session/changes.ts';
import { withHunks } from './hunks.ts';
import { differences } from './look.ts';
import type { Run } from './run.ts';

/** Lines that make a name visible to other files, in the languages whose form is a plain prefix. A hint for a person, not a parser. */
const exported = /^\s*(?:export\s+(?:default\s+)?(?:async\s+)?(?:function\*?|class|const|let|var|type|interface|enum)\s+([\w$]+)|(?:module\.)?exports\.([\w$]+)\s*=|pub\s+(?:async\s+)?(?:fn|struct|enum|trait|const|mod)\s+(\w+)|def\s+([a-zA-Z]\w*)|class\s+([A-Za-z]\w*))/;

/** Files, lines and exported names of the clean-up, against the gate before it. */
export async function surfaceDelta(run: Run, before: TreeId, after: TreeId): Promise<SurfaceDelta> {
  const diffs = await differences(run, before, after);
  const added = new Set<string>();
  const removed = new Set<string>();
  for await (const [, hunks] of withHunks(run.ports.workspace, diffs)) collect(hunks, added, removed);
  return {
    files: diffs.length, lines: diffs.reduce((sum, diff) => sum + diff.added - diff.removed, 0),
    exportsAdded: [...added].filter((name) => !removed.has(name)).sort(), exportsRemoved: [...removed].filter((name) => !added.has(name)).sort(),
  };
}

function collect(hunks: readonly Hunk[], added: Set<string>, removed: Set<string>): void {
  for (const line of hunks.flatMap(({ lines }) => lines)) {
    const name = exported.exec(line.slice(1))?.slice(1).find((group) => group !== undefined);
    if (name !== undefined) (line.startsWith('+') ? added : removed).add(name);
  }
}
