import type { Session } from './session.ts';

/**
 * The ids of all calls of a session, whatever conversation or attempt they are of: writes, flags and child conversations name their call by its id
 * alone. A server may number the calls of each conversation from one; what a second call with such an id did would pass for what the first had done.
 */
export function callIds({ conversations }: Pick<Session, 'conversations'>): ReadonlySet<string> {
  const contents = Object.values(conversations).flatMap(({ messages }) => messages.flatMap((message) => (message.role === 'assistant' ? message.content : [])));
  return new Set(contents.flatMap((block) => (block.type === 'tool_use' ? [block.id] : [])));
}
