/** A request straight to the server, without the SDK, so that it may break rules. */
export interface Wire {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Events of a stream, or the one JSON body. */
  readonly data: readonly Data[];
}

/** Any JSON object; tests look at its fields by `dig`. */
export type Data = Readonly<Record<string, unknown>>;

/** The value at a path of field names, undefined where there is none. */
export function dig(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((at, name) => (typeof at === 'object' && at !== null ? (at as Data)[name] : undefined), value);
}

const headers = { 'anthropic-version': '2023-06-01', 'content-type': 'application/json' };

export async function post(url: string, body: unknown, more: Readonly<Record<string, string>> = {}): Promise<Wire> {
  return wired(await fetch(`${url}/v1/messages`, { method: 'POST', headers: { ...headers, ...more }, body: typeof body === 'string' ? body : JSON.stringify(body) }));
}

export async function get(url: string, path: string): Promise<Wire> {
  return wired(await fetch(url + path, { headers }));
}

async function wired(response: Response): Promise<Wire> {
  const text = await response.text();
  const lines = text.startsWith('event:') ? text.split('\n').filter((line) => line.startsWith('data: ')).map((line) => line.slice(6)) : [text];
  return { status: response.status, headers: response.headers, text, data: lines.map((line) => JSON.parse(line) as Data) };
}

export const tools = ['glob', 'read', 'grep', 'explore'].map((name) => ({ name, description: `Tool ${name}.`, input_schema: { type: 'object', properties: {} } }));

/** A request that keeps every rule; `change` replaces fields. */
export function request(change: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { model: 'claude-opus-5-5', max_tokens: 1000, stream: true, tools, system: [{ type: 'text', text: 'system' }], messages: [{ role: 'user', content: [{ type: 'text', text: '# Phase: explore\n' }] }], ...change };
}

export interface Block {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** The content blocks that a stream adds up to. */
export function contentOf(events: readonly Data[]): readonly Block[] {
  const starts = events.filter((event) => event['type'] === 'content_block_start');
  return starts.map((start) => {
    const deltas = events.filter((event) => event['type'] === 'content_block_delta' && event['index'] === start['index']).map((event) => event['delta']);
    const joined = (name: string): string => deltas.map((delta) => dig(delta, name) ?? '').join('');
    const block = start['content_block'] as Block;
    switch (block.type) {
      case 'text': return { ...block, text: joined('text') };
      case 'thinking': return { ...block, thinking: joined('thinking'), signature: joined('signature') };
      default: return { ...block, input: JSON.parse(joined('partial_json')) as unknown };
    }
  });
}

/** One result per call, in order. */
export function resultsFor(content: readonly Block[]): Block[] {
  return content.filter((block) => block.type === 'tool_use').map((block) => ({ type: 'tool_result', tool_use_id: block['id'], content: 'done' }));
}
