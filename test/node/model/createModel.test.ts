import assert from 'node:assert/strict';
import { assembleRequest } from '../../../src/core/transcript/assemble.ts';
import { userTurn } from '../../../src/core/transcript/append.ts';
import { createModel } from '../../../src/node/model/createModel.ts';
import { delivered, edited, say, text, thinking, tool, turn } from '../../support/messagesServer/replies.ts';
import { go, key, requestWith, sendTo, withServer } from './exchange.ts';

const mixed = turn([thinking('Let me look.'), text('Caf\u00E9 \u{1F600}: I look.'), tool('bash', { command: 'ls "\u00FC"' }, { id: 'toolu_7' })]);
const mixedContent = [{ type: 'text', text: 'Caf\u00E9 \u{1F600}: I look.' }, { type: 'tool_use', id: 'toolu_7', name: 'bash', input: { command: 'ls "\u00FC"' } }];

describe('createModel', () => {
  it('answers with content, stop, usage, model and request id, and shows text on the way', () => withServer([mixed], async (server) => {
    const { reply, shown } = await sendTo(server);
    assert.ok(reply.ok);
    assert.deepEqual(reply.content.slice(1), mixedContent);
    assert.deepEqual([reply.stop, reply.badCalls, reply.model, reply.requestId], ['tool_use', [], 'claude-opus-5-5', 'req_0']);
    assert.ok(reply.usage.input > 0 && reply.usage.output > 0 && reply.usage.estimated === undefined);
    assert.equal(shown, 'Let me look.Caf\u00E9 \u{1F600}: I look.');
  }));

  it('sends exactly the assembled bytes, once, with the key in the header only', () => withServer([say('Hi.')], async (server) => {
    await sendTo(server);
    const [request, second] = server.requests;
    assert.equal(request?.raw, JSON.stringify(assembleRequest(requestWith(go))));
    assert.equal(second, undefined);
    assert.equal(request.headers.authorization, `Bearer ${key}`);
    assert.equal(request.headers['anthropic-beta'], undefined);
    assert.deepEqual(server.refusals, []);
  }));

  for (const chunkBytes of [1, 7]) {
    it(`reads a stream that arrives in chunks of ${chunkBytes} bytes with CRLF line ends`, () =>
      withServer([delivered(mixed, { chunkBytes, lineEnd: '\r\n' })], async (server) => {
        const { reply } = await sendTo(server);
        assert.deepEqual(reply.ok && reply.content.slice(1), mixedContent);
      }));
  }

  it('accepts a stream without a content type', () => withServer([delivered(say('Hi.'), { contentType: null })], async (server) => {
    assert.ok((await sendTo(server)).reply.ok);
  }));

  it('tolerates pings and unknown events, and text that is sent twice', () => {
    const reply = edited(say('Hello'), (events) => events.flatMap((event) => {
      const start = event.event === 'content_block_start' ? { ...event, data: { ...event.data, content_block: { type: 'text', text: 'Hello' } } } : event;
      return [start, { event: 'ping', data: { type: 'ping' } }, { event: 'novelty', data: { type: 'novelty' } }];
    }));
    return withServer([reply], async (server) => {
      const sent = await sendTo(server);
      assert.deepEqual(sent.reply.ok && sent.reply.content, [{ type: 'text', text: 'Hello' }]);
      assert.equal(sent.shown, 'Hello');
    });
  });

  it('names the calls whose JSON is not whole and gives them no input', () => {
    const bad = turn([tool('write', {}, { id: 'toolu_1', json: '{"file_path":"src/a.ts","content":"exp' })], { stop: 'max_tokens' });
    return withServer([bad], async (server) => {
      const { reply } = await sendTo(server);
      assert.ok(reply.ok);
      assert.deepEqual(reply.content, [{ type: 'tool_use', id: 'toolu_1', name: 'write', input: {} }]);
      assert.deepEqual(reply.badCalls, [{ id: 'toolu_1', raw: '{"file_path":"src/a.ts","content":"exp' }]);
      assert.equal(reply.stop, 'max_tokens');
    });
  });

  it('answers an empty turn with no content', () => withServer([turn([]), turn([text('')])], async (server) => {
    for (const { reply } of [await sendTo(server), await sendTo(server)]) assert.deepEqual(reply.ok && [reply.content, reply.stop], [[], 'end_turn']);
  }));

  it('takes a long input in many small pieces', () => {
    const content = 'line\n'.repeat(80_000);
    return withServer([turn([tool('write', { content })], { pieceLength: 20 })], async (server) => {
      const { reply } = await sendTo(server);
      const [block] = reply.ok ? reply.content : [];
      assert.deepEqual(block?.type === 'tool_use' && block.input, { content });
    });
  });

  it('says which model answered', () => withServer([{ ...say('Hi.'), model: 'claude-opus-5-5-20260901' }], async (server) => {
    const { reply } = await sendTo(server);
    assert.equal(reply.ok && reply.model, 'claude-opus-5-5-20260901');
  }));

  it('throws where the request breaks our own rules, before anything is sent', () => withServer([], async (server) => {
    const model = createModel({ apiKey: key, baseUrl: server.url });
    await assert.rejects(model.send(requestWith([...go, ...go]), () => undefined, new AbortController().signal), /roles alternate/);
    assert.equal(server.requests.length, 0);
  }));

  it('marks usage as estimated where the server gives none', () => {
    const silent = edited(say('Hi.'), (events) => events.map((event) => {
      const { usage: _, ...data } = event.data;
      return { ...event, data: event.event === 'message_start' ? { ...data, message: { model: 'claude-opus-5-5' } } : data };
    }));
    return withServer([silent], async (server) => {
      const { reply } = await sendTo(server, requestWith([userTurn('x'.repeat(10_000))]));
      assert.ok(reply.ok && reply.usage.estimated === true);
      assert.ok(reply.usage.output === 4_096 && reply.usage.cacheWrite > 5_000);
    });
  });
});
