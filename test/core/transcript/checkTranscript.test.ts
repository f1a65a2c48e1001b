import assert from 'node:assert/strict';
import { checkTranscript } from '../../../src/core/transcript/checkTranscript.ts';
import { continueTurn } from '../../../src/core/transcript/append.ts';
import type { AssistantBlock, Message, UserBlock } from '../../../src/core/transcript/message.ts';

const user = (...content: readonly UserBlock[]): Message => ({ role: 'user', content });
const model = (...content: readonly AssistantBlock[]): Message => ({ role: 'assistant', content });
const text = (value: string) => ({ type: 'text', text: value }) as const;
const call = (id: string) => ({ type: 'tool_use', id, name: 'bash', input: {} }) as const;
const result = (id: string, content = 'done') => ({ type: 'tool_result', tool_use_id: id, content }) as const;

const start = user(text('Go.'));

const paused = { type: 'server_tool_use', id: 'x', name: 'web_search', input: {} } as unknown as AssistantBlock;

const broken: readonly (readonly [string, readonly Message[], RegExp])[] = [
  ['nothing at all', [], /messages\.0 .*the first turn is the user's/],
  ['an assistant first', [model(text('Hello.'))], /messages\.0 .*the first turn is the user's/],
  ['two user turns in a row', [start, start], /messages\.1 .*the roles alternate/],
  ['an assistant last', [start, model(text('Done.'))], /messages\.1 .*the last turn is the user's/],
  ['an empty user turn', [user()], /messages\.0 .*the user turn is empty/],
  ['an empty assistant turn', [start, model(), start], /messages\.1 .*the assistant turn is empty/],
  ['a blank text', [start, model(text(' ')), start], /messages\.1 .*content\.0: a text block has text/],
  ['an empty result', [start, model(call('a')), user(result('a', ''))], /messages\.2 .*content\.0: a tool result has text/],
  ['a call without a result', [start, model(call('a'), call('b')), user(result('a'))], /messages\.2 .*the call b has a result/],
  ['a call answered by text', [start, model(call('a')), start], /messages\.2 .*the call a has a result/],
  ['a call at the end', [start, model(call('a'))], /messages\.1 .*the last turn is the user's/],
  ['a call at the end of a paused turn', [start, model(paused, call('a'))], /messages\.1 .*the last turn is the user's/],
  ['two results for a call', [start, model(call('a')), user(result('a'), result('a'))], /messages\.2 .*the result for a answers exactly one call/],
  ['a result without a call', [start, model(text('Done.')), user(result('a'))], /messages\.2 .*the result for a answers exactly one call/],
  ['a result two turns late', [start, model(call('a')), user(result('a')), model(text('Hm.')), user(result('a'))], /messages\.4 .*the result for a/],
  ['text after results', [start, model(call('a')), user(result('a'), text('Hurry.'))], /messages\.2 .*no free text/],
  ['text before results', [start, model(call('a')), user(text('Hurry.'), result('a'))], /messages\.2 .*no free text/],
  ['a call id used twice', [start, model(call('a')), user(result('a')), model(call('a')), user(result('a'))], /messages\.3 .*call id a is used once/],
];

describe('checkTranscript', () => {
  it('accepts a turn that asks to go on behind any user turn, and once', () => {
    checkTranscript([start, continueTurn()]);
    checkTranscript([start, model(call('a')), user(result('a')), continueTurn(), model(text('Done.')), user(text('Go on.'))]);
    assert.throws(() => checkTranscript([start, continueTurn(), continueTurn()]), /messages\.2 .*the roles alternate/);
  });
  it('accepts a plain conversation', () => {
    const thinking = { type: 'thinking', thinking: '', signature: 's' } as const;
    checkTranscript([start, model(thinking, text('Look.'), call('a'), call('b')), user(result('a'), result('b')), model(text('Done.')), user(text('Go on.'))]);
  });

  it('accepts a turn that the server paused at its own tool', () => {
    checkTranscript([start, model(paused)]);
  });

  for (const [name, messages, rule] of broken) {
    it(`refuses ${name}`, () => assert.throws(() => checkTranscript(messages), rule));
  }
});
