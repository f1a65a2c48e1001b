import assert from 'node:assert/strict';
import { startScripted } from './support/scripted.ts';
import type { Scripted } from './support/scripted.ts';
import type { Block } from './support/wire.ts';
import { contentOf, dig, post, request, resultsFor } from './support/wire.ts';

describe('the scripted server: thinking comes back as it was sent', () => {
  let server: Scripted;
  let content: readonly Block[];
  before(async () => {
    server = await startScripted();
    content = contentOf((await post(server.url, request())).data);
    assert.equal(content[0]?.type, 'thinking');
  });
  after(() => server.close());

  const opening = { role: 'user', content: [{ type: 'text', text: '# Phase: explore\n' }] };
  const replay = (blocks: readonly Block[], change: Readonly<Record<string, unknown>> = {}) =>
    post(server.url, request({ messages: [opening, { role: 'assistant', content: blocks }, { role: 'user', content: resultsFor(blocks) }], ...change }));
  const changed = (at: number, fields: Readonly<Record<string, unknown>>): readonly Block[] => content.map((block, index) => (index === at ? { ...block, ...fields } : block));
  const message = async (answer: ReturnType<typeof replay>): Promise<string> => {
    const { status, data } = await answer;
    return `${status} ${String(dig(data[0], 'error', 'message') ?? '')}`;
  };

  it('takes the unchanged blocks, also when marks have moved, and goes on', async () => {
    const answer = await replay(content);
    assert.equal(answer.status, 200);
    assert.deepEqual(contentOf(answer.data).filter((block) => block.type === 'tool_use').map((block) => block['name']), ['read', 'read', 'read', 'read']);
    const marks = { system: [{ type: 'text', text: 'system', cache_control: { type: 'ephemeral' } }] };
    assert.equal((await replay(content, marks)).status, 200);
  });

  it('knows its signatures again after it was started anew', async () => {
    const other = await startScripted();
    const answer = await post(other.url, request({ messages: [opening, { role: 'assistant', content }, { role: 'user', content: resultsFor(content) }] }));
    await other.close();
    assert.equal(answer.status, 200);
  });

  it('refuses a changed thought and a changed signature', async () => {
    assert.match(await message(replay(changed(0, { thinking: 'Other words.' }))), /^400 messages\.1\.content\.0: Invalid `signature` in `thinking` block/);
    assert.match(await message(replay(changed(0, { signature: 'made up' }))), /^400 messages\.1\.content\.0: Invalid `signature`/);
  });

  it('refuses a thought behind another prefix: other opening, system, tools or model', async () => {
    const bound = /^400 messages\.1\.content\.0: .*bound to a different conversation/;
    assert.match(await message(replay(content, { system: 'other' })), bound);
    assert.match(await message(replay(content, { tools: [] })), bound);
    assert.match(await message(replay(content, { model: 'claude-haiku-5-5' })), bound);
    const other = { role: 'user', content: [{ type: 'text', text: '# Phase: explore\nA reminder was taken out.' }] };
    assert.match(await message(post(server.url, request({ messages: [other, { role: 'assistant', content }, { role: 'user', content: resultsFor(content) }] }))), bound);
  });

  it('refuses the last answer without its thought while others are there, and takes a history without any', async () => {
    const second = contentOf((await replay(content)).data);
    const third = contentOf((await conversation(content, second)).data);
    const fourth = contentOf((await conversation(content, second, third)).data);
    assert.deepEqual([second, third, fourth].map((blocks) => blocks.some((block) => block.type === 'thinking')), [false, false, true]);
    const without = fourth.filter((block) => block.type !== 'thinking');
    assert.equal((await conversation(content, second, third, fourth)).status, 200);
    assert.match(await message(conversation(content, second, third, without)), /blocks in the latest assistant message cannot be modified/);
    assert.equal((await conversation(content.slice(1), second, third, without)).status, 200);
    assert.equal((await conversation(content.slice(1), second, third, fourth)).status, 200, 'the oldest thoughts may be left out');
  });

  const conversation = (...answers: readonly (readonly Block[])[]) =>
    post(server.url, request({ messages: [opening, ...answers.flatMap((blocks) => [{ role: 'assistant', content: blocks }, { role: 'user', content: resultsFor(blocks) }])] }));
});
