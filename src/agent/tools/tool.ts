import type { Proposal } from '../../core/guard/proposal.ts';
import type { ToolInput, ToolName } from '../../core/guard/toolInputs.ts';
import type { TreeId } from '../../core/session/changes.ts';
import type { RefusalReason } from '../../core/session/facts.ts';
import type { Conversation } from '../../core/session/session.ts';
import type { Run } from '../run.ts';

/** A tool says exactly what it would do; `carryOut` runs only when the guard allows it. */
export interface Tool<N extends ToolName> {
  readonly name: N;
  /** One line for people: what the call is about. */
  title(input: ToolInput<N>): string;
  propose(input: ToolInput<N>, context: ToolContext): Promise<Proposed | Refusal>;
}

export interface ToolContext {
  readonly run: Run;
  readonly conversation: Conversation;
  readonly call: string;
  /** Tree before the call; taken for tools that may change something. */
  readonly tree: TreeId;
}

export interface Proposed {
  readonly proposal: Proposal;
  readonly carryOut: () => Promise<Answer>;
}

export interface Refusal {
  readonly refused: RefusalReason;
  readonly message: string;
}

/** What the model is told. `deferred`: a conversation was opened, and the call is answered when that is over. */
export type Answer =
  | { readonly outcome: 'done' | 'failed'; readonly text: string; readonly summary?: string; readonly artifact?: string }
  | { readonly outcome: 'deferred' };

export function refuse(reason: RefusalReason, message: string): Refusal {
  return { refused: reason, message };
}

/** A report changes nothing: it is noted, measured or asked by Bounded itself. */
export function report(carryOut: () => Promise<Answer>): Proposed {
  return { proposal: { kind: 'report' }, carryOut };
}
