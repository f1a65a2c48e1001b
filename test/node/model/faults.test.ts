import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { Fault } from '../../../src/core/transcript/message.ts';
import { retryPolicy } from '../../../src/core/transcript/retry.ts';
import { createModel } from '../../../src/node/model/createModel.ts';
import { cut, delivered, edited, failing, httpError, page, reset, say, silence, text, tool, turn, type Reply } from '../../support/messagesServer/replies.ts';
import { go, key, requestWith, sendTo, withServer } from './exchange.ts';

/** What one reply of the server becomes: the fault and what the policy makes of it at the first try. */
async function faultOf(reply: Reply): Promise<Fault & { readonly then: string }> {
  let fault: Fault | undefined;
  await withServer([reply, say('Never asked.')], async (server) => {
    const sent = await sendTo(server);
    assert.equal(server.requests.length, 1, 'the adapter must not retry by itself');
    if (!sent.reply.ok) fault = sent.reply.fault;
  });
  assert.ok(fault !== undefined, 'the request should have failed');
  return { ...fault, then: retryPolicy(fault, 1, 0, 0.5).action };
}

const html = '<!DOCTYPE html><html><head><title>413 Request Entity Too Large</title></head><body><h1>413</h1>nginx</body></html>';

const table: readonly (readonly [string, Reply, Fault['class'], string])[] = [
  ['400 with a broken rule', httpError(400, 'invalid_request_error', 'max_tokens: Field required'), 'invalid-request', 'block'],
  ['400 for a spend limit', httpError(400, 'invalid_request_error', 'You have reached your specified API usage limits. You will regain access on 2026-12-01.'), 'billing', 'block'],
  ['400 for a spend limit of the workspace', httpError(400, 'invalid_request_error', 'You have reached your specified workspace API usage limits.'), 'billing', 'block'],
  ['400 for no credit', httpError(400, 'invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'), 'billing', 'block'],
  ['400 for a signature', httpError(400, 'invalid_request_error', 'messages.1.content.0: Invalid `signature` in `thinking` block'), 'signature', 'strip-signatures'],
  ['400 for the signature of something else', httpError(400, 'invalid_request_error', 'The request signature does not match'), 'invalid-request', 'block'],
  ['400 for changed thinking', httpError(400, 'invalid_request_error', 'messages.1.content.0: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified.'), 'signature', 'strip-signatures'],
  ['400 for a prompt that is too long', httpError(400, 'invalid_request_error', 'prompt is too long: 1200000 tokens > 1000000 maximum'), 'too-large', 'pause'],
  ['401', httpError(401, 'authentication_error', 'invalid x-api-key'), 'auth', 'block'],
  ['402', httpError(402, 'billing_error', 'Payment required'), 'billing', 'block'],
  ['403', httpError(403, 'permission_error', 'Not allowed'), 'auth', 'block'],
  ['404', httpError(404, 'not_found_error', 'model: claude-opus-9'), 'not-found', 'block'],
  ['409', httpError(409, 'conflict_error', 'Conflict'), 'conflict', 'retry'],
  ['413 as a page of a proxy', page(413, 'text/html', html), 'too-large', 'pause'],
  ['429 with retry-after', httpError(429, 'rate_limit_error', 'Too many requests', { 'retry-after': '7' }), 'rate-limit', 'retry'],
  ['429 without retry-after', httpError(429, 'rate_limit_error', 'Monthly cap'), 'rate-limit', 'block'],
  ['500', httpError(500, 'api_error', 'Internal server error'), 'server', 'retry'],
  ['502 without a body', page(502, 'text/plain', ''), 'server', 'retry'],
  ['504', httpError(504, 'timeout_error', 'Timed out'), 'server', 'retry'],
  ['529', httpError(529, 'overloaded_error', 'Overloaded'), 'overloaded', 'retry'],
  ['an overload in the middle of the stream', failing(say('A long answer.'), 3, 'overloaded_error', 'Overloaded'), 'overloaded', 'retry'],
  ['an error in the middle of the stream', failing(say('A long answer.'), 3, 'api_error', 'Internal server error'), 'server', 'retry'],
  ['a connection that is reset before any answer', reset(), 'network', 'retry'],
  ['a connection that is reset in the middle', cut(say('A long answer.'), 3, 'reset'), 'network', 'retry'],
  ['a stream that ends without message_stop', cut(say('A long answer.'), 4, 'end'), 'incomplete', 'retry'],
  ['a stream that ends before it begins', cut(say('A long answer.'), 0, 'end'), 'incomplete', 'retry'],
  ['an event that is not JSON', edited(say('Hi.'), (events) => events.map((event) => (event.event === 'content_block_delta' ? { ...event, raw: '{"type":' } : event))), 'bad-response', 'retry'],
  ['the page of a login portal', page(200, 'text/html; charset=utf-8', '<html><title>Hotel</title></html>'), 'bad-response', 'retry'],
  ['an answer that is not a stream', page(200, 'application/json', '{"type":"message"}'), 'bad-response', 'retry'],
  ['a gap in the indexes', edited(turn([text('a'), text('b'), text('c')]), (events) => events.filter((event) => event.data['index'] !== 1)), 'bad-response', 'retry'],
  ['the same call id twice', turn([tool('bash', {}, { id: 'toolu_1' }), tool('bash', {}, { id: 'toolu_1' })]), 'bad-response', 'retry'],
];

