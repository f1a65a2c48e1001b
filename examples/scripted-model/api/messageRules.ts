import type { Block, RequestMessage } from './request.ts';
import { invalid, textField } from './request.ts';

const userTypes = new Set(['text', 'tool_result', 'image', 'document']);
const assistantTypes = new Set(['text', 'thinking', 'redacted_thinking', 'tool_use']);

/** What the API demands of a conversation: who speaks first and last, and a result for every call right behind it. */
export function checkMessages(messages: readonly RequestMessage[]): void {
  if (messages[0]?.role !== 'user') throw invalid('messages: first message must use the "user" role');
  if (messages.at(-1)?.role !== 'user') throw invalid('This model does not support assistant message prefill. The conversation must end with a user message.');
  const ids = new Set<string>();
  messages.forEach((message, index) => {
    checkBlocks(message, index);
    for (const id of callsOf(message)) {
      if (ids.has(id)) throw invalid(`messages.${index}: \`tool_use\` ids must be unique`);
      ids.add(id);
    }
    if (message.role === 'assistant') checkAnswered(message, messages[index + 1], index);
    else checkResults(message, messages[index - 1], index);
  });
}

function checkBlocks(message: RequestMessage, index: number): void {
  const allowed = message.role === 'user' ? userTypes : assistantTypes;
  message.content.forEach((block, place) => {
    const type = textField(block, 'type');
    if (!allowed.has(type)) throw invalid(`messages.${index}.content.${place}.type: Input tag '${type}' is not allowed in ${message.role} messages`);
    if (type === 'text' && textField(block, 'text').trim() === '') throw invalid('messages: text content blocks must contain non-whitespace text');
  });
}

function checkAnswered(message: RequestMessage, next: RequestMessage | undefined, index: number): void {
  const answered = new Set(resultsOf(next));
  const open = callsOf(message).filter((id) => !answered.has(id));
  if (open.length > 0) throw invalid(`messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`);
}

function checkResults(message: RequestMessage, before: RequestMessage | undefined, index: number): void {
  const asked = new Set(before === undefined ? [] : callsOf(before));
  const results = resultsOf(message);
  const stray = results.find((id) => !asked.has(id));
  if (stray !== undefined) throw invalid(`messages.${index}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`);
  if (new Set(results).size < results.length) throw invalid(`messages.${index}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with one id`);
  const lateResult = message.content.findIndex((block, place) => block['type'] === 'tool_result' && message.content.slice(0, place).some(isOther));
  if (lateResult >= 0) throw invalid(`messages.${index}.content.${lateResult}: \`tool_result\` blocks must come before other content`);
}

const isOther = (block: Block): boolean => block['type'] !== 'tool_result';

function callsOf(message: RequestMessage): readonly string[] {
  return message.content.filter((block) => block['type'] === 'tool_use').map((block) => textField(block, 'id'));
}

function resultsOf(message: RequestMessage | undefined): readonly string[] {
  return (message?.content ?? []).filter((block) => block['type'] === 'tool_result').map((block) => textField(block, 'tool_use_id'));
}
