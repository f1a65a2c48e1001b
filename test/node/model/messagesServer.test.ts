import assert from 'node:assert/strict';
import type { ApiBody, ApiMessage } from '../../support/messagesServer/body.ts';
import { brokenRule } from '../../support/messagesServer/rules.ts';
import { say } from '../../support/messagesServer/replies.ts';
import { sendTo, withServer } from './exchange.ts';

const user = (...content: readonly object[]): ApiMessage => ({ role: 'user', content: content as ApiMessage['content'] });
const model = (...content: readonly object[]): ApiMessage => ({ role: 'assistant', content: content as ApiMessage['content'] });
const text = (value: string) => ({ type: 'text', text: value });
const call = (id: string) => ({ type: 'tool_use', id, name: 'bash', input: {} });
const result = (id: string) => ({ type: 'tool_result', tool_use_id: id, content: 'done' });
const mark = (ttl: '5m' | '1h') => ({ cache_control: { type: 'ephemeral', ttl } });

const valid: ApiBody = { model: 'claude-opus-5-5', max_tokens: 100, messages: [user(text('Go.'))] };
const saying = (...messages: readonly ApiMessage[]): ApiBody => ({ ...valid, messages: [user(text('Go.')), ...messages] });

const refused: readonly (readonly [ApiBody, RegExp])[] = [
  [{ ...valid, temperature: 0 } as ApiBody, /^temperature: Extra inputs/],
  [{ ...valid, thinking: { type: 'disabled' } }, /thinking\.type\.disabled/],
  [{ ...valid, tool_choice: { type: 'any' } }, /tool_choice/],
  [{ ...valid, max_tokens: 0 }, /^max_tokens/],
  [{ ...valid, messages: [] }, /at least one message/],
  [saying(model(text('Done.'))), /prefill/],
  [saying(model(), user(text('?'))), /non-empty content/],
  [saying(model(text('')), user(text('?'))), /must be non-empty/],
  [saying(model(text(' ')), user(text('?'))), /non-whitespace/],
  [{ ...valid, messages: [user(text('half \uD83D'))] }, /no low surrogate/],
  [saying(model(call('a')), user(text('?'))), /^messages\.1: `tool_use` ids were found without `tool_result` blocks immediately after: a\./],
  [saying(model(text('Hm.')), user(result('a'))), /unexpected `tool_use_id`/],
  [saying(model(call('a')), user(result('a'), result('a'))), /must have a single result/],
  [saying(model(call('a')), user(text('first'), result('a'))), /must come first/],
  [saying(model(call('a')), user(result('a')), model(call('a')), user(result('a'))), /ids must be unique/],
  [{ ...valid, tools: [{ name: 'a b' }] }, /should match pattern/i],
  [{ ...valid, tools: [{ name: 'a' }, { name: 'a' }] }, /names must be unique/],
  [{ ...valid, messages: [user(...Array.from({ length: 5 }, () => ({ ...text('x'), ...mark('5m') })))] }, /maximum of 4 blocks with cache_control may be provided\. Found 5/],
  [saying(model({ type: 'thinking', thinking: '', signature: '', ...mark('5m') }), user(text('?'))), /cache_control: Extra inputs/],
  [{ ...valid, messages: [user({ ...text('x'), ...mark('5m') }, { ...text('y'), ...mark('1h') })] }, /ttl='1h' cache_control block must not come after/],
];

describe('the scripted server', () => {
  it('accepts a plain conversation', () => {
    assert.equal(brokenRule(saying(model(call('a'), call('b')), user(result('a'), result('b')))), undefined);
  });

  for (const [body, wanted] of refused) it(`refuses: ${wanted.source}`, () => assert.match(brokenRule(body) ?? '', wanted));

  it('answers a model that it does not serve with not found', () => withServer([say('Hi.')], async (server) => {
    const { reply } = await sendTo(server);
    assert.equal(!reply.ok && reply.fault.class, 'not-found');
  }, { models: ['house-model'] }));

  it('refuses requests for which its script has no reply', () => withServer([say('Hi.')], async (server) => {
    assert.ok((await sendTo(server)).reply.ok);
    const { reply } = await sendTo(server);
    assert.match(!reply.ok ? reply.fault.message : '', /no more replies/);
  }));

  it('says so when its script fails', () => withServer(() => { throw new Error('unexpected request'); }, async (server) => {
    const { reply } = await sendTo(server);
    assert.match(!reply.ok ? reply.fault.message : '', /the script failed: Error: unexpected request/);
  }));
});
