import type { Contract, PhaseName } from '../contract/contract.ts';
import type { RootName } from '../contract/rootPath.ts';
import type { OracleRun, Verdict } from '../oracle/result.ts';
import type { Message, ToolUse, Usage } from '../transcript/message.ts';
import type { BesideChange, Blob, ChangeSize, DiffUses, FileDiff, Hunk, HunkName, Path, TreeId, Write } from './changes.ts';
import type { Endpoint, EvictionPlan, FlagOutcome, HeadPlace, MaybeMoved, RefusalReason, RestoreItem, RewindPlan, RewindRecord, ScratchUse, SurfaceDelta, Withheld } from './facts.ts';

/** The state of one run of one contract: a fold of its journal, immutable. */
export interface Session {
  readonly id: string;
  readonly name: string;
  readonly contractFile: Path;
  readonly contract: Contract;
  readonly contractText: string;
  /** SHA-256 of the contract text in force. */
  readonly contractHash: string;
  readonly locked: boolean;
  readonly workspace: string;
  readonly sandbox: SandboxState;
  readonly endpoint: Endpoint;
  readonly startedAt: number;
  readonly active: number;
  readonly seq: number;
  /** The line of the trace before the last one, with its SHA-256. */
  readonly chain?: { readonly line: number; readonly hash: string };
  readonly base?: BaseState;
  /** What the current attempt has done; a rewind to a boundary starts from that boundary's line. */
  readonly line: Line;
  readonly attempts: number;
  readonly conversations: Readonly<Record<string, Conversation>>;
  readonly gate?: Gate;
  /** Gates that wait behind the open one. */
  readonly queued: readonly Gate[];
  /** An answer of a person whose effect has not been carried out to its end. */
  readonly owed?: AnsweredGate;
  readonly decisionsByPerson: number;
  /** Every gate that was answered, in order. */
  readonly answers: readonly AnsweredGate[];
  readonly amendments: readonly AmendmentRequest[];
  readonly amended: boolean;
  readonly rewinds: readonly DoneRewind[];
  /** All that was written on whatever line, and by rewinds, their undoing and doing them again, in the order in which it was. Nothing is cut from it. */
  readonly writes: readonly Write[];
  /** A rewind that was begun and is not over. */
  readonly rewinding?: RewindPlan;
  readonly spent: Spent;
  /** How many oracle runs there were, in all attempts. */
  readonly measured: number;
  /** Runs of lines that a rewind or its undoing left, under the contract in force: what was measured of a tree is not forgotten. */
  readonly leftRuns: readonly OracleRun[];
  readonly calls: readonly CallRecord[];
  readonly claims: readonly Claim[];
  readonly decisions: readonly Decision[];
  readonly lessons: readonly string[];
  /** Notes of the user and news of rewinds that the model has not been told yet. */
  readonly undelivered: readonly string[];
  readonly userChanges: readonly FileDiff[];
  /** Those of them that commands may have moved there from where no checkpoint looks. */
  readonly maybeMoved: readonly MaybeMoved[];
  /** What commands did to paths that the user changed at the same time, and that is in the checkpoint store alone. */
  readonly withheld: readonly Withheld[];
  /** Hunks that a person has marked as reviewed. A name stands for one change at one place: where a hunk changes, no mark is for it. */
  readonly reviewed: readonly HunkName[];
  /** Content of the work tree at the last look. */
  readonly tree?: TreeId;
  /** The last look was at the written paths alone: `tree` says nothing of what else changed since, and stands for no measurement. */
  readonly covers?: 'written';
  readonly scratch?: { readonly start: ScratchUse; readonly now: ScratchUse };
  /** The checkpoint store of each root as it was last measured. */
  readonly stores: Readonly<Record<RootName, StoreState>>;
  /** Commits of boundaries whose checkpoints were given up to make room, with the time in milliseconds since the epoch. */
  readonly evicted: Readonly<Record<string, number>>;
  readonly paused?: string;
  readonly blocker?: { readonly what: string; readonly tried: string; readonly needs: string };
  readonly budgetReached?: { readonly budget: string; readonly detail: string };
  /** Git's control files at the last look, each with its digest. */
  readonly control: Readonly<Record<string, string>>;
  readonly head?: HeadPlace;
  readonly verdict?: { readonly verdict: Verdict; readonly tree: TreeId; readonly change: ChangeSize; readonly because: readonly string[] };
  readonly end?: { readonly end: SessionEnd; readonly detail: string };
  readonly kept?: { readonly how: string; readonly detail: string };
  /** Branches with the work that were written into the user's repositories and not dropped since: for each time that it was kept, one for each root with work. */
  readonly branches: readonly (readonly KeptBranch[])[];
}

