/** A request as the Messages API takes it, after `rules.ts` has checked it. Blocks keep the fields and the key order that were sent. */
export interface MessagesRequest {
  readonly model: string;
  readonly max_tokens: number;
  readonly stream: true;
  readonly system: readonly Block[];
  readonly tools: readonly Block[];
  readonly messages: readonly RequestMessage[];
}

export interface RequestMessage {
  readonly role: 'user' | 'assistant';
  readonly content: readonly Block[];
}

/** Any block or tool definition: what matters is read field by field. */
export type Block = Readonly<Record<string, unknown>>;

/** What the model answers, before it becomes events. */
export type ReplyBlock =
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: Readonly<Record<string, unknown>> };

/** An answer that is not 200. */
export class ApiError extends Error {
  readonly status: number;
  readonly type: string;

  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}

/** A request that breaks a rule, in the words of the API. */
export function invalid(message: string): ApiError {
  return new ApiError(400, 'invalid_request_error', message);
}

export function isBlock(value: unknown): value is Block {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textField(block: Block, name: string): string {
  const value = block[name];
  return typeof value === 'string' ? value : '';
}

/** Text of a content that may be a string or a list of text blocks. */
export function plainText(content: unknown): string {
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? content.filter(isBlock).map((block) => textField(block, 'text')).join('\n') : '';
}
