import { createHash } from 'node:crypto';
import { blocksOf, type ApiBlock, type ApiBody, type CacheMark } from './body.ts';

/** One part of a prompt in the order in which the model reads it: tools, system, messages. */
export interface Link {
  readonly level: 'tools' | 'system' | 'messages';
  /** Where the API would say that it is, such as `messages.1.content.0`. */
  readonly path: string;
  readonly block: ApiBlock;
  readonly mark: CacheMark | undefined;
  readonly bytes: number;
  /** Digest of everything before this part, and of everything up to and with it; cache marks do not count. */
  readonly before: string;
  readonly digest: string;
}

interface Part {
  readonly level: Link['level'];
  readonly path: string;
  readonly role: string;
  readonly block: ApiBlock;
}

/** The prompt of `body`, each part bound to all before it. */
export function chainOf(body: ApiBody): readonly Link[] {
  const links: Link[] = [];
  for (const part of partsOf(body)) {
    const before = links.at(-1)?.digest ?? '';
    const json = jsonOf(part.role, part.block);
    links.push({
      level: part.level, path: part.path, block: part.block, mark: part.block.cache_control, bytes: Buffer.byteLength(json), before, digest: next(before, json),
    });
  }
  return links;
}

/** The digest after `block` of the assistant's turn, given the digest before it. A block without text leaves no trace in a prompt. */
export function after(before: string, block: ApiBlock): string {
  return block.type === 'text' && block.text?.trim() === '' ? before : next(before, jsonOf('assistant', block));
}

function partsOf(body: ApiBody): readonly Part[] {
  return [
    ...(body.tools ?? []).map((tool, index): Part => ({ level: 'tools', path: `tools.${index}`, role: '', block: { type: 'tool', ...tool } })),
    ...blocksOf(body.system).map((block, index): Part => ({ level: 'system', path: `system.${index}`, role: '', block })),
    ...(body.messages ?? []).flatMap((message, at) =>
      blocksOf(message.content).map((block, index): Part => ({ level: 'messages', path: `messages.${at}.content.${index}`, role: message.role, block }))),
  ];
}

function jsonOf(role: string, block: ApiBlock): string {
  return `${role}${JSON.stringify({ ...block, cache_control: undefined })}`;
}

function next(before: string, json: string): string {
  return createHash('sha256').update(before).update(json).digest('hex');
}
