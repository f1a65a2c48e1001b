/** A request body as a server sees it: anything may be in it. */
export interface ApiBody {
  readonly model?: unknown;
  readonly max_tokens?: unknown;
  readonly stream?: unknown;
  readonly thinking?: { readonly type?: string };
  readonly output_config?: { readonly effort?: string };
  readonly tool_choice?: { readonly type?: string };
  readonly tools?: readonly ApiTool[];
  readonly system?: string | readonly ApiBlock[];
  readonly messages?: readonly ApiMessage[];
}

export interface ApiMessage {
  readonly role: string;
  readonly content: string | readonly ApiBlock[];
}

export interface ApiBlock {
  readonly type: string;
  readonly text?: string;
  readonly id?: string;
  readonly name?: string;
  readonly input?: unknown;
  readonly tool_use_id?: string;
  readonly content?: unknown;
  readonly is_error?: boolean;
  readonly thinking?: string;
  readonly signature?: string;
  readonly data?: string;
  readonly cache_control?: CacheMark;
}

export interface ApiTool {
  readonly name: string;
  readonly description?: string;
  readonly input_schema?: unknown;
  readonly cache_control?: CacheMark;
}

export interface CacheMark {
  readonly type: string;
  readonly ttl?: '5m' | '1h';
}

/** Content as blocks; a plain string is one text block. */
export function blocksOf(content: string | readonly ApiBlock[] | undefined): readonly ApiBlock[] {
  if (content === undefined) return [];
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}
