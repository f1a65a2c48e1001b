import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { cleanContent, normaliseToolResult, resultsTurn, userTurn } from '../../../src/core/transcript/append.ts';
import { checkTranscript } from '../../../src/core/transcript/checkTranscript.ts';
import type { AssistantBlock, ToolUse } from '../../../src/core/transcript/message.ts';
import { anyRounds, growth } from './conversations.ts';

const call = (id: string, name = 'bash'): ToolUse => ({ type: 'tool_use', id, name, input: {} });

describe('normaliseToolResult', () => {
  it('names empty output', () => {
    for (const text of ['', ' ', '\n\t\n']) assert.equal(normaliseToolResult('bash', text), '(bash completed with no output)');
  });

  it('leaves output as it is, also its blanks at the ends and an empty list', () => {
    for (const text of ['  indented\n', '[]', '0']) assert.equal(normaliseToolResult('bash', text), text);
  });

  it('is idempotent and gives text that can be sent', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\uD800x', 'x\uDC00', '')), (text) => {
      const once = normaliseToolResult('bash', text);
      assert.equal(normaliseToolResult('bash', once), once);
      assert.doesNotMatch(JSON.stringify(once), /\\ud[89a-f]/i);
    }));
  });
});

describe('userTurn', () => {
  it('drops blank texts', () => {
    assert.deepEqual(userTurn('', 'Go on.', ' '), { role: 'user', content: [{ type: 'text', text: 'Go on.' }] });
  });

  it('needs text', () => {
    assert.throws(() => userTurn(' '), /needs text/);
  });
});

describe('resultsTurn', () => {
  it('answers the calls in their order, whatever the order of the results', () => {
    const turn = resultsTurn([call('a'), call('b')], [{ call: 'b', text: 'second', error: true }, { call: 'a', text: 'first', error: false }]);
    assert.deepEqual(turn.content, [
      { type: 'tool_result', tool_use_id: 'a', content: 'first' },
      { type: 'tool_result', tool_use_id: 'b', content: 'second', is_error: true },
    ]);
  });

  it('names the tool of an empty result', () => {
    const turn = resultsTurn([call('a', 'grep')], [{ call: 'a', text: '', error: false }]);
    assert.deepEqual(turn.content, [{ type: 'tool_result', tool_use_id: 'a', content: '(grep completed with no output)' }]);
  });

  it('puts a note into the last result, never beside the results', () => {
    const turn = resultsTurn([call('a'), call('b')], ['a', 'b'].map((id) => ({ call: id, text: 'done', error: false })), 'The user writes: hurry.');
    assert.deepEqual(turn.content.map((block) => block.type), ['tool_result', 'tool_result']);
    assert.deepEqual(turn.content.map((block) => (block.type === 'tool_result' ? block.content : '')), ['done', 'done\n\nThe user writes: hurry.']);
  });

  it('insists on exactly one result per call', () => {
    const result = { call: 'a', text: 'x', error: false };
    assert.throws(() => resultsTurn([call('a'), call('b')], [result]), /call b needs exactly one result/);
    assert.throws(() => resultsTurn([call('a')], [result, result]), /call a needs exactly one result/);
    assert.throws(() => resultsTurn([call('a')], [result, { ...result, call: 'c' }]), /call c, which is not in this turn/);
    assert.throws(() => resultsTurn([], []), /no call/);
  });
});

describe('cleanContent', () => {
  it('drops text that the API would not take back, and leaves signed blocks alone', () => {
    const content: readonly AssistantBlock[] = [
      { type: 'thinking', thinking: ' ', signature: 's' }, { type: 'text', text: '' }, { type: 'redacted_thinking', data: 'd' }, { type: 'text', text: ' \n' }, call('a'),
    ];
    assert.deepEqual(cleanContent(content), [content[0], content[2], content[4]]);
  });

  it('is idempotent', () => {
    const content: readonly AssistantBlock[] = [{ type: 'text', text: 'half \uD83D' }, call('a')];
    assert.deepEqual(cleanContent(cleanContent(content)), cleanContent(content));
  });
});

describe('a transcript built by these functions', () => {
  it('keeps every rule and never changes what is already in it', () => {
    fc.assert(fc.property(anyRounds, (rounds) => {
      const stages = growth(rounds);
      stages.forEach((messages, index) => {
        checkTranscript(messages);
        const next = stages[index + 1];
        if (next !== undefined) assert.equal(JSON.stringify(next.slice(0, messages.length)), JSON.stringify(messages));
      });
    }), { numRuns: 300 });
  });
});
