import type { AssistantBlock, Message } from './message.ts';

/**
 * The messages without any signed block (thinking, redacted thinking), or undefined where there is none. All or nothing: signed blocks are
 * bound to each other. Only for the one retry after the API refused a signature, as after a change of key or model.
 */
export function stripSignatures(messages: readonly Message[]): readonly Message[] | undefined {
  if (!messages.some((message) => message.role === 'assistant' && message.content.some(isSigned))) return undefined;
  return messages.map((message) => (message.role === 'user' ? message : { role: 'assistant', content: message.content.filter((block) => !isSigned(block)) }));
}

function isSigned(block: AssistantBlock): boolean {
  return block.type === 'redacted_thinking' || 'signature' in block;
}
