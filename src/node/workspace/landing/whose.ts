import type { Blob } from '../../../core/session/changes.ts';

/** What is known of a path to which a command did something. */
export interface Standing {
  /** In scratch: nobody's. */
  readonly scratch: boolean;
  /** What a checkpoint held there when the command began. */
  readonly before: Blob | undefined;
  readonly isThere: boolean;
  /** The system has noted no change of what is there since the command began. */
  readonly untouched: boolean;
}

/**
 * By what a change of the command has to be ruled on. `free`: whatever is there may go. `contents`: only what was there before may go, anything else is
 * merged or stays. `new`: nothing was there, and nothing may be. `users`: what is there came or changed while the command ran, and no checkpoint says
 * what it was. Pure.
 */
export function ruledBy({ scratch, before, isThere, untouched }: Standing): 'free' | 'contents' | 'new' | 'users' {
  if (scratch) return 'free';
  if (before !== undefined) return 'contents';
  if (!isThere) return 'new';
  return untouched ? 'free' : 'users';
}
