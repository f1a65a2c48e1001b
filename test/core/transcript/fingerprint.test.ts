import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { assembleRequest } from '../../../src/core/transcript/assemble.ts';
import { userTurn } from '../../../src/core/transcript/append.ts';
import { cacheBreak, cacheDropped, fingerprintOf, type Fingerprint } from '../../../src/core/transcript/fingerprint.ts';
import type { Message, ModelRequest } from '../../../src/core/transcript/message.ts';
import { requestOf } from './conversations.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const said: Message = { role: 'assistant', content: [{ type: 'text', text: 'Hm.' }] };
const first = [userTurn('The contract.')];
const second = [...first, said, userTurn('Go on.')];

function after(more: Partial<ModelRequest>): string | undefined {
  const previous = fingerprintOf(assembleRequest(requestOf(first)), sha256);
  return cacheBreak(previous, fingerprintOf(assembleRequest(requestOf(second, more)), sha256, previous));
}

describe('cacheBreak', () => {
  const { tools } = requestOf(first);

  it('finds nothing in a conversation that only grew, although the marks moved', () => {
    assert.equal(after({}), undefined);
    const previous = fingerprintOf(assembleRequest(requestOf(second)), sha256);
    const next = fingerprintOf(assembleRequest(requestOf([...second, said, userTurn('And on.')])), sha256, previous);
    assert.equal(cacheBreak(previous, next), undefined);
  });

  it('names the description that changed', () => {
    assert.equal(after({ tools: tools.map((tool, index) => (index === 1 ? { ...tool, description: 'Runs a command, today.' } : tool)) }), 'tools[1].description');
  });

  it('names the schema that changed', () => {
    assert.equal(after({ tools: tools.map((tool, index) => (index === 0 ? { ...tool, input_schema: { type: 'object' } } : tool)) }), 'tools[0].input_schema');
  });

  it('names the tool that came, went or moved', () => {
    assert.equal(after({ tools: tools.slice(0, 1) }), 'tools[1]');
    assert.equal(after({ tools: [...tools].reverse() }), 'tools[0]');
  });

  it('names system, effort, model and thinking', () => {
    assert.equal(after({ system: 'You work.' }), 'system');
    assert.equal(after({ effort: 'low' }), 'effort');
    assert.equal(after({ model: 'claude-opus-5' }), 'model');
    const previous = fingerprintOf(assembleRequest(requestOf(first)), sha256);
    assert.equal(cacheBreak(previous, { ...previous, thinking: 'null', prefix: previous.messages.digest }), 'thinking');
  });

  it('names the prefix when an earlier message changed or went away', () => {
    assert.equal(after({ messages: [userTurn('Another contract.'), said, userTurn('Go on.')] }), 'messages prefix');
    const longer = fingerprintOf(assembleRequest(requestOf(second)), sha256);
    assert.equal(cacheBreak(longer, fingerprintOf(assembleRequest(requestOf(first)), sha256, longer)), 'messages prefix');
  });

  it('works on fingerprints that went through the journal', () => {
    const previous = JSON.parse(JSON.stringify(fingerprintOf(assembleRequest(requestOf(first)), sha256))) as Fingerprint;
    assert.equal(cacheBreak(previous, fingerprintOf(assembleRequest(requestOf(second)), sha256, previous)), undefined);
  });
});

describe('cacheDropped', () => {
  const usage = (cacheRead: number, cacheWrite: number) => ({ input: 10, output: 10, cacheRead, cacheWrite });

  it('holds where less was found than the request before had left', () => {
    assert.equal(cacheDropped(usage(9_000, 1_000), usage(10_000, 500)), false);
    assert.equal(cacheDropped(usage(9_000, 1_000), usage(9_000, 1_500)), true);
    assert.equal(cacheDropped(usage(0, 0), usage(0, 2_000)), false);
  });

  it('says nothing about estimated figures', () => {
    assert.equal(cacheDropped({ ...usage(0, 10_000), estimated: true }, usage(0, 0)), false);
  });
});
