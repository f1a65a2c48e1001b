import type { Scalar } from '../contract/contract.ts';

/** How one cell of a check ended. Only `pass` is evidence of success. */
export type CellClass = 'pass' | 'fail' | 'could-not-run' | 'timed-out' | 'invalid-report';

/** What the runner saw of one process; judged by `judgeCell`. */
export interface RawRun {
  /** The process could not be started. */
  readonly spawnError?: string;
  readonly exit: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  /** Whole standard output, or its last 4 MiB. */
  readonly stdout: string;
  /** Text of the report file if the check names one and the process wrote it. */
  readonly report?: string;
  /** The report file was there before the process started. */
  readonly reportStale?: boolean;
  /** Why the report file cannot be taken as text, such as `is a link`. */
  readonly reportFault?: string;
  /** Last part of standard error. */
  readonly stderr?: string;
  /** Files of the measured tree that must not change in a run and that the process changed. */
  readonly changed?: readonly string[];
  readonly nonce: string;
  readonly ms: number;
  /** Id of the artifact with the whole output (stdout and stderr). */
  readonly log?: string;
}

export interface TestResult {
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Names of tests that passed, nested names joined by ` > `. */
  readonly ids: readonly string[];
  /** Files that the runner ran and that reported no test of their own. */
  readonly silent?: readonly string[];
}

export interface MetricResult {
  readonly name: string;
  /** `null` where the report says the value is not there yet. */
  readonly value: number | null;
  /** Condition in words, such as `<= 1e-6`. */
  readonly wanted: string;
  /** Threshold that the value is compared with (the target's partial edge for bands); used to draw the cell. */
  readonly limit: number;
  readonly met: boolean;
  readonly band?: 'reproduces' | 'partial';
}

export interface CellResult {
  readonly check: string;
  readonly cell: Readonly<Record<string, Scalar>>;
  readonly class: CellClass;
  /** One sentence: why it is not `pass`. */
  readonly reason?: string;
  /** The report said `"reason":"not-implemented"` for its null values. */
  readonly notImplemented?: boolean;
  readonly metrics: readonly MetricResult[];
  readonly tests?: TestResult;
  readonly exit: number | null;
  readonly ms: number;
  readonly log?: string;
}

export type RunPurpose = 'baseline' | 'red' | 'decoy' | 'progress' | 'boundary' | 'confirm' | 'final' | 'verify';

/** One run of the oracle on one tree, in a clean checkout. */
export interface OracleRun {
  readonly id: string;
  readonly purpose: RunPurpose;
  /** Tree of the whole covered content that was measured. */
  readonly tree: string;
  readonly cells: readonly CellResult[];
  /** Output of the `record` commands, in their order. */
  readonly environment: readonly EnvironmentRecord[];
  /** Frozen paths whose bytes differed from the frozen ones in the measured tree. */
  readonly tampered: readonly string[];
  /** Oracle files of the measured tree that are not among the frozen ones; they were left out. */
  readonly unfrozen?: readonly string[];
  readonly sandboxed: boolean;
  readonly ms: number;
  /** Digest of the contents that a decoy put over the tree: the same for two decoys that leave the same files behind. */
  readonly effect?: string;
  /** Setup failed: no cell ran. */
  readonly setupFailed?: string;
}

export interface EnvironmentRecord {
  readonly command: string;
  readonly output: string;
}

export type Verdict = 'pass' | 'partial' | 'fail' | 'flaky' | 'blocked' | 'tampered' | 'unverified';
