import type { Contract, PhaseName } from '../contract/contract.ts';
import type { RootName } from '../contract/rootPath.ts';
import type { OracleRun, Verdict } from '../oracle/result.ts';
import type { AssistantBlock, Fault, Message, StopReason, Usage } from '../transcript/message.ts';
import type { BesideChange, ChangeSize, DiffUses, FileDiff, HunkName, Path, TreeId, Write } from './changes.ts';
import type { Endpoint, EvictedPhases, HeadPlace, LeftPath, MaybeMoved, RefusalReason, RewindPlan, RewindRecord, ScratchUse, SettledFlag, SurfaceDelta, Withheld } from './facts.ts';
import type { ConditionResult, Decision, Finding, Flag, GateAnswer, GateKind, KeptBranch, Plan, Role, SandboxState, SessionEnd, StoreState, BaseState, FrozenFile, Decoy, DecoyPatch, AmendmentRequest } from './session.ts';

/** A fact of a session. The session is the fold of these; nothing else is stored. */
export type SessionEvent =
  | { readonly type: 'session/started'; readonly session: string; readonly name: string; readonly contractFile: Path; readonly contractText: string;
      readonly contractHash: string; readonly contract: Contract; readonly workspace: string; readonly sandbox: SandboxState;
      readonly endpoint: Endpoint; readonly product: string }
  | { readonly type: 'base/taken'; readonly base: BaseState }
  /** `sandbox`: what works on the machine that goes on, where the door runs anything; absent, it is as it was. */
  | { readonly type: 'session/resumed'; readonly door: string; readonly sandbox?: SandboxState }
  | { readonly type: 'session/paused'; readonly reason: string }
  | { readonly type: 'phase/started'; readonly phase: PhaseName; readonly round: number }
  | { readonly type: 'conversation/opened'; readonly conversation: string; readonly role: Role; readonly model: string; readonly parentCall?: string }
  | { readonly type: 'conversation/closed'; readonly conversation: string; readonly why: string }
  | { readonly type: 'message/appended'; readonly conversation: string; readonly message: Message }
  | { readonly type: 'turn/requested'; readonly conversation: string; readonly turn: number; readonly attempt: number; readonly reservedUsd: number; readonly fingerprint: string }
  | { readonly type: 'turn/answered'; readonly conversation: string; readonly turn: number; readonly content: readonly AssistantBlock[];
      readonly badCalls: readonly string[]; readonly stop: StopReason; readonly stopDetail?: string; readonly usage: Usage; readonly costUsd: number | null; readonly assumedUsd?: number;
      readonly model: string; readonly requestId?: string; readonly ms: number }
  | { readonly type: 'turn/failed'; readonly conversation: string; readonly turn: number; readonly fault: Fault; readonly retryInMs?: number; readonly costUsd: number | null; readonly ms: number }
  /** The API refused the signatures of the conversation: all its signed blocks are left out from here on. */
  | { readonly type: 'signatures/stripped'; readonly conversation: string }
  | { readonly type: 'cache/broken'; readonly turn: number; readonly source: string }
  | { readonly type: 'tool/called'; readonly conversation: string; readonly call: string; readonly tool: string; readonly input: Readonly<Record<string, unknown>>; readonly title: string }
  | { readonly type: 'tool/answered'; readonly conversation: string; readonly call: string; readonly outcome: 'done' | 'refused' | 'failed' | 'interrupted';
      readonly reason?: RefusalReason; readonly text: string; readonly summary?: string; readonly artifact?: string; readonly ms: number }
  /** `covers`: only the written paths were looked at, everything else in `tree` is as it was seen last. Absent: everything was. */
  | { readonly type: 'changes/written'; readonly writes: readonly Write[]; readonly beside?: readonly BesideChange[]; readonly tree: TreeId; readonly covers?: 'written' }
  /** What a command did to paths that the user changed while it ran, and that is not in the work tree. */
  | { readonly type: 'changes/withheld'; readonly call: string; readonly files: readonly Withheld[] }
  | { readonly type: 'diff/measured'; readonly uses: DiffUses }
  /** `maybeMoved`: those of `files` that a call may have moved from where no checkpoint looks. */
  | { readonly type: 'changes/observed'; readonly by: 'user'; readonly files: readonly FileDiff[]; readonly maybeMoved?: MaybeMoved; readonly tree: TreeId; readonly covers?: 'written' }
  | { readonly type: 'control/seen'; readonly control: Readonly<Record<string, string>>; readonly head: HeadPlace; readonly changed: readonly string[]; readonly during?: string }
  /** `call`: the command after which scratch was found to have changed; absent at the start. */
  | { readonly type: 'scratch/measured'; readonly use: ScratchUse; readonly call?: string }
  /** What the checkpoint store of a root takes and may take, absent that of the main one; what goes when it is full, said before it goes. */
  | { readonly type: 'store/measured'; readonly root?: RootName } & StoreState
  /** Recorded before anything is removed. `boundaries` are this session's own; `elsewhere`: those of other sessions, which have such a record of their own. `by`: the session that needed the room. */
  | { readonly type: 'checkpoints/evicted'; readonly boundaries: EvictedPhases['boundaries']; readonly elsewhere?: readonly EvictedPhases[]; readonly limit: number; readonly by: string }
  /** Of one call there may be several: a record is bounded. */
  | { readonly type: 'flags/raised'; readonly flags: readonly Flag[] }
  | { readonly type: 'flags/settled'; readonly settled: readonly SettledFlag[] }
  | { readonly type: 'plan/submitted'; readonly plan: Plan }
  | { readonly type: 'decision/recorded'; readonly decision: Decision }
  | { readonly type: 'blocker/reported'; readonly what: string; readonly tried: string; readonly needs: string }
  | { readonly type: 'exit/evaluated'; readonly phase: PhaseName; readonly conditions: readonly ConditionResult[]; readonly tree: TreeId }
  | { readonly type: 'oracle/ran'; readonly run: OracleRun }
  | { readonly type: 'decoys/submitted'; readonly decoys: readonly DecoyPatch[] }
  | { readonly type: 'decoy/ran'; readonly decoy: string; readonly result: Decoy['result'] & {}; readonly detail: string; readonly nearest?: number }
  | { readonly type: 'oracle/frozen'; readonly files: readonly FrozenFile[] }
  /** A person changed the contract file before it was locked. */
  | { readonly type: 'contract/adopted'; readonly contract: Contract; readonly contractText: string; readonly contractHash: string }
  | { readonly type: 'contract/locked'; readonly hash: string }
  | { readonly type: 'gate/opened'; readonly gate: string; readonly kind: GateKind; readonly phase: PhaseName; readonly question: string; readonly blocking: readonly string[] }
  /** What was decided at a gate has been carried out. `problem`: what of it could not be done. */
  | { readonly type: 'gate/settled'; readonly gate: string; readonly problem?: string }
  | { readonly type: 'gate/answered'; readonly gate: string; readonly answer: GateAnswer; readonly by: 'person' | 'approve-flag' | 'auto' }
  | { readonly type: 'boundary/crossed'; readonly boundary: string; readonly phase: PhaseName; readonly tree: TreeId; readonly commit: string; readonly notCovered: readonly string[];
      /** Against the boundary before, or the base. */
      readonly change: ChangeSize; readonly surface?: SurfaceDelta }
  | { readonly type: 'amendment/proposed'; readonly amendment: AmendmentRequest }
  /** `invalid`: a person approved it, and it gives no valid contract. */
  | { readonly type: 'amendment/decided'; readonly amendment: string; readonly approved: boolean; readonly invalid?: string; readonly contract?: Contract; readonly contractText?: string; readonly contractHash?: string }
  | { readonly type: 'review/reported'; readonly findings: readonly Finding[]; readonly dropped: number }
  | { readonly type: 'finding/settled'; readonly finding: string; readonly outcome: Finding['outcome'] & {}; readonly detail: string }
  | { readonly type: 'note/written'; readonly text: string }
  /** A person has looked at these hunks, or takes that back. Recorded for a person's act alone. */
  | { readonly type: 'hunks/marked'; readonly reviewed: boolean; readonly hunks: readonly HunkName[] }
  /** Recorded before anything changes: without a `rewind/done`, `rewind/undone` or `rewind/refused` after it, the process died in it. */
  | { readonly type: 'rewind/begun'; readonly plan: RewindPlan }
  /** Nothing was changed. */
  | { readonly type: 'rewind/refused'; readonly rewind: string; readonly why: string }
  | { readonly type: 'rewind/done'; readonly rewind: RewindRecord }
  /** `merged`: those of `restored` where newer changes stay beside what came back. `users`: those where what came back may hold lines of the user, so that it counts as theirs. `control`: control files of git that came back.
   * `changes`: what became of those of `restored` that were not there already; absent in older journals. */
  | { readonly type: 'rewind/undone'; readonly rewind: string; readonly restored: readonly Path[]; readonly changes?: readonly FileDiff[]; readonly control?: readonly Path[]; readonly merged?: readonly Path[]; readonly users?: readonly Path[]; readonly left: readonly LeftPath[]; readonly tree: TreeId }
  /** The undoing of a rewind was undone. `changes`: what became of those of `restored` that were not there already; absent in older journals. */
  | { readonly type: 'rewind/redone'; readonly rewind: string; readonly restored: readonly Path[]; readonly changes?: readonly FileDiff[]; readonly control?: readonly Path[]; readonly merged?: readonly Path[]; readonly left: readonly LeftPath[]; readonly tree: TreeId }
  | { readonly type: 'budget/reached'; readonly budget: string; readonly detail: string }
  | { readonly type: 'verdict/reached'; readonly verdict: Verdict; readonly tree: TreeId;
      /** Against the base. */
      readonly change: ChangeSize; readonly because: readonly string[] }
  | { readonly type: 'session/ended'; readonly end: SessionEnd; readonly detail: string }
  /** `branch`: the one that was made, or dropped. */
  | { readonly type: 'work/kept'; readonly how: 'branch' | 'squash' | 'patch' | 'left' | 'undone' | 'dropped'; readonly detail: string; readonly branches?: readonly KeptBranch[] };

/**
 * One line of the journal. `prev` is the SHA-256 (hex) of the line before, without its end-of-line; 64 zeros for the first.
 * `seq` counts from 1. In the file the line ends in one key more, `sum`, by which a reader knows that it is whole.
 */
export interface Entry {
  readonly v: 1;
  readonly seq: number;
  readonly prev: string;
  /** Wall clock, milliseconds since the epoch. */
  readonly at: number;
  /** Active time of the session so far, milliseconds: counts neither gates, pauses nor suspend. */
  readonly active: number;
  readonly event: SessionEvent;
}