/** A checkpoint store, in bytes. `next`: what goes when it is full; `stuck`: why no room could be made. */
export interface StoreState {
  readonly bytes: number;
  readonly limit: number;
  readonly next?: EvictionPlan;
  readonly stuck?: string;
}

/** One line of work. Boundaries hold the line as it was when they were crossed, so that a rewind is a change of pointer. */
export interface Line {
  readonly attempt: number;
  /** Phase that runs, or `undefined` when all are done. */
  readonly phase: PhaseName | undefined;
  readonly phaseStartedAt: number;
  readonly phaseStarted: boolean;
  /** Rounds of review fixes so far. */
  readonly round: number;
  /** Rounds of review fixes that may be taken before a person decides. */
  readonly roundsAllowed: number;
  /** Turns of the running phase. */
  readonly phaseTurns: number;
  readonly repairs: number;
  readonly boundaries: readonly Boundary[];
  readonly writes: readonly Write[];
  /** What the write set cannot name. */
  readonly beside: readonly BesideChange[];
  /** What the write set uses of the diff budget, as last measured. */
  readonly uses: DiffUses;
  readonly flags: readonly Flag[];
  readonly runs: readonly OracleRun[];
  /** Runs before this index were judged by a contract that is no longer in force. */
  readonly runsFrom: number;
  readonly plan?: Plan;
  readonly frozen?: readonly FrozenFile[];
  readonly decoys: readonly Decoy[];
  /** Decoys submitted so far, those that were replaced since included. */
  readonly decoysSubmitted: number;
  readonly findings: readonly Finding[];
  readonly reviewed: boolean;
  /** Open conversations, the innermost last. */
  readonly stack: readonly string[];
  readonly exit?: { readonly conditions: readonly ConditionResult[]; readonly tree: TreeId };
  readonly gateApproved: boolean;
  /** Ids of conditions that a person accepted although they do not hold, such as a decoy that survived. */
  readonly waived: readonly string[];
}

export interface SandboxState {
  readonly kind: 'bubblewrap' | 'none';
  /** Why there is none, or which version works; with it, why commands write into the work tree itself where they do. */
  readonly detail: string;
  /** Commands write beside the work tree, so that it is known for certain what they changed and what the user did. Absent in older journals. */
  readonly beside?: true;
}

/** The content of the work tree when the session began, and the user's HEAD at that moment. */
export interface BaseState {
  readonly tree: TreeId;
  readonly commit: string;
  /** Commit of the user's HEAD, absent in a repository without commits. */
  readonly head?: string;
  readonly branch?: string;
  /** Paths whose content differed from HEAD: the user's uncommitted work. */
  readonly dirty: readonly Path[];
  readonly notCovered: readonly string[];
  /** Globs of `scope.change` and `scope.never` that match no file. */
  readonly unmatched?: readonly string[];
}

/** A branch in the user's repository, as it was made; `root`: in that of this root, absent for the main one. */
export interface KeptBranch {
  readonly branch: string;
  readonly commit: string;
  readonly root?: RootName;
}

export type Role = 'main' | 'decoys' | 'reviewer' | 'helper';