describe('faults of a request', () => {
  for (const [name, reply, wanted, then] of table) {
    it(`${name}: ${wanted}, ${then}`, async () => {
      const fault = await faultOf(reply);
      assert.deepEqual([fault.class, fault.then], [wanted, then], fault.message);
      assert.ok(fault.message.length > 0 && fault.message.length <= 500);
    });
  }

  it('carry status, request id and how long to wait', async () => {
    const { status, requestId, retryAfterMs } = await faultOf(httpError(429, 'rate_limit_error', 'Slow down', { 'retry-after': '7' }));
    assert.deepEqual([status, requestId, retryAfterMs], [429, 'req_0', 7_000]);
  });

  it('understand both headers, and a date', async () => {
    assert.equal((await faultOf(httpError(429, 'rate_limit_error', 'x', { 'retry-after-ms': '1500', 'retry-after': '9' }))).retryAfterMs, 1_500);
    assert.equal((await faultOf(httpError(529, 'overloaded_error', 'x', { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }))).retryAfterMs, 0);
    assert.equal((await faultOf(httpError(529, 'overloaded_error', 'x', { 'retry-after': 'soon' }))).retryAfterMs, undefined);
  });

  it('tell a spend limit by its code, whatever its text', async () => {
    const body = JSON.stringify({ type: 'error', error: { type: 'rate_limit_error', message: 'No.', details: { error_code: 'enforced_spend_limit_reached' } } });
    assert.equal((await faultOf(page(429, 'application/json', body, { 'retry-after': '5' }))).class, 'billing');
  });

  it('are told in one line without markup', async () => {
    assert.equal((await faultOf(page(413, 'text/html', html))).message, '413 Request Entity Too Large');
  });

  it('ask to name what refused the connection', async () => {
    const port = await freePort();
    const model = createModel({ apiKey: key, baseUrl: `http://127.0.0.1:${port}` });
    const reply = await model.send(requestWith(go), () => undefined, new AbortController().signal);
    assert.ok(!reply.ok);
    assert.equal(reply.fault.class, 'network');
    assert.match(reply.fault.message, /ECONNREFUSED/);
  });

  it('count what a broken try may have cost, but nothing for one that was refused', () => withServer([cut(say('A long answer.'), 3, 'reset'), httpError(529, 'overloaded_error', 'x')], async (server) => {
    const [broken, refused] = [(await sendTo(server)).reply, (await sendTo(server)).reply];
    assert.ok(!broken.ok && broken.usage?.estimated === true);
    assert.deepEqual([broken.usage.output, broken.usage.input], [4_096, server.requests[0]?.usage?.input_tokens]);
    assert.ok(!refused.ok && refused.usage === undefined);
  }));
});

