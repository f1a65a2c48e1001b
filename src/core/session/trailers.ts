import type { Verdict } from '../oracle/result.ts';
import { cellName, figure } from '../oracle/describe.ts';
import type { TreeId } from './changes.ts';
import { decisiveRuns, runsOn } from './line.ts';
import { oneLine } from './reports/markdown.ts';
import type { Session } from './session.ts';
import { cellState, measuredIn } from './view/cells.ts';

/** What a commit says of itself beside its message. */
export interface Said {
  /** Content that the figures are of. */
  readonly tree: TreeId;
  readonly verdict: Verdict;
  /** The boundary and its phase; absent for work after the last boundary, and for everything in one commit. */
  readonly boundary?: string;
  readonly phase?: string;
}

/**
 * The end of a commit's message in the form of `git interpret-trailers`: which session and phase it is of, what was measured on its content, and how
 * far the trace had come. `Bounded-Trace` is the SHA-256 of that line of the trace.
 */
export function trailersOf(session: Session, { tree, verdict, boundary, phase }: Said): string {
  const { chain } = session;
  const trailers: readonly (readonly [string, string | undefined])[] = [
    ['Bounded-Session', session.id], ['Bounded-Phase', phase], ['Bounded-Boundary', boundary], ['Bounded-Verdict', verdict], ...figuresOf(session, tree),
    ['Bounded-Tree', tree], ['Bounded-Trace', chain === undefined ? undefined : `${chain.hash} line ${chain.line}`],
  ];
  return trailers.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${oneLine(value)}`])).join('\n');
}

/** The trailers of a commit that holds a change of the user's. */
export const usersTrailer = ({ id }: Pick<Session, 'id'>): string => `Bounded-Session: ${id}`;

/** Cells of the last complete run on this content, and the value that came nearest to its threshold or furthest beyond. */
function figuresOf(session: Session, tree: TreeId): readonly (readonly [string, string])[] {
  const { line, contract } = session;
  const cells = (decisiveRuns(line, tree).at(-1) ?? runsOn(session, tree).at(-1))?.cells ?? [];
  const judged = cells.flatMap((cell) => {
    const check = contract.oracle.checks.find((one) => one.id === cell.check);
    return check === undefined ? [] : [{ cell, state: cellState(check, cell), worst: measuredIn(check, cell)[0] }];
  });
  const count = (state: 'pass' | 'fail' | 'blocked') => judged.filter((one) => one.state === state).length;
  const [worst] = judged.flatMap(({ cell, worst: one }) => (one === undefined ? [] : [{ ...one, cell }])).sort((a, b) => Number(a.met) - Number(b.met) || b.share - a.share);
  return [
    ['Bounded-Cells', judged.length === 0 ? 'none ran' : `${count('pass')} passed, ${count('fail')} failed, ${count('blocked')} could not run`],
    ...(worst === undefined ? [] : [['Bounded-Worst', `${worst.name} ${worst.value === null ? 'null' : figure(worst.value)}, wanted ${worst.wanted}, ${cellName(worst.cell)}`] as const]),
  ];
}