export interface Conversation {
  readonly id: string;
  readonly role: Role;
  readonly model: string;
  readonly phase: PhaseName;
  readonly attempt: number;
  readonly messages: readonly Message[];
  /** Calls of the last assistant message that have no result yet, in order. */
  readonly pending: readonly ToolUse[];
  readonly badCalls: readonly string[];
  /** A call that was recorded and has no answer: it was running. */
  readonly running?: string;
  readonly results: readonly { readonly call: string; readonly text: string; readonly error: boolean; readonly refused: boolean }[];
  readonly turns: number;
  readonly parentCall?: string;
  /** Turns in a row that ended without a tool call. */
  readonly idle: number;
  /** Answers in a row that had no content, or were cut by the token limit; neither is part of the transcript. */
  readonly empty: number;
  readonly truncated: number;
  /** Turns in a row in which every call was refused. A call that ran and failed, such as a red test, is work. */
  readonly refusedTurns: number;
  readonly closed: boolean;
  /** A call of it was interrupted, so that the model may have lost its thread. */
  readonly interrupted: boolean;
  readonly lastStop?: string;
}

export interface Boundary {
  readonly id: string;
  readonly phase: PhaseName;
  readonly tree: TreeId;
  readonly commit: string;
  readonly at: number;
  readonly active: number;
  readonly notCovered: readonly string[];
  readonly surface?: SurfaceDelta;
  /** Against the boundary before, or the base. */
  readonly change: ChangeSize;
  /** Of the contract in force when it was crossed. */
  readonly contractHash: string;
  /** The line as the next phase starts from it. */
  readonly line: Line;
}

export type Standing = 'in-scope' | 'out-of-scope' | 'oracle-protected' | 'over-budget' | 'user';

/** A change that needs the user. */
export interface Flag {
  readonly id: string;
  readonly path: Path;
  readonly standing: Standing;
  readonly write: Write;
  readonly hunks: readonly Hunk[];
  /** Command or tool that made it, for people. */
  readonly cause: string;
  /** Also the user may have made this change; then it is never rewound without being asked. */
  readonly maybeUser: boolean;
  /** The change is one of git's control files, which no tree holds: then `write` names the path and has no content. */
  readonly beside?: BesideChange;
  readonly outcome?: FlagOutcome;
}

export interface Plan {
  readonly summary: string;
  readonly integration_point: string;
  readonly options: readonly { readonly option: string; readonly chosen: boolean; readonly why: string; readonly expected?: string }[];
  readonly files_to_change: readonly string[];
  readonly files_not_to_change: readonly string[];
  readonly steps: readonly PlanStep[];
  readonly oracle: string;
  readonly risks: readonly string[];
}

export interface PlanStep {
  readonly id: string;
  readonly title: string;
  readonly depends_on: readonly string[];
  readonly files: readonly string[];
  readonly expected: string;
  readonly check?: string;
}

export interface FrozenFile extends Blob {
  readonly path: Path;
}

/** A wrong implementation as it was submitted. */
export interface DecoyPatch {
  readonly name: string;
  readonly wrong_how: string;
  readonly patch: string;
}

export interface Decoy extends DecoyPatch {
  /** `D-1`, `D-2` and so on, by the order of submission on the line: what a person approves is never named by the model. */
  readonly id: string;
  /**
   * `caught`: a complete report showed the wrongness. `survived`: the oracle was green. `void`: it did not apply, its report was
   * not complete, it measured the same as without it, or an earlier one has the same effect.
   */
  readonly result?: 'caught' | 'survived' | 'void';
  readonly detail?: string;
  /** Smallest measured value over threshold that caught it; how near a wrong implementation comes. */
  readonly nearest?: number;
}

export type FindingKind = 'requirement' | 'weak-test' | 'out-of-scope' | 'numeric';
export type Severity = 'critical' | 'major' | 'minor';

