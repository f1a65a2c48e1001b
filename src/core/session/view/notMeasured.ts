import { decisiveRuns } from '../line.ts';
import type { Session } from '../session.ts';
import { bytesText, count, dollars } from './figures.ts';

/** What the verdict says nothing about, as far as Bounded can know it. */
export function notMeasured(session: Session): readonly string[] {
  return [...unrun(session), ...uncovered(session), ...checkGaps(session), ...decoyGaps(session), ...accepted(session), ...unpriced(session), 'any other machine than this one'];
}

/** What the checks leave out by what they vary. */
export function checkGaps(session: Session): readonly string[] {
  return session.contract.oracle.checks.flatMap((check) => {
    const axes = Object.entries(check.matrix);
    if (axes.length === 0) return [`${check.id}: whatever its one run leaves out; it varies nothing`];
    return axes.map(([axis, values]) => `${check.id}: ${axis} other than ${values.join(', ')}`);
  });
}

/** Checks without a result on the tree that the verdict names. */
function unrun({ verdict, line, contract }: Session): readonly string[] {
  if (verdict === undefined) return [];
  const run = new Set(decisiveRuns(line, verdict.tree).flatMap((one) => one.cells).map((cell) => cell.check));
  return contract.oracle.checks.filter((check) => !run.has(check.id)).map((check) => `${check.id}: it did not run on this tree`);
}

/** What lies where commands may write freely, and no checkpoint looks, as it was last measured; nothing where there is none. */
export function scratchInWords({ scratch }: Pick<Session, 'scratch'>): readonly string[] {
  return scratch === undefined || scratch.now.files === 0 ? [] : [`scratch, ${count(scratch.now.files, 'file')} of ${bytesText(scratch.now.bytes)}`];
}

function uncovered(session: Session): readonly string[] {
  const { base, line } = session;
  const what = new Set([...(base?.notCovered ?? []), ...line.boundaries.flatMap((boundary) => boundary.notCovered)]);
  return [...what, ...scratchInWords(session)].map((one) => `not covered by checkpoints: ${one}`);
}

function decoyGaps({ line }: Session): readonly string[] {
  const tried = line.decoys.filter((decoy) => decoy.result === 'caught' || decoy.result === 'survived');
  if (tried.length === 0) return ['whether the oracle catches wrong implementations: none was tried'];
  return tried.filter((decoy) => decoy.result === 'survived').map((decoy) => `wrong implementations like ${decoy.name}: the oracle does not catch them`);
}

/** Conditions that a person let through; other ids of an approval only let the session go on. */
function accepted({ line }: Session): readonly string[] {
  return [...new Set(line.waived)].filter((id) => id.startsWith('step:')).map((id) => `accepted by you although it is not met: ${id}`);
}

function unpriced({ spent }: Session): readonly string[] {
  return spent.unpriced === 0 ? [] : [`the cost of ${count(spent.unpriced, 'request')}: the price is not known, and the dearest known one was counted (${dollars(spent.assumedUsd)})`];
}
