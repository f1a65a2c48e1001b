import type { Verdict } from '../oracle/result.ts';
import type { HunkName, Path } from './changes.ts';
import type { FlagOutcome } from './facts.ts';

/** What the side view draws and the terminal prints: plain data, complete, computed from the session by `viewOf`. */
export interface View {
  readonly session: string;
  readonly title: string;
  readonly state: 'starting' | 'working' | 'waiting' | 'paused' | 'ended';
  /** One or two words for the chip, such as "Working" or "Waiting for you". */
  readonly chip: string;
  /** Short figures under the title: phase, active time, cost, turn. */
  readonly meta: readonly string[];
  /** Sentences that stay in sight: no sandbox, a scripted model. */
  readonly warnings: readonly string[];
  readonly card?: Card;
  readonly plan?: PlanView;
  readonly scope: { readonly change: readonly string[]; readonly never: readonly string[]; readonly limit: string };
  readonly boundaries: { readonly attempt: number; readonly rows: readonly BoundaryRow[] };
  readonly oracle?: OracleView;
  readonly budgets: readonly Meter[];
  readonly now: readonly CallRow[];
  /** Absent where nothing was changed, or where nobody has looked what the change is made of. */
  readonly changes?: ChangesView;
  readonly rewinds: readonly RewindRow[];
  readonly result?: ResultView;
}

/** The one thing that needs a person. Buttons carry the intention that they post. */
export interface Card {
  readonly kind: 'gate' | 'flags' | 'end' | 'paused' | 'error';
  readonly attention: boolean;
  readonly question: string;
  /** `whole`: never cut short, because a person acts by it. */
  readonly facts: readonly { readonly name: string; readonly value: string; readonly code?: boolean; readonly whole?: boolean }[];
  readonly flags: readonly FlagRow[];
  /** How many there are besides; absent where these are all. */
  readonly moreFlags?: number;
  /** First is the primary button. */
  readonly actions: readonly { readonly label: string; readonly title: string; readonly intention: Intention }[];
}

export interface FlagRow {
  readonly id: string;
  readonly path: Path;
  readonly line: number;
  readonly added: number;
  readonly removed: number;
  readonly standing: string;
  readonly cause: string;
  /** How the flag was settled; absent while it is open. */
  readonly outcome?: FlagOutcome;
  /** Hunks that can be rewound one by one; absent for a binary file and for a settled flag. */
  readonly hunks?: readonly FlagHunk[];
}

export interface FlagHunk {
  readonly id: string;
  /** First line of the hunk in the file as it is now, from 1. */
  readonly line: number;
  readonly added: number;
  readonly removed: number;
}

export interface PlanView {
  readonly steps: readonly { readonly id: string; readonly title: string; readonly met?: boolean }[];
  readonly integrationPoint: string;
  readonly options: readonly { readonly option: string; readonly chosen: boolean; readonly why: string }[];
  readonly risks: readonly string[];
}

export interface BoundaryRow {
  /** Absent while the boundary has not been crossed, and where its checkpoint is gone: no way leads back to it. */
  readonly boundary?: string;
  readonly name: string;
  readonly state: 'done' | 'now' | 'waiting' | 'todo';
  readonly detail: string;
  readonly figures: string;
  readonly added?: number;
  readonly removed?: number;
}

export interface OracleView {
  readonly run: number;
  readonly checks: readonly CheckView[];
}

export interface CheckView {
  readonly id: string;
  readonly state: 'pass' | 'fail' | 'blocked' | 'not-run';
  readonly summary: string;
  /** Artifact with the output of the last run, for a check without a matrix. */
  readonly log?: string;
  readonly grid?: Grid;
  readonly scale?: Scale;
}

/** Cells by row and column label; a check without a matrix has none. */
export interface Grid {
  readonly rowAxis: string;
  readonly columnAxis: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly label: string; readonly cells: readonly CellView[] }[];
}

export interface CellView {
  readonly state: 'pass' | 'fail' | 'blocked' | 'not-run';
  readonly text: string;
  /** Measured value over threshold, 0 to 1 while it passes. */
  readonly share: number;
  /** The cell, its outcome and its figures in words. */
  readonly label: string;
  readonly log?: string;
}

/** Positions in percent of the drawn width, on a logarithmic axis. */
export interface Scale {
  /** All marks in words. */
  readonly label: string;
  readonly marks: readonly { readonly kind: 'noise' | 'limit' | 'decoy'; readonly at: number; readonly text: string }[];
}

