import type { PhaseName } from '../contract/contract.ts';
import type { OracleRun } from '../oracle/result.ts';
import type { Path, TreeId } from './changes.ts';
import type { Boundary, Conversation, Finding, Flag, Line, Session } from './session.ts';

/** Rounds of fixing review findings before a person decides. */
export const maxReviewRounds = 3;

/** Turns in a row without a tool call: after the first the model is reminded, after the second Bounded evaluates by itself. */
export const maxIdle = 2;

/** The line of a session that has done nothing yet. */
export function firstLine(phase: PhaseName | undefined, attempt: number): Line {
  return {
    attempt, phase, phaseStartedAt: 0, phaseStarted: false, round: 0, roundsAllowed: maxReviewRounds, phaseTurns: 0, repairs: 0, boundaries: [], writes: [], beside: [], flags: [],
    uses: { phase: { files: 0, lines: 0 }, base: { files: 0, lines: 0 } },
    runs: [],
    runsFrom: 0, decoys: [], decoysSubmitted: 0, findings: [], reviewed: false, stack: [], gateApproved: false, waived: [],
  };
}

/** The work changed: what was evaluated and approved before no longer counts. */
export function reopened(line: Line): Line {
  const { exit: _, ...rest } = line;
  return { ...rest, gateApproved: false };
}

/** The phase after `phase` in the contract, or undefined after the last. */
export function phaseAfter(session: Session, phase: PhaseName): PhaseName | undefined {
  const { phases } = session.contract;
  return phases[phases.indexOf(phase) + 1];
}

/** The innermost open conversation. */
export function openConversation(session: Session): Conversation | undefined {
  const id = session.line.stack.at(-1);
  return id === undefined ? undefined : session.conversations[id];
}

/** Whether the last conversation of the running phase ended because the model stopped calling tools, also after it was reminded. One that an interruption broke into gets a fresh start. */
export function fellSilent({ conversations, line }: Session): boolean {
  const last = Object.values(conversations).findLast((one) => one.role === 'main' && one.phase === line.phase && one.attempt === line.attempt);
  return last !== undefined && last.idle >= maxIdle && !last.interrupted;
}

/** The id of the exit condition that every flag is settled. The flags that are not stand on the line: the condition does not list them once more. */
export const noOpenFlag = 'no-open-flag';

export function openFlags(line: Line): readonly Flag[] {
  return line.flags.filter((flag) => flag.outcome === undefined);
}

/** Whether a person left a stray as it is. What was over the diff budget and is within it again is none. */
export function wasLeft({ outcome, standing }: Flag): boolean {
  return outcome === 'left' && standing !== 'over-budget';
}

/** The flags that a rewind of all of them is about: of each path the earliest that is open, and nothing of a path where that may be the user's. */
export function flagsToRewind(line: Line): readonly Flag[] {
  const first = new Map<Path, Flag>();
  for (const flag of openFlags(line)) if (!first.has(flag.path)) first.set(flag.path, flag);
  return [...first.values()].filter((flag) => !flag.maybeUser);
}

/** Findings that still need a fix or a person. */
export function openFindings(line: Line): readonly Finding[] {
  return line.findings.filter((finding) => finding.outcome === 'open' || finding.outcome === 'confirmed');
}

export function lastBoundary(line: Line): Boundary | undefined {
  return line.boundaries.at(-1);
}

/** The tree of the last look where that was at everything; what is known by the written paths alone is never taken for it. */
export function measuredTree({ tree, covers }: Session): TreeId | undefined {
  return covers === undefined ? tree : undefined;
}

/** Whether every exit condition of the running phase holds for the work tree as it was last seen. */
export function isPhaseMet(session: Session): boolean {
  const { line } = session;
  return line.exit !== undefined && line.exit.tree === measuredTree(session) && line.exit.conditions.every((condition) => condition.holds);
}

/** Tree that the running phase is counted against: its boundary before, or the base. */
export function phaseBase(session: Session): string {
  const tree = lastBoundary(session.line)?.tree ?? session.base?.tree;
  if (tree === undefined) throw new Error('a phase was asked for its base before the session had one');
  return tree;
}

/**
 * Every run on `tree` under the contract in force, in order, the model's own and those of earlier attempts included: two that differ are
 * flaky, whoever asked for them. What an earlier attempt measured of a tree whose oracle was not the frozen one says nothing of this tree.
 */
export function runsOn({ line, leftRuns }: Session, tree: string): readonly OracleRun[] {
  const own = line.runs.slice(line.runsFrom);
  const left = leftRuns.filter((run) => run.tampered.length === 0 && !own.some((one) => one.id === run.id));
  return [...left, ...own].filter((run) => run.tree === tree && run.purpose !== 'decoy' && run.purpose !== 'baseline' && run.purpose !== 'red');
}

/** The runs that stand for a verdict on `tree`: complete ones at boundaries and at the end, in order. */
export function decisiveRuns(line: Line, tree: string): readonly OracleRun[] {
  return line.runs.slice(line.runsFrom).filter((run) => run.tree === tree && (run.purpose === 'boundary' || run.purpose === 'confirm' || run.purpose === 'final'));
}

export function baselineRun(line: Line): OracleRun | undefined {
  return line.runs.findLast((run) => run.purpose === 'baseline');
}
