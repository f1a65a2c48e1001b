import assert from 'node:assert/strict';
import { stripSignatures } from '../../../src/core/transcript/stripSignatures.ts';
import type { Message, ModelRequest } from '../../../src/core/transcript/message.ts';
import { redacted, say, text, thinking, tool, turn, type Turn } from '../../support/messagesServer/replies.ts';
import type { MessagesServer, RecordedRequest } from '../../support/messagesServer/startMessagesServer.ts';
import { appended, go, requestWith, sendTo, withServer } from './exchange.ts';

/** An answer of every kind that a run has, turn by turn. */
function usualTurn(index: number): Turn {
  const call = tool('bash', { command: `cat src/file${index}.ts`, options: { deep: [index, null, true], '7': 'x' } });
  switch (index % 5) {
    case 0: return turn([thinking(''), text(`Turn ${index}.`), call]);
    case 1: return turn([thinking('Let me see.'), call, tool('bash', { command: 'ls' })]);
    case 2: return turn([redacted(), thinking('Between.'), call, thinking('After.'), tool('bash', {})]);
    case 3: return turn([thinking('Text in between.'), text('First.'), text(' \n'), call]);
    default: return say(`I stop at ${index}.`);
  }
}

const output = (name: string): string => (name === 'bash' ? `${'export const value = 1;\n'.repeat(40)}` : '');

/** Plays `turns` and answers every message that was sent, as it is stored. */
async function play(server: MessagesServer, turns: number, more: (index: number) => Partial<ModelRequest> = () => ({})): Promise<readonly Message[]> {
  let messages: readonly Message[] = go;
  for (let index = 0; index < turns; index += 1) {
    const { reply } = await sendTo(server, requestWith(messages, { system: 'Rules of the box. '.repeat(200), ...more(index) }));
    messages = appended(messages, reply, (call) => output(call.name));
  }
  return messages;
}

/** The bytes of a request body up to the end of its messages, without the cache marks. */
function withoutMarks({ raw }: RecordedRequest): string {
  return raw.replace(/,"cache_control":\{[^}]*\}/g, '').slice(0, -']}'.length);
}

function hitRatio(request: RecordedRequest | undefined): number {
  const usage = request?.usage;
  assert.ok(usage !== undefined);
  return usage.cache_read_input_tokens / (usage.cache_read_input_tokens + usage.cache_creation_input_tokens + usage.input_tokens);
}

describe('a conversation of 30 turns', () => {
  const thirty = Array.from({ length: 30 }, (_, index) => usualTurn(index));

  it('sends every request as a continuation of the bytes of the one before, and the server finds every signature in place', () => withServer(thirty, async (server) => {
    await play(server, 30);
    assert.deepEqual(server.refusals, []);
    assert.equal(server.requests.length, 30);
    server.requests.slice(1).forEach((request, index) => {
      const before = server.requests[index];
      assert.ok(before !== undefined && withoutMarks(request).startsWith(withoutMarks(before)), `request ${index + 1}`);
    });
  }));

  it('pays for at most a tenth of its input anew', () => withServer(thirty, async (server) => {
    await play(server, 30);
    const sum = (name: 'cache_read_input_tokens' | 'cache_creation_input_tokens' | 'input_tokens'): number =>
      server.requests.reduce((total, request) => total + (request.usage?.[name] ?? 0), 0);
    const read = sum('cache_read_input_tokens');
    assert.ok(read / (read + sum('cache_creation_input_tokens') + sum('input_tokens')) >= 0.9);
    server.requests.slice(3).forEach((request) => assert.ok(hitRatio(request) > 0.7, `request ${request.index}: ${hitRatio(request)}`));
  }));

  it('sends the same bytes again from a transcript that was stored and read', () => withServer(() => say('Hm.'), async (server) => {
    const messages = await play(server, 3);
    const request = requestWith(messages);
    await sendTo(server, request);
    await sendTo(server, JSON.parse(JSON.stringify(request)) as ModelRequest);
    assert.equal(server.requests.at(-1)?.raw, server.requests.at(-2)?.raw);
  }));
});

describe('the prompt cache', () => {
  const many = (count: number): Turn => turn(Array.from({ length: count }, (_, index) => tool('bash', { command: `cat ${index}` })));

  for (const count of [10, 25, 60]) {
    it(`is still found after a turn with ${count} parallel calls`, () => withServer([say('One.'), say('Two.'), many(count), say('Four.')], async (server) => {
      await play(server, 4);
      const [, , before, behind] = server.requests;
      const left = (before?.usage?.cache_read_input_tokens ?? 0) + (before?.usage?.cache_creation_input_tokens ?? 0);
      assert.equal(behind?.usage?.cache_read_input_tokens, left);
    }));
  }

  it('serves tools and system prompt to the first request of the next conversation', () => withServer(() => say('Hm.'), async (server) => {
    await play(server, 2);
    await play(server, 1);
    assert.ok((server.requests.at(-1)?.usage?.cache_read_input_tokens ?? 0) > 500);
  }));

  it('is lost when a description changes on the way', () => withServer(() => say('Hm.'), async (server) => {
    const changed = { tools: [{ ...requestWith(go).tools[0], name: 'bash', description: 'Runs a command, since Tuesday.', input_schema: { type: 'object' } }] };
    await play(server, 3, (index) => (index === 2 ? changed : {}));
    assert.deepEqual(server.requests.map((request) => hitRatio(request) > 0), [false, true, false]);
  }));
});

describe('signed thinking', () => {
  it('is refused behind a changed message, and accepted once all of it is stripped', () => withServer(() => turn([thinking('Hm.'), text('Done.')]), async (server) => {
    const [first, ...rest] = await play(server, 2);
    const changed: readonly Message[] = [{ ...first, role: 'user', content: [{ type: 'text', text: 'Begin otherwise.' }] }, ...rest];
    const refused = (await sendTo(server, requestWith(changed))).reply;
    assert.ok(!refused.ok && refused.fault.class === 'signature');
    assert.match(server.refusals[0] ?? '', /^messages\.1\.content\.0: Invalid `signature`/);
    const stripped = stripSignatures(changed);
    assert.ok(stripped !== undefined && (await sendTo(server, requestWith(stripped))).reply.ok);
  }));

  it('is refused by another model', () => withServer(() => turn([thinking('Hm.'), text('Done.')]), async (server) => {
    const messages = await play(server, 1);
    const { reply } = await sendTo(server, requestWith(messages, { model: 'claude-sonnet-5-5', system: 'Rules of the box. '.repeat(200) }));
    assert.equal(!reply.ok && reply.fault.class, 'signature');
  }));
});