/** A port on which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}

describe('silence and stops', () => {
  const idle = { idleMs: 30 };

  it('gives up a stream that stalls', () => withServer([cut(say('A long answer.'), 3, 'stall')], async (server) => {
    // Long enough for the head of the answer to come on a machine under load.
    const { reply } = await sendTo(server, requestWith(go), { idleMs: 1000 });
    assert.deepEqual(!reply.ok && [reply.fault.class, reply.fault.message, reply.fault.requestId], ['idle', 'nothing was heard from the server for 1000 ms', 'req_0']);
  }));

  it('gives up a request that is never answered', () => withServer([silence()], async (server) => {
    const { reply } = await sendTo(server, requestWith(go), idle);
    assert.equal(!reply.ok && reply.fault.class, 'idle');
  }));

  it('gives up a stream of nothing but pings when its whole time is over', () => withServer([cut(say('A long answer.'), 2, 'pings')], async (server) => {
    const { reply } = await sendTo(server, requestWith(go), { totalMs: 60 });
    assert.deepEqual(!reply.ok && [reply.fault.class, reply.fault.message], ['idle', 'the answer was not whole after 60 ms']);
  }));

  it('stops in the middle of a stream when the user stops, and keeps nothing of the answer', () => withServer([cut(say('A long answer of the model.'), 5, 'stall')], async (server) => {
    const stop = new AbortController();
    const model = createModel({ apiKey: key, baseUrl: server.url });
    const reply = await model.send(requestWith(go), () => stop.abort(), stop.signal);
    assert.ok(!reply.ok);
    assert.deepEqual([reply.fault.class, reply.usage?.estimated], ['aborted', true]);
  }));

  it('stops while it waits for the first byte', () => {
    const stop = new AbortController();
    return withServer(() => { stop.abort(); return silence(); }, async (server) => {
      const { reply } = await sendTo(server, requestWith(go), {}, stop.signal);
      assert.deepEqual(!reply.ok && [reply.fault.class, reply.usage], ['aborted', undefined]);
    });
  });

  it('does not begin after a stop', () => withServer([say('Never asked.')], async (server) => {
    const { reply } = await sendTo(server, requestWith(go), {}, AbortSignal.abort());
    assert.equal(!reply.ok && reply.fault.class, 'aborted');
    assert.equal(server.requests.length, 0);
  }));
});

describe('the API key', () => {
  it('appears in no fault, even if the server repeats it', async () => {
    for (const reply of [httpError(401, 'authentication_error', `Bearer ${key} is not valid`), page(500, 'text/plain', `upstream said: ${key}`)]) {
      const fault = await faultOf(reply);
      assert.equal(JSON.stringify(fault).includes(key), false, fault.message);
    }
  });

  for (const [name, bad] of [['no key', ' '], ['a key with a line break inside', `${key}\nx: y`], ['a key with letters that no header carries', 'sk-\u2026']] as const) {
    it(`is refused without a request: ${name}`, () => withServer([say('Never asked.')], async (server) => {
      const { reply } = await sendTo(server, requestWith(go), { apiKey: bad });
      assert.ok(!reply.ok);
      assert.equal(reply.fault.class, 'auth');
      assert.equal(JSON.stringify(reply).includes(key), false);
      assert.equal(server.requests.length, 0);
    }));
  }

  it('may have blanks around it, as keys from files do', () => withServer([say('Hi.')], async (server) => {
    assert.ok((await sendTo(server, requestWith(go), { apiKey: ` ${key}\n` })).reply.ok);
  }, { apiKey: key }));

  it('is wrong: the server says so', () => withServer([], async (server) => {
    const { reply } = await sendTo(server);
    assert.equal(!reply.ok && reply.fault.class, 'auth');
  }, { apiKey: 'another' }));
});

describe('a stream that is delivered oddly', () => {
  it('breaks within a character and is still only incomplete', () => withServer([delivered(cut(say('\u{1F600}'.repeat(20)), 4, 'end'), { chunkBytes: 3 })], async (server) => {
    const { reply } = await sendTo(server);
    assert.equal(!reply.ok && reply.fault.class, 'incomplete');
  }));
});
