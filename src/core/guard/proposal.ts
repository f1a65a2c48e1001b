import type { FileChange, Path } from '../session/changes.ts';
import type { RefusalReason } from '../session/events.ts';

/** Exactly what a tool would do. Nothing has happened yet when it is ruled on. */
export type Proposal =
  | { readonly kind: 'look'; readonly paths: readonly Path[] }
  | { readonly kind: 'edit'; readonly change: FileChange; readonly after: DiffUses }
  | { readonly kind: 'execute'; readonly command: string }
  /** Bounded itself measures, evaluates or notes something; the work tree stays as it is. */
  | { readonly kind: 'report' };

export type Ruling =
  | { readonly allow: true }
  | { readonly allow: false; readonly reason: RefusalReason; readonly message: string };

/** Files and lines (added plus removed) that count against the diff budget. */
export interface DiffUse {
  readonly files: number;
  readonly lines: number;
}

/** Counted against the boundary before the phase and against the base; each limit holds for both. */
export interface DiffUses {
  readonly phase: DiffUse;
  readonly base: DiffUse;
}

export function deny(reason: RefusalReason, message: string): Ruling {
  return { allow: false, reason, message };
}
