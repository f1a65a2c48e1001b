import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { resultsTurn, userTurn } from '../../../src/core/transcript/append.ts';
import { assembleRequest } from '../../../src/core/transcript/assemble.ts';
import type { Message, ToolUse } from '../../../src/core/transcript/message.ts';
import { anyRounds, growth, requestOf, unmarked } from './conversations.ts';

/** A round with `count` parallel calls. */
function parallel(count: number, at: number): readonly Message[] {
  const calls = Array.from({ length: count }, (_, index): ToolUse => ({ type: 'tool_use', id: `toolu_${at}_${index}`, name: 'read', input: {} }));
  return [{ role: 'assistant', content: calls }, resultsTurn(calls, calls.map((call) => ({ call: call.id, text: 'text', error: false })))];
}

/** Where the marks of a body are, with their lifetimes. */
function marksOf(body: ReturnType<typeof assembleRequest>): readonly string[] {
  const marks: string[] = [];
  const look = (path: string, part: object): void => {
    if ('cache_control' in part) marks.push(`${path} ${(part.cache_control as { ttl: string }).ttl}`);
  };
  body.tools?.forEach((tool, index) => look(`tools.${index}`, tool));
  body.system?.forEach((block, index) => look(`system.${index}`, block));
  body.messages.forEach((message, at) => message.content.forEach((block, index) => look(`messages.${at}.${index}`, block)));
  return marks;
}

describe('assembleRequest', () => {
  const start = [userTurn('The contract.', 'The plan.')];

  it('writes its keys in one order, the messages last', () => {
    const body = assembleRequest(requestOf(start));
    assert.deepEqual(Object.keys(body), ['model', 'max_tokens', 'stream', 'thinking', 'output_config', 'tools', 'system', 'messages']);
    assert.deepEqual(Object.keys(body.tools?.[0] ?? {}), ['name', 'description', 'input_schema']);
  });

  it('marks tools, system and the first user turn in the first request', () => {
    assert.deepEqual(marksOf(assembleRequest(requestOf(start))), ['tools.1 1h', 'system.0 1h', 'messages.0.1 1h']);
  });

  it('marks the last block in later requests', () => {
    const messages = [...start, ...parallel(1, 0), ...parallel(2, 1)];
    assert.deepEqual(marksOf(assembleRequest(requestOf(messages))), ['tools.1 1h', 'system.0 1h', 'messages.0.1 1h', 'messages.4.1 5m']);
  });

  it('marks the end of the previous request after a turn with many blocks, and the tools yield', () => {
    const messages = [...start, ...parallel(1, 0), ...parallel(25, 1)];
    assert.deepEqual(marksOf(assembleRequest(requestOf(messages))), ['system.0 1h', 'messages.0.1 1h', 'messages.2.0 5m', 'messages.4.24 5m']);
  });

  it('needs no further mark where the previous request ended with the first turn', () => {
    const messages = [...start, ...parallel(25, 0)];
    assert.deepEqual(marksOf(assembleRequest(requestOf(messages))), ['tools.1 1h', 'system.0 1h', 'messages.0.1 1h', 'messages.2.24 5m']);
  });

  it('never has more than four marks, and the bytes of a request begin the next one', () => {
    fc.assert(fc.property(anyRounds, (rounds) => {
      const bodies = growth(rounds).map((messages) => assembleRequest(requestOf(messages)));
      bodies.forEach((body, index) => {
        assert.ok(marksOf(body).length <= 4);
        const next = bodies[index + 1];
        if (next !== undefined) assert.ok(unmarked(next).startsWith(unmarked(body).slice(0, -']}'.length)));
      });
    }), { numRuns: 200 });
  });

  it('gives the same bytes for the same request', () => {
    const messages = [...start, ...parallel(3, 0)];
    assert.equal(JSON.stringify(assembleRequest(requestOf(messages))), JSON.stringify(assembleRequest(requestOf(structuredClone(messages)))));
  });

  it('does not change what it is given', () => {
    const messages = [...start, ...parallel(3, 0)];
    const before = JSON.stringify(messages);
    assembleRequest(requestOf(messages));
    assert.equal(JSON.stringify(messages), before);
  });

  it('asks a thinking model for summaries and the effort that it has', () => {
    const body = assembleRequest(requestOf(start, { effort: 'xhigh', model: 'claude-opus-4-6' }));
    assert.deepEqual([body.thinking, body.output_config], [{ type: 'adaptive', display: 'summarized' }, { effort: 'high' }]);
  });

  it('sends an unknown model nothing that it might refuse', () => {
    const body = assembleRequest(requestOf(start, { model: 'house-model' }));
    assert.deepEqual([body.thinking, body.output_config, body.max_tokens], [undefined, undefined, 8_192]);
  });

  it('never sends sampling parameters or a choice of tool', () => {
    const body = assembleRequest(requestOf(start));
    for (const name of ['temperature', 'top_p', 'top_k', 'tool_choice']) assert.equal(name in body, false);
  });

  it('leaves out an empty system prompt and an empty tool list', () => {
    const body = assembleRequest(requestOf(start, { system: '', tools: [] }));
    assert.deepEqual(['system' in body, 'tools' in body], [false, false]);
  });

  it('refuses to build a request that breaks a rule', () => {
    assert.throws(() => assembleRequest(requestOf([...start, ...start])), /messages\.1 breaks the rule: the roles alternate/);
  });
});
