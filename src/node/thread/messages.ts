import type { RootsToOpen } from '../roots/openRoots.ts';
import type { SessionWorkspace } from '../workspace/keepingWorkspace.ts';
import type { CheckpointStore } from '../workspace/store/checkpoints.ts';
import type { Fault } from './faults.ts';
import type { Step } from './pieces.ts';

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

export interface Asked {
  readonly id: number;
  /** The place of the store that it is asked of. */
  readonly of: 'workspace' | number;
  readonly call: string;
}

/**
 * A part of what is large in a question or an answer, whose own message comes last and says so by `inPieces`. In each direction one is under way
 * at a time, so that nobody has to ask whose piece it is.
 */
export interface Piece {
  readonly step: Step;
}

export interface InPieces {
  readonly inPieces: true;
}

export type Question = Asked & ({ readonly args: readonly unknown[] } | InPieces);

/** Asks the thread for the next piece of its answer: the loop has turned since the last one. */
export const next = 'next';

/** Asks the thread to end, once nothing runs in it that must not be cut off. */
export const end = 'end';

export type ToThread = Question | Piece | typeof next | typeof end;

export type Answer = { readonly id: number } & (({ /** What each checkpoint store takes now. */ readonly bytes: readonly number[] } & ({ readonly value: unknown } | InPieces)) | { readonly fault: Fault });

export type FromThread = Answer | Piece;

/** The answer to being made: what the main root is really called. */
export const opening = 0;
