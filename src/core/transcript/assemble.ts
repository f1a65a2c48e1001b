import type { Effort } from '../contract/contract.ts';
import { capabilitiesOf, effortFor } from './capabilities.ts';
import { checkTranscript } from './checkTranscript.ts';
import type { Message, ModelRequest, ToolSpec } from './message.ts';

/** The end of a prefix that the server is asked to keep. */
export interface CacheControl {
  readonly type: 'ephemeral';
  readonly ttl: '5m' | '1h';
}

type Marked<T> = T & { readonly cache_control?: CacheControl };

/** The JSON body of a request, keys in the order in which they are sent. What never changes comes first, the messages last. */
export interface RequestBody {
  readonly model: string;
  readonly max_tokens: number;
  readonly stream: true;
  readonly thinking?: { readonly type: 'adaptive'; readonly display: 'summarized' };
  readonly output_config?: { readonly effort: Effort };
  readonly tools?: readonly Marked<ToolSpec>[];
  readonly system?: readonly Marked<{ readonly type: 'text'; readonly text: string }>[];
  /** As stored; the last block of some carries `cache_control`. */
  readonly messages: readonly Message[];
}

/** Outlives a gate or a long oracle run, for what every conversation of a session begins with. */
const hour: CacheControl = { type: 'ephemeral', ttl: '1h' };
const minutes: CacheControl = { type: 'ephemeral', ttl: '5m' };

/** The server looks for an earlier prefix at most 20 blocks before a mark, the marked one included; five are left in reserve. */
const lookBack = 15;

/**
 * The body for the Messages API. The same input gives the same bytes, and apart from `cache_control` the messages of the next request
 * of a conversation begin with the bytes of these. Throws where the transcript breaks a rule (see `checkTranscript`).
 *
 * Marks, at most four: last tool, system, first user turn (contract and plan), last block. A turn that adds more than 15 blocks also marks
 * the end of the previous request, and the mark on the tools yields: the prefix that ends with the system prompt contains the tools.
 */
export function assembleRequest(request: ModelRequest): RequestBody {
  checkTranscript(request.messages);
  const can = capabilitiesOf(request.model);
  const effort = effortFor(request.model, request.effort);
  const previous = endOfPreviousRequest(request.messages);
  return {
    model: request.model,
    max_tokens: Math.min(request.maxTokens, can.maxOutput),
    stream: true,
    ...(can.thinking === 'adaptive' ? { thinking: { type: 'adaptive', display: 'summarized' } as const } : {}),
    ...(effort === undefined ? {} : { output_config: { effort } }),
    ...(request.tools.length === 0 ? {} : { tools: markTools(request.tools, previous === undefined ? hour : undefined) }),
    ...(request.system === '' ? {} : { system: [{ type: 'text', text: request.system, cache_control: hour }] }),
    messages: markMessages(request.messages, previous),
  };
}

/** Index of the user turn that the previous request ended with, where it needs a mark of its own. The first turn always has one. */
function endOfPreviousRequest(messages: readonly Message[]): number | undefined {
  const answer = messages.findLastIndex((message) => message.role === 'assistant');
  const added = messages.slice(answer).reduce((sum, message) => sum + message.content.length, 0);
  return answer > 1 && added > lookBack ? answer - 1 : undefined;
}

function markTools(tools: readonly ToolSpec[], control: CacheControl | undefined): readonly Marked<ToolSpec>[] {
  return tools.map(({ name, description, input_schema }, index) => ({
    name, description, input_schema, ...(control !== undefined && index === tools.length - 1 ? { cache_control: control } : {}),
  }));
}

function markMessages(messages: readonly Message[], previous: number | undefined): readonly Message[] {
  const last = messages.length - 1;
  return messages.map((message, index) => {
    if (index === 0) return mark(message, hour);
    return index === last || index === previous ? mark(message, minutes) : message;
  });
}

/** The message with `control` on its last block. Other blocks are passed on as they are stored. */
function mark(message: Message, control: CacheControl): Message {
  const last = message.content.at(-1);
  // The API takes no mark on thinking, nor on kinds of blocks that we do not know.
  if (last === undefined || !['text', 'tool_use', 'tool_result'].includes(last.type)) return message;
  const marked = { ...last, cache_control: control };
  return { role: message.role, content: [...message.content.slice(0, -1), marked] } as Message;
}
