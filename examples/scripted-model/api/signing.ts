import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Block, MessagesRequest, ReplyBlock } from './request.ts';
import { invalid, textField } from './request.ts';

/** No secret: it only has to be the same when the server is started again, as the vendor's is. */
const key = 'scripted model of the example task';

/** What the model wants to say; `sign` makes blocks of it. */
export interface Words {
  readonly think?: string;
  readonly say?: string;
  readonly calls: readonly { readonly tool: string; readonly input: Readonly<Record<string, unknown>> }[];
}

/**
 * The blocks of an answer. A thinking block is signed with everything before it, and a call's id carries the thinking before it, so
 * that `verify` finds a history that was changed, cut or put together anew.
 */
export function sign(request: MessagesRequest, words: Words): readonly ReplyBlock[] {
  const prefix = prefixes(request).at(-1) ?? '';
  const thinking: ReplyBlock[] = words.think === undefined ? [] : [{ type: 'thinking', thinking: words.think, signature: signatureOf(words.think, prefix) }];
  const text: ReplyBlock[] = words.say === undefined ? [] : [{ type: 'text', text: words.say }];
  const thought = thinkingOf(thinking);
  const calls = words.calls.map(({ tool, input }): ReplyBlock => ({ type: 'tool_use', id: newId(thought, prefix), name: tool, input }));
  return [...thinking, ...text, ...calls];
}

/** Throws an ApiError unless every thinking block is as it was sent, behind what it was sent behind. */
export function verify(request: MessagesRequest): void {
  const before = prefixes(request);
  const last = request.messages.findLastIndex((message) => message.role === 'assistant');
  const anyThinking = request.messages.some((message) => message.content.some(isThinking));
  request.messages.forEach((message, index) => {
    if (message.role !== 'assistant') return;
    message.content.forEach((block, place) => checkSignature(block, before[index] ?? '', `messages.${index}.content.${place}`));
    if (index === last && anyThinking) checkIds(message.content, before[index] ?? '', index);
  });
}

function checkSignature(block: Block, prefix: string, place: string): void {
  if (block['type'] !== 'thinking') return;
  const thinking = textField(block, 'thinking');
  const [own, bound] = signatureOf(thinking, prefix).split('.');
  const [sentOwn, sentBound] = textField(block, 'signature').split('.');
  if (own !== sentOwn) throw invalid(`${place}: Invalid \`signature\` in \`thinking\` block`);
  if (bound !== sentBound) throw invalid(`${place}: Invalid \`thinking\` block. The block is bound to a different conversation`);
}

function checkIds(content: readonly Block[], prefix: string, index: number): void {
  const thought = thinkingOf(content);
  const ids = content.filter((block) => block['type'] === 'tool_use').map((block) => textField(block, 'id'));
  if (ids.every((id) => id === idOf(id.slice(0, idStart), thought, prefix))) return;
  throw invalid(`messages.${index}.content.0: \`thinking\` or \`redacted_thinking\` blocks in the latest assistant message cannot be modified. These blocks must remain as they were in the original response.`);
}

const isThinking = (block: Block): boolean => block['type'] === 'thinking';

function thinkingOf(content: readonly Block[]): string {
  return content.filter(isThinking).map((block) => textField(block, 'thinking')).join('\0');
}

function signatureOf(thinking: string, prefix: string): string {
  return `${mac(thinking)}.${mac(`${thinking}\0${prefix}`)}`;
}

const idStart = 'toolu_01'.length + 12;

function newId(thought: string, prefix: string): string {
  return idOf(`toolu_01${randomBytes(6).toString('hex')}`, thought, prefix);
}

function idOf(start: string, thought: string, prefix: string): string {
  return start + Buffer.from(mac(`${start}\0${thought}\0${prefix}`), 'base64').toString('hex').slice(0, 10);
}

function mac(text: string): string {
  return createHmac('sha256', key).update(text).digest('base64');
}

/**
 * Digest of all that stands before each message, and at last before the answer: model, system, tools, earlier messages. Cache marks may move
 * and thinking may be left out by the client as a whole, so neither counts.
 */
function prefixes(request: MessagesRequest): readonly string[] {
  const digests = [digest('', [{ model: request.model }, ...request.system, ...request.tools])];
  for (const message of request.messages) {
    digests.push(digest(digests.at(-1) ?? '', [{ role: message.role }, ...message.content.filter((block) => !isThinking(block))]));
  }
  return digests;
}

function digest(before: string, blocks: readonly Block[]): string {
  const hash = createHash('sha256').update(before);
  for (const block of blocks) hash.update(withoutMark(block)).update('\0');
  return hash.digest('hex');
}

/** The bytes of a block, but for the mark that may move between requests. */
export function withoutMark(block: Block): string {
  const { cache_control: _, ...rest } = block;
  return JSON.stringify(rest);
}
