import type { Block, MessagesRequest, RequestMessage } from './request.ts';
import { ApiError, invalid, isBlock } from './request.ts';
import { checkMessages } from './messageRules.ts';

const fields = new Set(['model', 'max_tokens', 'stream', 'system', 'tools', 'tool_choice', 'messages', 'thinking', 'output_config', 'metadata', 'cache_control', 'stop_sequences', 'service_tier', 'temperature', 'top_p', 'top_k']);
const efforts = ['low', 'medium', 'high', 'xhigh', 'max'];
const mostOutput = 128_000;

/** Checks a body by the rules of the API version of 2026-10-21. Throws an ApiError with the API's own words. */
export function checkRequest(body: unknown, models: readonly string[]): MessagesRequest {
  if (!isBlock(body)) throw invalid('The request body is not valid JSON.');
  const unknown = Object.keys(body).find((name) => !fields.has(name));
  if (unknown !== undefined) throw invalid(`${unknown}: Extra inputs are not permitted`);
  const model = checkModel(body['model'], models);
  checkSettings(body, model);
  const system = blocksOf(body['system'], 'system');
  const tools = checkTools(body['tools']);
  const messages = messagesOf(body['messages']);
  checkMarks([...tools, ...system, ...messages.flatMap((message) => message.content)]);
  checkMessages(messages);
  return { model, max_tokens: body['max_tokens'] as number, stream: true, system, tools, messages };
}

function checkModel(model: unknown, models: readonly string[]): string {
  if (typeof model !== 'string') throw invalid('model: Field required');
  if (!models.includes(model)) throw new ApiError(404, 'not_found_error', `model: ${model}`);
  return model;
}

function checkSettings(body: Block, model: string): void {
  const most = body['max_tokens'];
  if (typeof most !== 'number' || !Number.isInteger(most) || most < 1) throw invalid('max_tokens: Input should be greater than or equal to 1');
  if (most > mostOutput) throw invalid(`max_tokens: ${most} > ${mostOutput}, which is the maximum allowed number of output tokens for ${model}`);
  if (body['stream'] !== true) throw invalid('stream: this server answers by events only');
  for (const name of ['temperature', 'top_p', 'top_k']) if (body[name] !== undefined) throw invalid(`${name}: this parameter is not supported by ${model}`);
  const choice = isBlock(body['tool_choice']) ? body['tool_choice']['type'] : undefined;
  if (choice === 'any' || choice === 'tool') throw invalid(`tool_choice: forcing a tool is not supported by ${model}`);
  const thinking = isBlock(body['thinking']) ? body['thinking']['type'] : 'adaptive';
  if (thinking !== 'adaptive') throw invalid(`thinking.type: ${String(thinking)} is not supported by ${model}`);
  const effort = isBlock(body['output_config']) ? body['output_config']['effort'] : undefined;
  if (effort !== undefined && !efforts.includes(String(effort))) throw invalid(`output_config.effort: Input should be ${efforts.join(', ')}`);
}

function checkTools(value: unknown): readonly Block[] {
  const tools = value === undefined ? [] : value;
  if (!Array.isArray(tools) || !tools.every(isBlock)) throw invalid('tools: Input should be a valid list');
  tools.forEach((tool, index) => {
    if (typeof tool['name'] !== 'string' || !/^[a-zA-Z0-9_-]{1,64}$/.test(tool['name'])) throw invalid(`tools.${index}.name: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'`);
    if (tools.findIndex((other) => other['name'] === tool['name']) !== index) throw invalid('tools: Tool names must be unique.');
    const schema = tool['input_schema'];
    if (!isBlock(schema) || schema['type'] !== 'object') throw invalid(`tools.${index}.input_schema.type: Input should be 'object'`);
  });
  return tools;
}

function messagesOf(value: unknown): readonly RequestMessage[] {
  if (!Array.isArray(value) || value.length === 0) throw invalid('messages: at least one message is required');
  return value.map((message, index) => {
    const role = isBlock(message) ? message['role'] : undefined;
    if (!isBlock(message) || (role !== 'user' && role !== 'assistant')) throw invalid(`messages.${index}.role: Input should be 'user' or 'assistant'`);
    const content = blocksOf(message['content'], `messages.${index}.content`);
    if (content.length === 0) throw invalid(`messages.${index}: all messages must have non-empty content`);
    return { role, content };
  });
}

function blocksOf(value: unknown, place: string): readonly Block[] {
  if (value === undefined) return [];
  if (typeof value === 'string') return [{ type: 'text', text: value }];
  if (!Array.isArray(value) || !value.every(isBlock)) throw invalid(`${place}: Input should be a valid list`);
  return value;
}

/** At most four ends of cached prefixes; one that lives for an hour does not come behind one that lives for minutes. */
function checkMarks(blocks: readonly Block[]): void {
  const marked = blocks.filter((block) => block['cache_control'] !== undefined);
  if (marked.length > 4) throw invalid(`A maximum of 4 blocks with cache_control may be provided. Found ${marked.length}.`);
  const thinking = marked.find((block) => block['type'] === 'thinking' || block['type'] === 'redacted_thinking');
  if (thinking !== undefined) throw invalid('thinking.cache_control: Extra inputs are not permitted');
  const lives = marked.map((block) => (isBlock(block['cache_control']) && block['cache_control']['ttl'] === '1h' ? '1h' : '5m'));
  if (lives.lastIndexOf('1h') > lives.indexOf('5m') && lives.includes('5m')) throw invalid('a ttl=\'1h\' cache_control block must not come after a ttl=\'5m\' cache_control block. Note that blocks are processed in the following order: `tools`, `system`, `messages`.');
}