export interface Meter {
  readonly name: string;
  readonly used: string;
  readonly of: string;
  /** 0 to 100. */
  readonly share: number;
  readonly high: boolean;
}

export interface CallRow {
  readonly call: string;
  readonly tool: string;
  readonly title: string;
  readonly running: boolean;
  /** Why it was refused, or empty. */
  readonly refused: string;
  readonly summary: string;
}

/** The session's change against its base, and what of it a person has looked at. */
export interface ChangesView {
  readonly total: number;
  readonly reviewed: number;
  /** The first ones: the view is made anew with each change of the session. */
  readonly files: readonly ChangedFileRow[];
  /** How many files there are besides. */
  readonly more: number;
}

export interface ChangedFileRow {
  readonly path: Path;
  readonly what: 'created' | 'changed' | 'deleted';
  readonly added: number;
  readonly removed: number;
  readonly hunks: readonly HunkRow[];
}

export interface HunkRow {
  readonly hunk: string;
  /** First line of the hunk in the file as it is now, from 1. */
  readonly line: number;
  readonly added: number;
  readonly removed: number;
  readonly standing: string;
  /** Tool, turn and phase, or that it was the user. */
  readonly by: string;
  readonly reviewed: boolean;
  /** The file is one part: it is no text, or only its permissions changed. */
  readonly whole?: boolean;
  /** The row is the change of the file's mode, in words. */
  readonly mode?: string;
}

export interface RewindRow {
  readonly id: string;
  readonly text: string;
  /** `conflict`: the user changed the same lines, and has not decided yet. */
  readonly left: readonly { readonly path: Path; readonly why: string; readonly conflict?: boolean }[];
  readonly undone: boolean;
  /** It was undone, and can be done again. */
  readonly redoable?: boolean;
}

export interface ResultView {
  readonly verdict: Verdict;
  readonly summary: string;
  readonly tree: string;
  readonly because: readonly string[];
  readonly changed: { readonly files: number; readonly added: number; readonly removed: number };
  readonly yours: readonly Path[];
  readonly measured: readonly { readonly name: string; readonly figure: string; readonly met: boolean }[];
  readonly claims: readonly { readonly text: string; readonly why: string; readonly support: 'contradicted' | 'unsupported' }[];
  readonly notMeasured: readonly string[];
  readonly findings: readonly { readonly text: string; readonly outcome: string; readonly open: boolean }[];
}

/** What a person can ask for, from the side view, an inline flag or a command: the only messages that change a session. */
export type Intention =
  | { readonly type: 'approve'; readonly gate: string; readonly ids?: readonly string[] }
  | { readonly type: 'send-back'; readonly gate: string; readonly note?: string }
  | { readonly type: 'rewind-boundary'; readonly to: string }
  | { readonly type: 'rewind-file'; readonly flag: string }
  | { readonly type: 'rewind-hunk'; readonly flag: string; readonly hunk: string }
  /** Every flagged file, but for what may be the user's, in one rewind. */
  | { readonly type: 'rewind-flags' }
  /** Any path of the session's write set, flagged or not, back to what it was at the base. */
  | { readonly type: 'rewind-path'; readonly path: Path }
  /** Hunks of the session's change, in any files: all in one rewind. */
  | { readonly type: 'rewind-hunks'; readonly hunks: readonly HunkName[] }
  | { readonly type: 'mark-hunks'; readonly hunks: readonly HunkName[]; readonly reviewed: boolean }
  | { readonly type: 'undo-rewind'; readonly rewind: string }
  /** Undoes the undoing of a rewind. */
  | { readonly type: 'redo-rewind'; readonly rewind: string }
  /** What a person decided where they and the session changed the same lines; `seen` is the file as it was when they began. */
  | { readonly type: 'resolve-conflict'; readonly rewind: string; readonly path: Path; readonly answers: readonly string[]; readonly seen: string }
  | { readonly type: 'restore-flag'; readonly flag: string }
  | { readonly type: 'allow-flag'; readonly flag: string }
  | { readonly type: 'note'; readonly text?: string }
  | { readonly type: 'pause' }
  | { readonly type: 'continue' }
  | { readonly type: 'stop' }
  /** `withoutMine` leaves the user's own changes out of a branch or patch. `drop` removes the branch that was kept last, `undo` takes back the work. */
  | { readonly type: 'keep'; readonly how: 'branch' | 'squash' | 'patch' | 'leave' | 'undo' | 'drop'; readonly withoutMine?: boolean };
