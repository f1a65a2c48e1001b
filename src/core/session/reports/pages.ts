import type { ListedHunk } from '../listedHunk.ts';
import type { Session } from '../session.ts';
import { evidencePage } from './evidence.ts';
import { oraclePage } from './oracle.ts';
import { planPage } from './plan.ts';
import { progressPage } from './progress.ts';
import { reviewPage } from './review.ts';

/** The pages for people under `.bounded/<name>/`, by file name; each computed from the session, and from what its change is made of where that is known, and never read back. */
export function reportPages(session: Session, hunks?: readonly ListedHunk[]): ReadonlyMap<string, string> {
  const pages: readonly (readonly [string, string | undefined])[] = [
    ['PLAN.md', planPage(session)], ['ORACLE.md', oraclePage(session)], ['PROGRESS.md', progressPage(session)], ['REVIEW.md', reviewPage(session)], ['EVIDENCE.md', evidencePage(session, hunks)],
  ];
  return new Map(pages.flatMap(([file, text]) => (text === undefined ? [] : [[file, text] as const])));
}
