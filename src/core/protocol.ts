import type { Intention, View } from './session/view.ts';

/** Extension to side view. The whole state each time: the webview keeps nothing that it was not sent. */
export type ToWebview =
  | { readonly type: 'view'; readonly view: View }
  | { readonly type: 'empty'; readonly contracts: readonly string[]; readonly problem?: string; readonly newest?: NewestSession };

/** The newest session of the folder, which is not open in this window. `elsewhere`: another window or a terminal works at it. */
export interface NewestSession {
  readonly session: string;
  readonly title: string;
  readonly detail: string;
  readonly stands: 'to-continue' | 'ended' | 'elsewhere';
}

/** Side view to extension. */
export type FromWebview =
  | { readonly type: 'ready' }
  | { readonly type: 'intention'; readonly intention: Intention }
  /** Without `contract` a new one is drafted; with it, that file of `contracts` is started. */
  | { readonly type: 'start'; readonly contract?: string }
  | { readonly type: 'start-example' }
  | { readonly type: 'resume'; readonly session: string }
  | { readonly type: 'open'; readonly target: OpenTarget };

/** Something to show in an editor. */
export type OpenTarget =
  | { readonly kind: 'flag'; readonly flag: string }
  | { readonly kind: 'artifact'; readonly id: string }
  | { readonly kind: 'report'; readonly file: 'PLAN.md' | 'ORACLE.md' | 'PROGRESS.md' | 'REVIEW.md' | 'EVIDENCE.md' }
  | { readonly kind: 'contract' }
  | { readonly kind: 'diff' }
  /** The base against the content that the verdict is of. */
  | { readonly kind: 'verdict-diff' }
  /** One changed file against the base, at one hunk of it where one is named. */
  | { readonly kind: 'change'; readonly path: string; readonly hunk?: string }
  /** The list from which several hunks are chosen to be rewound. */
  | { readonly kind: 'hunks' }
  /** What the user and the session both changed, in the merge editor. */
  | { readonly kind: 'conflict'; readonly rewind: string; readonly path: string }
  | { readonly kind: 'boundary-diff'; readonly boundary: string };
