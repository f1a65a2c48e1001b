import type { Path } from '../../../core/session/changes.ts';
import type { Blobs } from '../store/blobs.ts';
import type { Loan } from './borrow.ts';
import { Intake } from '../store/intake.ts';
import { gitObject } from '../git/objects.ts';
import { Reading, type ReadingParts } from './reading.ts';
import type { Found } from './scan.ts';
import type { Store } from '../store/store.ts';

export interface RepayParts {
  readonly root: string;
  readonly store: Store;
  readonly blobs: Blobs;
}

/**
 * Puts contents that are lent into a pack of our own: from the files as long as they are as they were, else from what is lent. Then nothing is lent
 * any more. Answers files whose content is nowhere: they have changed, and what was lent is not what it was said to be.
 */
export async function repay({ root, store, blobs }: RepayParts, lent: readonly Found[], known: ReadingParts['known'], loan: Loan): Promise<readonly Path[]> {
  const intake = new Intake(store);
  const reading = new Reading({ root, blobs, intake, known: new Map() });
  const lost: Path[] = [];
  try {
    await reading.finish(lent);
    for (const { path } of lent) {
      const oid = known.get(path)?.blob?.oid;
      if (oid === undefined || intake.has(oid)) continue;
      const content = await blobs.read(oid).catch(() => undefined);
      if (content === undefined) lost.push(path);
      else await intake.add(gitObject('blob', content));
    }
    await intake.finish();
  } finally {
    await reading.end();
    await intake.abandon();
  }
  // Some systems do not remove what git has open. What stays harms nobody, and git must not go on answering from it.
  blobs.renew();
  await loan.giveBack().catch(() => undefined);
  blobs.renew();
  return lost;
}
