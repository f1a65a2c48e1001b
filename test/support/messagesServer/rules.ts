import { blocksOf, type ApiBlock, type ApiBody, type ApiMessage } from './body.ts';
import { toolRule } from './toolRules.ts';

/** The text with which the API refuses a body that breaks one of its rules (status 400), or undefined. */
export function brokenRule(body: ApiBody): string | undefined {
  const messages = body.messages ?? [];
  return parameterRule(body) ?? roleRule(messages) ?? contentRule(messages) ?? toolRule(body.tools ?? [], messages) ?? markRule(body);
}

function parameterRule(body: ApiBody): string | undefined {
  for (const name of ['temperature', 'top_p', 'top_k']) {
    if (name in body) return `${name}: Extra inputs are not permitted`;
  }
  if (typeof body.model !== 'string' || body.model === '') return 'model: Field required';
  if (!Number.isInteger(body.max_tokens) || (body.max_tokens as number) < 1) return 'max_tokens: Field required';
  if (body.thinking?.type === 'enabled' || body.thinking?.type === 'disabled') {
    return `"thinking.type.${body.thinking.type}" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.`;
  }
  if (body.tool_choice?.type === 'any' || body.tool_choice?.type === 'tool') return 'Thinking may not be enabled when tool_choice forces tool use.';
  return undefined;
}

/** Turns of one role in a row are allowed: the API joins them. */
function roleRule(messages: readonly ApiMessage[]): string | undefined {
  if (messages.length === 0) return 'messages: at least one message is required';
  if (messages[0]?.role !== 'user') return 'messages: first message must use the "user" role';
  for (const [index, message] of messages.entries()) {
    if (message.role !== 'user' && message.role !== 'assistant') return `messages.${index}.role: unexpected role "${message.role}"`;
  }
  const paused = blocksOf(messages.at(-1)?.content).some((block) => block.type === 'server_tool_use');
  if (messages.at(-1)?.role === 'assistant' && !paused) return 'This model does not support assistant message prefill. The conversation must end with a user message.';
  return undefined;
}

function contentRule(messages: readonly ApiMessage[]): string | undefined {
  for (const [index, message] of messages.entries()) {
    const blocks = blocksOf(message.content);
    if (blocks.length === 0) return `messages.${index}: all messages must have non-empty content`;
    if (blocks.some((block) => block.type === 'text' && block.text === '')) return 'messages: text content blocks must be non-empty';
    if (blocks.some((block) => block.type === 'text' && block.text?.trim() === '')) return 'messages: text content blocks must contain non-whitespace text';
    if (/\\ud[89a-f][0-9a-f]{2}/i.test(JSON.stringify(blocks))) return 'The request body is not valid JSON: no low surrogate in string';
  }
  return undefined;
}

/** At most four marks, none on thinking, the long-lived ones first. */
function markRule(body: ApiBody): string | undefined {
  const blocks: readonly ApiBlock[] = [
    ...(body.tools ?? []).map((tool): ApiBlock => ({ type: 'tool', ...tool })), ...blocksOf(body.system), ...(body.messages ?? []).flatMap(({ content }) => blocksOf(content)),
  ];
  const marked = blocks.filter((block) => block.cache_control !== undefined);
  if (marked.length > 4) return `A maximum of 4 blocks with cache_control may be provided. Found ${marked.length}.`;
  const thinking = marked.find((block) => block.type.includes('thinking'));
  if (thinking !== undefined) return `messages: ${thinking.type}.cache_control: Extra inputs are not permitted`;
  const firstShort = marked.findIndex((block) => block.cache_control?.ttl !== '1h');
  if (firstShort >= 0 && marked.slice(firstShort).some((block) => block.cache_control?.ttl === '1h')) {
    return "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block";
  }
  return undefined;
}