export interface Finding {
  readonly id: string;
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly file: Path;
  readonly line: number;
  readonly claim: string;
  readonly trigger: string;
  readonly command?: string;
  readonly round: number;
  /** `open` and `confirmed` findings still need an answer; absent while Bounded has not run their command. */
  readonly outcome?: 'open' | 'confirmed' | 'refuted' | 'invalid' | 'fixed' | 'accepted';
  readonly detail?: string;
}

/** One exit condition as Bounded evaluated it. */
export interface ConditionResult {
  readonly id: string;
  readonly holds: boolean;
  readonly wanted: string;
  readonly measured: string;
  /** Id that a person can approve although it does not hold (a surviving decoy, a flag, a finding). */
  readonly waivable?: string;
}

export type GateKind = 'phase' | 'repairs' | 'budget' | 'stray' | 'amendment' | 'findings' | 'head-moved' | 'blocker' | 'no-progress' | 'unsandboxed' | 'tampered';

/** A question for a person. `blocking` names what `--approve all` does not answer. */
export interface Gate {
  readonly id: string;
  readonly kind: GateKind;
  readonly phase: PhaseName;
  readonly question: string;
  readonly blocking: readonly string[];
}

/** A gate with what a person, a flag of the command line or the contract answered. */
export interface AnsweredGate extends Gate {
  readonly answer: GateAnswer;
  readonly by: 'person' | 'approve-flag' | 'auto';
}

export type GateAnswer =
  | { readonly kind: 'approve'; readonly ids?: readonly string[] }
  | { readonly kind: 'send-back'; readonly note: string };

/** How a session ended; the verdict is a separate matter. */
export type SessionEnd = 'completed' | 'budget' | 'stopped' | 'refused' | 'blocked' | 'error';

export interface AmendmentRequest {
  readonly id: string;
  readonly change: string;
  readonly why: string;
  /** `invalid`: approved, but it gives no valid contract. */
  readonly decided?: 'approved' | 'rejected' | 'invalid';
}

export interface DoneRewind extends RewindRecord {
  /** What was to be done, in rounds, with each path that was left because the user changed the same lines. */
  readonly conflicts?: readonly { readonly path: Path; readonly items: readonly RestoreItem[] }[];
  /** The line that it left, and the contract that was in force then. */
  readonly previous: Line;
  readonly contractHash: string;
  /** How many writes of the session there were before its own. */
  readonly writesBefore: number;
  /** Number of the entry by which it was done last. */
  readonly at: number;
  readonly undone: boolean;
  /** The undoing, where it was undone: by it the rewind can be done again. */
  readonly undoing?: Undoing;
}

/** The undoing of a rewind, told as a rewind is: `at` is the entry that recorded it, `safety` the tree before it, `left` what it could not bring back. */
export interface Undoing extends Pick<DoneRewind, 'at' | 'safety' | 'tree' | 'left' | 'previous' | 'contractHash' | 'writes' | 'writesBefore'> {
  /** With those that were merged. */
  readonly restored: readonly Path[];
}

export interface Spent {
  /** Dollars of requests whose price is known. */
  readonly usd: number;
  /** Requests to models whose price is unknown. */
  readonly unpriced: number;
  /** Dollars that these count as: the dearest known price. */
  readonly assumedUsd: number;
  readonly turns: number;
  readonly usage: Usage;
}

/** A tool call for the "now" list. */
export interface CallRecord {
  readonly call: string;
  readonly tool: string;
  readonly title: string;
  readonly turn: number;
  readonly phase: PhaseName | undefined;
  readonly role: Role;
  readonly outcome?: 'done' | 'refused' | 'failed' | 'interrupted';
  readonly reason?: RefusalReason;
  readonly summary?: string;
  readonly ms?: number;
}

/** A sentence of the model that states success, held against the trace. */
export interface Claim {
  readonly text: string;
  readonly turn: number;
  readonly support: 'supported' | 'contradicted' | 'unsupported';
  readonly because: string;
}

export interface Decision {
  readonly id: string;
  readonly title: string;
  readonly choice: string;
  readonly because: string;
  readonly supersedes?: string;
}

