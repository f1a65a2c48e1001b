import type { DiffUses, FileChange, Path } from '../session/changes.ts';
import type { RefusalReason } from '../session/facts.ts';

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

export function deny(reason: RefusalReason, message: string): Ruling {
  return { allow: false, reason, message };
}
