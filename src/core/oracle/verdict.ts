import type { Check } from '../contract/contract.ts';
import { someOf } from '../session/someOf.ts';
import { type Cell, cellsOf } from './cells.ts';
import { cellName, describeCell } from './describe.ts';
import { cellIn, isGreenCell, isGreenCheck } from './evidence.ts';
import type { CellResult, OracleRun, RunPurpose, Verdict } from './result.ts';
import { belowBaseline } from './tests.ts';

/** Everything that a verdict is computed from. */
export interface Evidence {
  /** The checks of the contract in force. */
  readonly checks: readonly Check[];
  /** The run before any work; no count of tests may fall below it. */
  readonly baseline?: OracleRun;
  /** The run at the end of oracle-only, which knows the tests that were written since; a floor like the baseline. */
  readonly red?: OracleRun;
  /** Runs since the contract in force was agreed; those of other trees do not count. */
  readonly runs: readonly OracleRun[];
  /** Tree that the verdict is about. */
  readonly tree: string;
  /** Tree that would be kept, where it may differ from the measured one. */
  readonly candidateTree?: string;
  /** Paths for which the tree has an older content than the work tree. Absent: none. */
  readonly outdated?: readonly string[];
  readonly contractTampered: boolean;
  /** Frozen paths that changed without an amendment. */
  readonly frozenTampered: readonly string[];
  /** `record` commands whose output is no longer the baseline's. */
  readonly environmentChanged: readonly string[];
}

export interface Reached {
  readonly verdict: Verdict;
  /** Sentences, the weightiest first. */
  readonly because: readonly string[];
}

/** Two complete green runs confirm each other. */
const runsToConfirm = 2;
const confirming: readonly RunPurpose[] = ['boundary', 'confirm', 'final', 'verify'];

/** The verdict on a tree: the first of the rules, in the order of their weight, that has a reason; none leaves `pass`. */
export function verdictOf(evidence: Evidence): Reached {
  const facts = factsOf(evidence);
  for (const [verdict, reasons] of rules) {
    const because = [...new Set(reasons(facts))];
    if (because.length > 0) return { verdict, because };
  }
  return { verdict: 'pass', because: [`${count(facts.histories.length, 'cell')} green in ${count(facts.confirmed.length, 'complete run')} of this tree`] };
}

interface History {
  readonly check: Check;
  readonly cell: Cell;
  /** Results of this cell on the tree, in order, with what they count for. */
  readonly results: readonly { readonly result: CellResult; readonly green: boolean }[];
}

interface Facts extends Evidence {
  /** Runs of the tree, without those of patched ones. */
  readonly counted: readonly OracleRun[];
  readonly confirmed: readonly OracleRun[];
  readonly histories: readonly History[];
}

function factsOf(evidence: Evidence): Facts {
  const counted = evidence.runs.filter((run) => run.tree === evidence.tree && run.purpose !== 'decoy');
  const confirmed = counted.filter((run) => confirming.includes(run.purpose) && evidence.checks.every((check) => isGreenCheck(check, run)));
  const histories = evidence.checks.flatMap((check) => cellsOf(check).map((cell) => ({
    check, cell, results: counted.flatMap((run) => cellIn(run, check, cell) ?? []).map((result) => ({ result, green: isGreenCell(check, result) })),
  })));
  return { ...evidence, counted, confirmed, histories };
}

const rules: readonly (readonly [Verdict, (facts: Facts) => readonly string[]])[] = [
  ['tampered', tampered], ['fail', missed], ['flaky', differing], ['blocked', unfit], ['unverified', unconfirmed], ['partial', partial],
];

function tampered(facts: Facts): string[] {
  const frozen = new Set([...facts.frozenTampered, ...facts.counted.flatMap((run) => run.tampered)]);
  return [
    ...(facts.contractTampered ? ['the contract file is not as it was approved'] : []),
    ...(frozen.size > 0 ? [`files of the oracle are not as they were approved: ${[...frozen].join(', ')}`] : []),
    ...(facts.environmentChanged.length > 0 ? [`the environment is not the baseline's: ${facts.environmentChanged.join(', ')}`] : []),
  ];
}

/** A cell that ran, missed, and was never green on this tree; or fewer tests than the baseline had. */
function missed({ histories, counted, baseline, red }: Facts): string[] {
  const cells = histories.filter(({ results }) => !results.some(({ green }) => green)).flatMap(({ results }) => results.findLast(({ result }) => result.class === 'fail' || result.class === 'pass') ?? []);
  return [...cells.map(({ result }) => describeCell(result)), ...counted.flatMap((run) => [...belowBaseline(run, baseline), ...belowBaseline(run, red)])];
}

/** Two runs of one tree that do not agree whether a cell is green. */
function differing({ histories }: Facts): string[] {
  return histories.filter(({ results }) => results.some(({ green }) => green) && results.some(({ green }) => !green)).map(({ check, cell, results }) => {
    const states = results.map(({ result, green }) => (green ? 'pass' : result.class));
    return `${cellName({ check: check.id, cell })}: ${states.join(', then ')} on the same tree`;
  });
}

function unfit({ histories, counted }: Facts): string[] {
  const setup = counted.at(-1)?.setupFailed;
  const cells = histories.flatMap(({ results }) => results.findLast(({ green }) => !green) ?? []).map(({ result }) => describeCell(result));
  return [...(setup === undefined ? [] : [`the set-up of the oracle failed: ${setup}`]), ...cells];
}

function unconfirmed(facts: Facts): string[] {
  const { tree, candidateTree = tree, outdated = [], checks, confirmed, counted } = facts;
  const unmeasurable = checks.filter((check) => cellsOf(check).length === 0).map((check) => `${check.id} has no cell to run`);
  return [
    ...(checks.length === 0 ? ['no check decides'] : []), ...unmeasurable,
    ...(candidateTree === tree ? [] : ['the content changed since it was measured']),
    ...(outdated.length === 0 ? [] : [`what is there now is too large or cannot be read, and an older content was measured: ${someOf(outdated)}`]),
    ...(counted.length === 0 ? ['the oracle did not run on this tree'] : confirmed.length < runsToConfirm ? [`${count(confirmed.length, 'complete green run')} of this tree, ${runsToConfirm} confirm each other`] : []),
  ];
}

/** A target that is met only in its partial band, in any of the confirming runs. */
function partial({ confirmed }: Facts): string[] {
  return confirmed.flatMap((run) => run.cells).filter((cell) => cell.metrics.some((metric) => metric.band === 'partial')).map(describeCell);
}

function count(size: number, noun: string): string {
  return `${size} ${noun}${size === 1 ? '' : 's'}`;
}
