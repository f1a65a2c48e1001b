import type { Block, RequestMessage } from '../api/request.ts';
import { isBlock, plainText, textField } from '../api/request.ts';

/** One call of the model with what it was told. */
export interface Answered {
  readonly tool: string;
  readonly input: Block;
  readonly text: string;
  readonly failed: boolean;
}

/** One answer of the model and the user turn behind it. */
export interface Exchange {
  readonly calls: readonly Answered[];
  /** Text that came with or instead of results: a reminder, a note of the user. */
  readonly note: string;
}

export interface Transcript {
  /** Text of the first user turn. */
  readonly opening: string;
  readonly exchanges: readonly Exchange[];
}

/** A conversation as the script sees it. The messages have passed the rules: every call has its result. */
export function transcriptOf(messages: readonly RequestMessage[]): Transcript {
  const first = messages.findIndex((message) => message.role === 'assistant');
  const opening = messages.slice(0, first < 0 ? undefined : first).map((message) => plainText(message.content)).join('\n');
  const exchanges = messages.flatMap((message, index) => (message.role === 'assistant' ? [exchangeOf(message, behind(messages, index))] : []));
  return { opening, exchanges };
}

/** All user blocks up to the next answer. */
function behind(messages: readonly RequestMessage[], index: number): readonly Block[] {
  const rest = messages.slice(index + 1);
  const end = rest.findIndex((message) => message.role === 'assistant');
  return rest.slice(0, end < 0 ? undefined : end).flatMap((message) => message.content);
}

function exchangeOf(message: RequestMessage, user: readonly Block[]): Exchange {
  const results = new Map(user.filter((block) => block['type'] === 'tool_result').map((block) => [block['tool_use_id'], block]));
  const calls = message.content.filter((block) => block['type'] === 'tool_use').map((block): Answered => {
    const result = results.get(block['id']) ?? {};
    return { tool: textField(block, 'name'), input: isBlock(block['input']) ? block['input'] : {}, text: plainText(result['content']), failed: result['is_error'] === true };
  });
  return { calls, note: plainText(user) };
}
