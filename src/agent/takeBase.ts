import { branchOf } from './boundaryCommit.ts';
import { asWritten, everywhere } from '../core/contract/roots.ts';
import type { TreeId } from '../core/session/changes.ts';
import { look } from './look.ts';
import { measureStores } from './room.ts';
import { Paused, type Run } from './run.ts';
import { measureScratch } from './scratch.ts';

/** The first checkpoint: the content of the work tree as the session finds it, and where the user's repository stands. */
export async function takeBase(run: Run): Promise<void> {
  const { workspace } = run.ports;
  const head = await workspace.head();
  if (head.unreadable !== undefined) throw new Paused(head.unreadable);
  const capture = await look(run);
  const dirty = await workspace.dirty();
  const unmatched = await unmatchedGlobs(run, capture.tree);
  const message = dirty.length === 0 ? 'the state at the start' : 'uncommitted work at the start';
  const commit = await workspace.commit({ tree: capture.tree, branch: branchOf(run), message, author: 'user' });
  await measureScratch(run);
  await run.recorder.record({
    type: 'base/taken',
    base: {
      tree: capture.tree, commit, dirty, notCovered: capture.notCovered, ...(unmatched.length === 0 ? {} : { unmatched }),
      ...(head.commit === undefined ? {} : { head: head.commit }), ...(head.branch === undefined ? {} : { branch: head.branch }),
    },
  });
  await measureStores(run);
}

/** Globs of the scope that match no file: what is to be created, or a name that is spelled wrong. */
async function unmatchedGlobs(run: Run, tree: TreeId): Promise<readonly string[]> {
  const { scope, roots = [] } = run.recorder.session.contract;
  // A change entry without a wildcard names a file, which may well be one to create.
  const areas = scope.change.map((area) => area.glob).filter((glob) => /[*?[{]|\/$/.test(glob));
  const unmatched: string[] = [];
  // What is forbidden in every root need not exist in each of them.
  for (const [glob, places] of [...areas.map((glob) => [glob, [glob]] as const), ...asWritten(scope.never, roots).map((glob) => [glob, everywhere([glob], roots)] as const)]) {
    if ((await run.ports.workspace.matching(tree, places, 1)).size === 0) unmatched.push(glob);
  }
  return unmatched;
}
