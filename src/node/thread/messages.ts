import type { RootsToOpen } from '../roots/openRoots.ts';
import type { SessionWorkspace } from '../workspace/keepingWorkspace.ts';
import type { CheckpointStore } from '../workspace/store/checkpoints.ts';
import type { Fault } from './faults.ts';

/** What a thread is made with. */
export interface ThreadData {
  readonly open: RootsToOpen;
  /** One number; `ended` when nothing runs in the thread any more. */
  readonly state: Int32Array<SharedArrayBuffer>;
}

export const ended = 1;

/** Names of the methods of something that answer by a promise. */
export type Methods<Of> = { readonly [Name in keyof Of]: Of[Name] extends (...args: never[]) => Promise<unknown> ? Name : never }[keyof Of];

/** Everything that is asked of a session's work trees, each by the name of its method. */
export const workspaceCalls: Readonly<Record<Methods<SessionWorkspace>, true>> = {
  head: true, damage: true, settled: true, capture: true, captureWritten: true, scratchUse: true, dirty: true, diff: true, hunks: true, countLines: true, entries: true,
  matching: true, blobText: true, read: true, resolve: true, glob: true, grep: true, changedAt: true, apply: true, restore: true, land: true, sweep: true,
  rehearse: true, keepText: true, restoreBeside: true, revertHunks: true, rehearseHunks: true, commit: true, writeContract: true, writeReport: true,
  hashOf: true, keep: true, drop: true,
};

/** The same of each of their checkpoint stores. */
export const checkpointCalls: Readonly<Record<Methods<CheckpointStore>, true>> = { measure: true, kindsOf: true, fit: true, keepOnly: true };

export interface Question {
  readonly id: number;
  /** The place of the store that it is asked of. */
  readonly of: 'workspace' | number;
  readonly call: string;
  readonly args: readonly unknown[];
}

/** Asks the thread to end, once nothing runs in it that must not be cut off. */
export const end = 'end';

export type Answer = { readonly id: number } & ({ readonly value: unknown; /** What each checkpoint store takes now. */ readonly bytes: readonly number[] } | { readonly fault: Fault });

/** The answer to being made: what the main root is really called. */
export const opening = 0;
