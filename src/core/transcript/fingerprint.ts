import type { RequestBody } from './assemble.ts';
import type { Usage } from './message.ts';

/** Digests of the parts of a request that decide whether the server finds its prefix in the cache. Plain data, fit for the journal. */
export interface Fingerprint {
  readonly model: string;
  readonly thinking: string;
  readonly effort: string;
  readonly tools: readonly { readonly name: string; readonly description: string; readonly schema: string }[];
  readonly system: string;
  /** Number of messages and a digest of them all. */
  readonly messages: { readonly count: number; readonly digest: string };
  /** Digest of as many messages as the previous request had. */
  readonly prefix?: string;
}

type Hash = (text: string) => string;

/** Enough of a digest to tell accidental changes apart, short enough for one per part and turn. */
const digestLength = 12;

/** The fingerprint of `body`; `previous` is that of the request before in the same conversation. `hash` answers a hexadecimal digest. */
export function fingerprintOf(body: RequestBody, hash: Hash, previous?: Fingerprint): Fingerprint {
  const short: Hash = (text) => hash(text).slice(0, digestLength);
  const chain = digestsOf(body.messages, short);
  const prefix = previous === undefined ? undefined : chain[previous.messages.count] ?? 'missing';
  return {
    model: body.model,
    thinking: JSON.stringify(body.thinking ?? null),
    effort: body.output_config?.effort ?? 'default',
    tools: (body.tools ?? []).map((tool) => ({ name: tool.name, description: short(tool.description), schema: short(JSON.stringify(tool.input_schema)) })),
    system: short((body.system ?? []).map((block) => block.text).join('\n')),
    messages: { count: body.messages.length, digest: chain[body.messages.length] ?? '' },
    ...(prefix === undefined ? {} : { prefix }),
  };
}

/** Digests of the first 0, 1, 2, … messages, without the cache marks, which may move. */
function digestsOf(messages: RequestBody['messages'], short: Hash): readonly string[] {
  const digests = [''];
  for (const message of messages) {
    const content = message.content.map((block) => ({ ...block, cache_control: undefined }));
    digests.push(short(`${digests.at(-1)} ${message.role} ${JSON.stringify(content)}`));
  }
  return digests;
}

/** Names the first part, in the order of the server's cache, that changed since the previous request of the conversation; undefined if none did. */
export function cacheBreak(previous: Fingerprint, next: Fingerprint): string | undefined {
  if (previous.model !== next.model) return 'model';
  const tool = changedTool(previous.tools, next.tools);
  if (tool !== undefined) return tool;
  if (previous.system !== next.system) return 'system';
  if (previous.thinking !== next.thinking) return 'thinking';
  if (previous.effort !== next.effort) return 'effort';
  return next.prefix === previous.messages.digest ? undefined : 'messages prefix';
}

function changedTool(before: Fingerprint['tools'], after: Fingerprint['tools']): string | undefined {
  for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
    const [old, now] = [before[index], after[index]];
    if (old === undefined || now === undefined || old.name !== now.name) return `tools[${index}]`;
    if (old.description !== now.description) return `tools[${index}].description`;
    if (old.schema !== now.schema) return `tools[${index}].input_schema`;
  }
  return undefined;
}

/** The server found less of the prefix than the previous request of the conversation had left in the cache (5 % are left for its rounding). */
export function cacheDropped(previous: Usage, next: Usage): boolean {
  if (previous.estimated === true || next.estimated === true) return false;
  return next.cacheRead < 0.95 * (previous.cacheRead + previous.cacheWrite);
}
