import { branchOf } from './boundaryCommit.ts';
import { look } from './look.ts';
import type { Run } from './run.ts';
import { measureScratch } from './scratch.ts';

/** The first checkpoint: the content of the work tree as the session finds it, and where the user's repository stands. */
export async function takeBase(run: Run): Promise<void> {
  const { workspace } = run.ports;
  const head = await workspace.head();
  const capture = await look(run);
  const dirty = await workspace.dirty();
  const message = dirty.length === 0 ? 'the state at the start' : 'uncommitted work at the start';
  const commit = await workspace.commit({ tree: capture.tree, branch: branchOf(run), message, author: 'user' });
  await measureScratch(run);
  await run.recorder.record({
    type: 'base/taken',
    base: {
      tree: capture.tree, commit, dirty, notCovered: capture.notCovered,
      ...(head.commit === undefined ? {} : { head: head.commit }), ...(head.branch === undefined ? {} : { branch: head.branch }),
    },
  });
}
