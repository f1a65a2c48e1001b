import type { Effort } from '../contract/contract.ts';

/** A conversation as the Messages API sees it. What is stored is what is sent, byte for byte. */
export type Message =
  | { readonly role: 'user'; readonly content: readonly UserBlock[] }
  | { readonly role: 'assistant'; readonly content: readonly AssistantBlock[] };

export type UserBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_result'; readonly tool_use_id: string; readonly content: string; readonly is_error?: boolean };

/** Thinking blocks keep their signature and are replayed unchanged; unknown block types are kept as they came. */
export type AssistantBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'redacted_thinking'; readonly data: string }
  | ToolUse;

/** A call whose JSON was not valid has the input `{}` and is named in `ModelReply.badCalls`. */
export interface ToolUse {
  readonly type: 'tool_use';
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  readonly input_schema: Readonly<Record<string, unknown>>;
}

export interface ModelRequest {
  readonly model: string;
  readonly system: string;
  readonly tools: readonly ToolSpec[];
  readonly messages: readonly Message[];
  readonly maxTokens: number;
  readonly effort: Effort;
  /** Ids of earlier calls, also of other conversations; it is not sent. An answer that uses one again is none. */
  readonly usedIds: ReadonlySet<string>;
}

/** Tokens as the API counts them: the whole input is `input + cacheWrite + cacheRead`. */
export interface Usage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** The part of `cacheWrite` that was written for one hour, which costs more than five minutes. */
  readonly cacheWriteHour?: number;
  /** The server did not say; the figures are the reserved upper bound. */
  readonly estimated?: boolean;
}

export type StopReason =
  | 'end_turn' | 'tool_use' | 'max_tokens' | 'stop_sequence' | 'pause_turn' | 'refusal'
  | 'model_context_window_exceeded' | 'unknown';

export type ModelReply =
  | { readonly ok: true; readonly content: readonly AssistantBlock[]; readonly badCalls: readonly BadCall[]; readonly stop: StopReason; readonly stopDetail?: string;
      readonly usage: Usage; readonly model: string; readonly requestId?: string; readonly ms: number }
  | { readonly ok: false; readonly fault: Fault; readonly usage?: Usage; readonly ms: number };

/** A tool call whose input was not valid JSON; it is answered with an error and never run. */
export interface BadCall {
  readonly id: string;
  readonly raw: string;
}

/** What went wrong with a request; `retryPolicy` says what follows from each class. */
export type FaultClass =
  | 'invalid-request' | 'signature' | 'billing' | 'auth' | 'not-found' | 'conflict' | 'too-large' | 'rate-limit'
  | 'server' | 'overloaded' | 'network' | 'incomplete' | 'idle' | 'bad-response' | 'aborted';

export interface Fault {
  readonly class: FaultClass;
  readonly message: string;
  readonly status?: number;
  /** From `retry-after` or `retry-after-ms`, in milliseconds. */
  readonly retryAfterMs?: number;
  readonly requestId?: string;
}
