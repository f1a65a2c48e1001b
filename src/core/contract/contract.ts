/** The contract in force: every default is filled in, every duration is in milliseconds, money in US dollars. */
export interface Contract {
  readonly task: string;
  /** Further folders of the session, by the way from the workspace folder, such as `../api`; absent where there are none. */
  readonly roots?: readonly string[];
  readonly scope: Scope;
  /** What happens to a change outside the scope that a command made. */
  readonly onStray: OnStray;
  readonly diff: DiffBudget;
  readonly oracle: OracleSpec;
  readonly budget: Budgets;
  readonly phases: readonly PhaseName[];
  readonly gates: Readonly<Record<PhaseName, GatePolicy>>;
  readonly commands: CommandPolicy;
  /** Sentences that expressly allow something; everything else is not agreed. */
  readonly consent: readonly string[];
  readonly model: ModelChoice;
}

export const phaseNames = ['explore', 'baseline', 'oracle-only', 'minimal-hook', 'production-shape', 'review'] as const;
export type PhaseName = (typeof phaseNames)[number];

export type OnStray = 'rewind' | 'flag' | 'stop';
export type GatePolicy = 'person' | 'auto';
export type Effort = 'low' | 'medium' | 'high' | 'xhigh' | 'max';

/**
 * Globs as in .gitignore, with `{a,b}` for alternatives, relative to the contract's workspace folder, `/`-separated; in another root they
 * begin with its name. What forbids (`never`, `secret`) is here for every root, what allows only for where it is written. `never` wins over `change`.
 */
export interface Scope {
  readonly change: readonly ScopeArea[];
  readonly never: readonly string[];
  readonly oracle: readonly string[];
  /** Never read; the user's entries come after the built-in ones. */
  readonly secret: readonly string[];
  /** Commands may write here; recorded, never flagged, never measured. */
  readonly scratch: readonly string[];
}

/** One area of the scope with the shape the user expects of the change there. */
export interface ScopeArea {
  readonly glob: string;
  readonly why?: string;
  /** Expected number of changed lines, shown beside the measured one; not a limit. */
  readonly lines?: number;
}

export interface DiffBudget {
  readonly files: number;
  /** Added plus removed lines. */
  readonly lines: number;
  readonly uncounted: readonly string[];
}

export interface OracleSpec {
  /** Run once per clean tree, on the base's manifest and lock file. */
  readonly setup?: string;
  /** Commands whose output describes the environment. */
  readonly record: readonly string[];
  readonly checks: readonly Check[];
  /** How many wrong implementations the oracle must catch, or patch files (workspace-relative) that are such implementations. */
  readonly decoys: number | readonly string[];
}

export type Scalar = string | number | boolean;

export interface Check {
  readonly id: string;
  /** Command line; `${name}` is replaced by the value of the matrix axis `name`. */
  readonly run: string;
  readonly matrix: Readonly<Record<string, readonly Scalar[]>>;
  readonly timeoutMs: number;
  /** Exit status that means "ran to its end". */
  readonly exit: number;
  /** Workspace-relative report file; without it the last JSON line of stdout is the report. */
  readonly report?: string;
  readonly metrics: Readonly<Record<string, Condition>>;
  readonly override: readonly Override[];
  readonly tests?: TestCount;
  /** What the check must be before any work; without it, a check that is green at the baseline must stay green. */
  readonly before?: 'pass' | 'fail';
  /** The boundary from which on the check must be green. */
  readonly by: 'minimal-hook' | 'production-shape';
}

export interface Override {
  readonly when: Readonly<Record<string, Scalar>>;
  readonly metrics: Readonly<Record<string, Condition>>;
}

export interface TestCount {
  readonly atLeast: number;
  readonly skipped: number;
}

/** A metric passes only if it is a finite number that meets its condition. Bands are relative deviations from the target (0.05 is 5 %). */
export type Condition =
  | { readonly kind: 'at-most'; readonly value: number }
  | { readonly kind: 'at-least'; readonly value: number }
  | { readonly kind: 'equals'; readonly value: number }
  | { readonly kind: 'target'; readonly value: number; readonly reproduces: number; readonly partial: number };

export interface Budgets {
  /** Active time of the session, without gates, pauses and suspend. */
  readonly timeMs: number;
  readonly costUsd: number;
  readonly turns: number;
  /** Input and output of every request together, cached input included. */
  readonly tokens?: number;
  /** Failed attempts to end a phase, per phase, before a gate opens. */
  readonly repairs: number;
  readonly explore: { readonly turns: number; readonly timeMs: number };
  /** Wall-clock instant (milliseconds since the epoch) after which no call is made. */
  readonly deadline?: number;
}

export interface CommandPolicy {
  /** Plain command lines that may run where no sandbox works. */
  readonly allow: readonly string[];
  readonly network: 'none' | 'full';
  readonly sandbox: 'preferred' | 'required' | 'off';
}

export interface ModelChoice {
  readonly main: string;
  readonly fast: string;
  readonly reviewer: string;
  readonly effort: Effort;
}

/** A fault of a contract text. Lines and columns count from 1; the end is exclusive. */
export interface Problem {
  readonly message: string;
  /** What would have been right, in words. */
  readonly expected?: string;
  /** Dotted path of the key, such as `oracle.checks[0].run`. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly severity: 'error' | 'warning';
  /** Edits of the text, each of which would settle this problem. */
  readonly fixes?: readonly Fix[];
}

/** One edit: the characters from `start` to `end` (UTF-16 offsets, exclusive) become `text`. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Fix extends TextEdit {
  readonly title: string;
}
