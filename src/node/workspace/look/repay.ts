import type { Path } from '../../../core/session/changes.ts';
import type { Blobs } from '../store/blobs.ts';
import type { Loan } from './borrow.ts';
import { Intake } from '../store/intake.ts';
import { gitObject } from '../git/objects.ts';
import { packKnown } from './packKnown.ts';
import { withThreads } from './readThreads.ts';
import type { StateTable } from '../store/stateTable.ts';
import type { Store } from '../store/store.ts';
import { type Dir, treeObjects } from '../store/tree.ts';
import { addAll } from '../store/trees.ts';

export interface RepayParts {
  readonly root: string;
  readonly store: Store;
  readonly blobs: Blobs;
}

/**
 * Puts what is lent into a pack of our own, contents and trees: contents from the files as long as they have them, else from what is lent. Then nothing
 * is lent any more. Answers files whose content is nowhere: they have changed, and what was lent is not what it was said to be.
 */
export async function repay({ root, store, blobs }: RepayParts, known: StateTable, tree: Dir, loan: Loan): Promise<readonly Path[]> {
  const [intake, lost]: [Intake, Path[]] = [new Intake(store), []];
  try {
    for (const { path, oid } of await withThreads({ root, files: known.size }, (threads) => packKnown(threads, known, intake))) {
      const content = intake.has(oid) ? undefined : await blobs.read(oid).catch(() => undefined);
      if (content !== undefined) await intake.add(gitObject('blob', content));
      else if (!intake.has(oid)) lost.push(path);
    }
    // All of them: one that we have may have others below that are lent.
    await addAll(treeObjects(tree, () => false), intake);
    await intake.finish();
  } finally {
    await intake.abandon();
  }
  // Some systems do not remove what git has open. What stays harms nobody, and git must not go on answering from it.
  blobs.renew();
  await loan.giveBack().catch(() => undefined);
  blobs.renew();
  return lost;
}
