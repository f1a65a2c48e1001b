import assert from 'node:assert/strict';
import { startScripted } from './support/scripted.ts';
import type { Scripted } from './support/scripted.ts';
import type { Block } from './support/wire.ts';
import { contentOf, dig, get, post, request, resultsFor, tools } from './support/wire.ts';

describe('the scripted server: rules of the Messages API', () => {
  let server: Scripted;
  before(async () => { server = await startScripted(); });
  after(() => server.close());

  const text = (value: string): Block => ({ type: 'text', text: value });
  const user = (...content: Block[]) => ({ role: 'user', content });
  const assistant = (...content: Block[]) => ({ role: 'assistant', content });
  const use = (id: string): Block => ({ type: 'tool_use', id, name: 'read', input: {} });
  const result = (id: string): Block => ({ type: 'tool_result', tool_use_id: id, content: 'x' });
  const marked = (block: Block, ttl?: string): Block => ({ ...block, cache_control: { type: 'ephemeral', ...(ttl === undefined ? {} : { ttl }) } });
  const open = user(text('# Phase: explore'));

  const refused: readonly (readonly [string, Readonly<Record<string, unknown>>, RegExp])[] = [
    ['an unknown field', { colour: 'red' }, /^colour: Extra inputs are not permitted/],
    ['no model', { model: undefined }, /^model: Field required/],
    ['a sampling parameter', { temperature: 0.5 }, /^temperature/],
    ['a forced tool', { tool_choice: { type: 'any' } }, /^tool_choice/],
    ['thinking switched off', { thinking: { type: 'disabled' } }, /^thinking\.type/],
    ['an unknown effort', { output_config: { effort: 'huge' } }, /^output_config\.effort/],
    ['no room for an answer', { max_tokens: 0 }, /^max_tokens/],
    ['more room than there is', { max_tokens: 128_001 }, /^max_tokens: 128001 > 128000/],
    ['an answer in one piece', { stream: false }, /^stream/],
    ['a tool name with a blank', { tools: [{ ...tools[0], name: 'a b' }] }, /^tools\.0\.name/],
    ['two tools of one name', { tools: [tools[0], tools[0]] }, /^tools: Tool names must be unique/],
    ['a tool without a schema', { tools: [{ name: 'a' }] }, /^tools\.0\.input_schema/],
    ['no message', { messages: [] }, /^messages: at least one/],
    ['an unknown role', { messages: [{ role: 'system', content: 'x' }] }, /^messages\.0\.role/],
    ['an empty message', { messages: [user()] }, /^messages\.0: all messages must have non-empty content/],
    ['an empty text', { messages: [user(text(' \n'))] }, /non-whitespace text/],
    ['an assistant first', { messages: [assistant(text('a')), open] }, /first message must use the "user" role/],
    ['a prefill', { messages: [open, assistant(text('a'))] }, /does not support assistant message prefill/],
    ['a call without a result', { messages: [open, assistant(use('t1'), use('t2')), user(result('t1'))] }, /`tool_use` ids were found without `tool_result` blocks immediately after: t2\./],
    ['a result without a call', { messages: [open, assistant(text('a')), user(result('t1'))] }, /unexpected `tool_use_id` found in `tool_result` blocks: t1\./],
    ['two results for one call', { messages: [open, assistant(use('t1')), user(result('t1'), result('t1'))] }, /each tool_use must have a single result/],
    ['a result behind text', { messages: [open, assistant(use('t1')), user(text('note'), result('t1'))] }, /must come before other content/],
    ['two calls of one id', { messages: [open, assistant(use('t1'), use('t1')), user(result('t1'))] }, /ids must be unique/],
    ['a call in a user turn', { messages: [user(use('t1'))] }, /not allowed in user messages/],
    ['five marks', { messages: [user(...['a', 'b', 'c', 'd', 'e'].map((one) => marked(text(one))))] }, /A maximum of 4 blocks .* Found 5\./],
    ['an hour behind minutes', { messages: [user(marked(text('a')), marked(text('b'), '1h'))] }, /must not come after/],
    ['a mark on thinking', { messages: [open, assistant(marked({ type: 'thinking', thinking: 'a', signature: 'b' })), open] }, /^thinking\.cache_control/],
  ];
  for (const [name, change, message] of refused) {
    it(`refuses ${name}`, async () => {
      const { status, data } = await post(server.url, request(change));
      assert.equal(status, 400);
      assert.equal(dig(data[0], 'error', 'type'), 'invalid_request_error');
      assert.match(String(dig(data[0], 'error', 'message')), message);
    });
  }

  it('refuses what is not JSON, an unknown model, an unknown path and a request without a version', async () => {
    assert.equal((await post(server.url, '{')).status, 400);
    const model = await post(server.url, request({ model: 'claude-nothing' }));
    assert.deepEqual([model.status, dig(model.data[0], 'error', 'type')], [404, 'not_found_error']);
    assert.equal((await get(server.url, '/v1/nothing')).status, 404);
    assert.equal((await fetch(`${server.url}/v1/models`)).status, 400);
  });

  it('says in every answer who answers', async () => {
    const answers = [await get(server.url, '/v1/models'), await post(server.url, request()), await post(server.url, '{'), await get(server.url, '/')];
    for (const one of answers) assert.equal(one.headers.get('x-served-by'), 'scripted model (examples)');
    assert.equal(new Set(answers.map((one) => one.headers.get('request-id'))).size, 4);
  });

  it('lists the models that the contract names, and each of them', async () => {
    const { data } = await get(server.url, '/v1/models?limit=1000');
    const list = dig(data[0], 'data') as readonly { readonly id: string }[];
    assert.deepEqual(list.map((one) => one.id), ['claude-opus-5-5', 'claude-haiku-5-5']);
    assert.equal((await get(server.url, '/v1/models/claude-opus-5-5')).data[0]?.['id'], 'claude-opus-5-5');
    assert.equal((await get(server.url, '/v1/models/other')).status, 404);
  });

  it('streams the events in the order of the API', async () => {
    const { status, data } = await post(server.url, request());
    const types = data.map((event) => String(event['type'])).filter((type, index, all) => type !== all[index - 1]);
    assert.equal(status, 200);
    assert.deepEqual([types[0], types[1], types.at(-2), types.at(-1)], ['message_start', 'ping', 'message_delta', 'message_stop']);
    assert.deepEqual(types.slice(2, 5), ['content_block_start', 'content_block_delta', 'content_block_stop']);
    assert.equal(dig(data.at(-2), 'delta', 'stop_reason'), 'tool_use');
    const content = contentOf(data);
    assert.deepEqual(content.map((block) => block.type), ['thinking', 'text', 'tool_use', 'tool_use']);
    assert.deepEqual(content[2]?.['input'], { pattern: 'src/**/*.js' });
  });

  it('gives fresh ids to every answer, so that two conversations with one opening do not share any', async () => {
    const ids = await Promise.all([post(server.url, request()), post(server.url, request())].map(async (one) => resultsFor(contentOf((await one).data)).map((block) => block['tool_use_id'])));
    assert.equal(new Set(ids.flat()).size, 4);
  });
});
