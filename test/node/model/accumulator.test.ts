import assert from 'node:assert/strict';
import { Accumulator, BadAnswer, IncompleteAnswer } from '../../../src/node/model/accumulator.ts';

const bound = { input: 500, output: 4_000 };

const begin = { type: 'message_start', message: { model: 'claude-opus-5-5', usage: { input_tokens: 10, output_tokens: 1 } } };
const start = (index: number, content_block: object): object => ({ type: 'content_block_start', index, content_block });
const delta = (index: number, one: object): object => ({ type: 'content_block_delta', index, delta: one });
const textDelta = (index: number, text: string): object => delta(index, { type: 'text_delta', text });
const jsonDelta = (index: number, partial_json: string): object => delta(index, { type: 'input_json_delta', partial_json });
const stop = (index: number): object => ({ type: 'content_block_stop', index });
const ending = (stop_reason: string | null, usage: object = { output_tokens: 20 }): readonly object[] => [
  { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage }, { type: 'message_stop' },
];
const textBlock = (index: number, text: string, first = ''): readonly object[] => [start(index, { type: 'text', text: first }), textDelta(index, text), stop(index)];
const toolStart = (index: number, id = 'toolu_1', name = 'bash'): object => start(index, { type: 'tool_use', id, name, input: {} });
const callBlock = (index: number, json: readonly string[], id?: string): readonly object[] => [
  toolStart(index, id), ...json.map((piece) => jsonDelta(index, piece)), stop(index),
];

function fed(...events: readonly (object | readonly object[])[]): { readonly accumulator: Accumulator; readonly shown: string } {
  let shown = '';
  const accumulator = new Accumulator(new Set(['toolu_old']), (text) => { shown += text; });
  for (const event of events.flat()) accumulator.take(event);
  return { accumulator, shown };
}

function answerTo(...events: readonly (object | readonly object[])[]): ReturnType<Accumulator['finish']> {
  return fed(begin, ...events).accumulator.finish();
}

describe('Accumulator: text', () => {
  it('joins deltas and shows them as they come', () => {
    const { accumulator, shown } = fed(begin, start(0, { type: 'text', text: '' }), textDelta(0, 'Hel'), textDelta(0, 'lo'), stop(0), ending('end_turn'));
    assert.deepEqual(accumulator.finish().content, [{ type: 'text', text: 'Hello' }]);
    assert.equal(shown, 'Hello');
  });

  it('does not repeat text that the start and a delta both carry', () => {
    const { accumulator, shown } = fed(begin, textBlock(0, 'Hello world', 'Hello'), ending('end_turn'));
    assert.deepEqual(accumulator.finish().content, [{ type: 'text', text: 'Hello world' }]);
    assert.equal(shown, 'Hello world');
  });

  it('keeps and shows text that only the start carries', () => {
    const { accumulator, shown } = fed(begin, start(0, { type: 'text', text: 'Hello' }), stop(0), ending('end_turn'));
    assert.deepEqual(accumulator.finish().content, [{ type: 'text', text: 'Hello' }]);
    assert.equal(shown, 'Hello');
  });

  it('loses nothing where the deltas go on after the text of the start', () => {
    assert.deepEqual(answerTo(textBlock(0, ' world', 'Hello'), ending('end_turn')).content, [{ type: 'text', text: 'Hello world' }]);
  });

  it('drops blank text, which could not be sent back', () => {
    assert.deepEqual(answerTo(textBlock(0, ' \n'), callBlock(1, ['{}']), ending('tool_use')).content.map((block) => block.type), ['tool_use']);
  });

  it('puts interleaved blocks in the order of their indexes', () => {
    const answer = answerTo(start(1, { type: 'text', text: '' }), start(0, { type: 'text', text: '' }), textDelta(1, 'two'), textDelta(0, 'one'), stop(1), stop(0), ending('end_turn'));
    assert.deepEqual(answer.content, [{ type: 'text', text: 'one' }, { type: 'text', text: 'two' }]);
  });

  it('heals a character whose halves came in two deltas', () => {
    const answer = answerTo(start(0, { type: 'text', text: '' }), textDelta(0, '\uD83D'), textDelta(0, '\uDE00'), stop(0), ending('end_turn'));
    assert.deepEqual(answer.content, [{ type: 'text', text: '\u{1F600}' }]);
  });
});

describe('Accumulator: signed and unknown blocks', () => {
  it('keeps thinking with its signature, also without text', () => {
    const thinking = [start(0, { type: 'thinking', thinking: '', signature: '' }), delta(0, { type: 'thinking_delta', thinking: 'Hm. ' }), delta(0, { type: 'signature_delta', signature: 'c2ln+/=' }), stop(0)];
    const empty = [start(1, { type: 'thinking', thinking: '', signature: '' }), delta(1, { type: 'signature_delta', signature: 'bm9uZQ==' }), stop(1)];
    assert.deepEqual(answerTo(thinking, empty, ending('end_turn')).content, [
      { type: 'thinking', thinking: 'Hm. ', signature: 'c2ln+/=' }, { type: 'thinking', thinking: '', signature: 'bm9uZQ==' },
    ]);
  });

  it('shows thinking, because newer models send their progress so', () => {
    const { shown } = fed(begin, start(0, { type: 'thinking', thinking: '', signature: '' }), delta(0, { type: 'thinking_delta', thinking: 'Reading.' }));
    assert.equal(shown, 'Reading.');
  });

  it('keeps redacted and unknown blocks as they came, and does not share them with the event', () => {
    const strange = { type: 'connector_text', text: 'x', signature: 's', more: { deep: [1] } };
    const answer = answerTo(start(0, { type: 'redacted_thinking', data: 'ZGF0YQ==' }), stop(0), start(1, strange), delta(1, { type: 'new_delta', x: 1 }), stop(1), ending('end_turn'));
    const wanted = [{ type: 'redacted_thinking', data: 'ZGF0YQ==' }, structuredClone(strange)];
    strange.more.deep.push(2);
    assert.deepEqual(answer.content, wanted);
  });

  it('ignores events and deltas that it does not know', () => {
    const answer = answerTo({ type: 'novelty', index: 3 }, Object('text') as object, start(0, { type: 'text', text: '' }), delta(0, { type: 'citations_delta' }), textDelta(0, 'Hi'), stop(0), ending('end_turn'));
    assert.deepEqual(answer.content, [{ type: 'text', text: 'Hi' }]);
  });
});

describe('Accumulator: calls', () => {
  const inputOf = (json: readonly string[]) => {
    const answer = answerTo(callBlock(0, json), ending('tool_use'));
    const [block] = answer.content;
    assert.ok(block?.type === 'tool_use');
    return { input: block.input, bad: answer.badCalls };
  };

  it('joins the pieces of the JSON once', () => {
    assert.deepEqual(inputOf(['', '{"com', 'mand":"ls', '"}']), { input: { command: 'ls' }, bad: [] });
  });

  it('takes no JSON for no fields', () => {
    assert.deepEqual(inputOf([]), { input: {}, bad: [] });
    assert.deepEqual(inputOf(['']), { input: {}, bad: [] });
  });

  it('takes the input of the start where no pieces follow', () => {
    const answer = answerTo(start(0, { type: 'tool_use', id: 'toolu_1', name: 'bash', input: { command: 'ls' } }), stop(0), ending('tool_use'));
    assert.deepEqual(answer.content, [{ type: 'tool_use', id: 'toolu_1', name: 'bash', input: { command: 'ls' } }]);
  });

  for (const raw of ['{"path":"src/a.ts"', '{"path":"src/a.ts","content":"x', '{"a":1} and more', "{'a':1}", '[1]', '"text"', 'null', '{"a":01}']) {
    it(`never guesses at ${raw}`, () => {
      assert.deepEqual(inputOf([raw]), { input: {}, bad: [{ id: 'toolu_1', raw }] });
    });
  }

  it('refuses an input that is nested deeper than any program can follow', () => {
    const { bad } = inputOf([`{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`]);
    assert.equal(bad.length, 1);
  });

  it('lets the last of two equal keys count, for everybody alike, since the object is frozen', () => {
    const { input } = inputOf(['{"path":"a","path":"b","list":[{"x":1}]}']);
    assert.deepEqual(input, { path: 'b', list: [{ x: 1 }] });
    assert.ok(Object.isFrozen(input) && Object.isFrozen(input['list']) && Object.isFrozen((input['list'] as readonly object[])[0]));
  });

  it('keeps a key __proto__ as an ordinary key', () => {
    const { input } = inputOf(['{"__proto__":{"allowed":true}}']);
    assert.equal(Object.getPrototypeOf(input), Object.prototype);
    assert.equal('allowed' in input, false);
    assert.equal(JSON.stringify(input), '{"__proto__":{"allowed":true}}');
  });

  it('makes strings fit to be sent back', () => {
    assert.deepEqual(inputOf([String.raw`{"content":"half \ud83d"}`]).input, { content: 'half \uFFFD' });
  });

  it('puts a long input together from many pieces', () => {
    const content = 'x'.repeat(400_000);
    const json = JSON.stringify({ content });
    const pieces = Array.from({ length: Math.ceil(json.length / 20) }, (_, index) => json.slice(index * 20, (index + 1) * 20));
    assert.deepEqual(inputOf(pieces).input, { content });
  });

  it('refuses an id that was used before, in this answer or an earlier one', () => {
    assert.throws(() => answerTo(callBlock(0, ['{}']), callBlock(1, ['{}']), ending('tool_use')), BadAnswer);
    assert.throws(() => answerTo(callBlock(0, ['{}'], 'toolu_old'), ending('tool_use')), BadAnswer);
    assert.throws(() => answerTo(callBlock(0, ['{}'], ''), ending('tool_use')), BadAnswer);
  });

  it('refuses a name that could not be sent back', () => {
    assert.throws(() => answerTo(toolStart(0, 'toolu_1', 'rm -rf'), stop(0), ending('tool_use')), BadAnswer);
  });
});

describe('Accumulator: broken streams', () => {
  it('has no answer without message_stop', () => {
    assert.throws(() => answerTo(textBlock(0, 'Done.'), ending('end_turn').slice(0, 1)), IncompleteAnswer);
  });

  const broken: readonly (readonly [string, readonly object[]])[] = [
    ['a gap in the indexes', [...textBlock(0, 'a'), ...textBlock(2, 'b'), ...ending('end_turn')]],
    ['a block without an end', [start(0, { type: 'text', text: '' }), textDelta(0, 'a'), ...ending('end_turn')]],
    ['a delta without a block', [textDelta(0, 'a'), ...ending('end_turn')]],
    ['a delta after the end of its block', [...textBlock(0, 'a'), textDelta(0, 'b'), ...ending('end_turn')]],
    ['two blocks with one index', [...textBlock(0, 'a'), ...textBlock(0, 'b'), ...ending('end_turn')]],
    ['a block without an index', [{ type: 'content_block_start', content_block: { type: 'text', text: '' } }, ...ending('end_turn')]],
  ];
  for (const [name, events] of broken) it(`refuses ${name}`, () => assert.throws(() => answerTo(events), BadAnswer));

  it('refuses an answer without end', () => {
    const { accumulator } = fed(begin, start(0, { type: 'text', text: '' }));
    const piece = 'x'.repeat(1024 * 1024);
    assert.throws(() => { for (let count = 0; count < 9; count += 1) accumulator.take(textDelta(0, piece)); }, BadAnswer);
  });
});

describe('Accumulator: how it stopped', () => {
  for (const reason of ['end_turn', 'tool_use', 'max_tokens', 'stop_sequence', 'pause_turn', 'model_context_window_exceeded']) {
    it(`passes on ${reason}`, () => assert.equal(answerTo(textBlock(0, 'a'), ending(reason)).stop, reason));
  }

  it('says why the model refused', () => {
    const refusal = { type: 'message_delta', delta: { stop_reason: 'refusal', stop_details: { type: 'refusal', category: 'cyber', explanation: 'Not this.' } } };
    const { stop: reason, stopDetail } = answerTo(refusal, { type: 'message_stop' });
    assert.deepEqual([reason, stopDetail], ['refusal', 'cyber: Not this.']);
  });

  it('takes a reason that it does not know, or none, for unknown', () => {
    const [strange, none] = [answerTo(ending('compaction')), answerTo(ending(null))];
    assert.deepEqual([strange.stop, strange.stopDetail], ['unknown', 'compaction']);
    assert.equal(none.stop, 'unknown');
  });
});

describe('Accumulator: usage', () => {
  const usageOf = (...events: readonly (object | readonly object[])[]) => fed(...events).accumulator.usage(bound);
  const from = (usage: unknown): object => ({ type: 'message_start', message: { model: 'm', usage } });

  it('reads the input from the start and the final output from the end', () => {
    const input = { input_tokens: 10, cache_read_input_tokens: 900, cache_creation_input_tokens: 100, cache_creation: { ephemeral_5m_input_tokens: 60, ephemeral_1h_input_tokens: 40 }, output_tokens: 1 };
    assert.deepEqual(usageOf(from(input), ending('end_turn', { output_tokens: 77 })), { input: 10, output: 77, cacheRead: 900, cacheWrite: 100, cacheWriteHour: 40 });
  });

  it('lets later figures replace earlier ones, because they are cumulative, and skips null', () => {
    const end = ending('end_turn', { input_tokens: 12, cache_read_input_tokens: null, output_tokens: 7 });
    assert.deepEqual(usageOf(from({ input_tokens: 10, cache_read_input_tokens: 5, output_tokens: 1 }), end), { input: 12, output: 7, cacheRead: 5, cacheWrite: 0 });
  });

  it('adds up the rounds of the server where there are several', () => {
    const iterations = [{ input_tokens: 100, output_tokens: 5, cache_read_input_tokens: 3 }, { input_tokens: 20, output_tokens: 7 }];
    assert.deepEqual(usageOf(from({ input_tokens: 20, output_tokens: 1 }), ending('end_turn', { output_tokens: 7, iterations })), { input: 120, output: 12, cacheRead: 3, cacheWrite: 0 });
  });

  it('charges the upper bound where the server says nothing, and says so', () => {
    const worst = { input: 0, output: 4_000, cacheRead: 0, cacheWrite: 500, cacheWriteHour: 500, estimated: true };
    assert.deepEqual(usageOf(from(undefined), ending('end_turn', {})), worst);
    assert.deepEqual(usageOf(from({ input_tokens: -1, output_tokens: 'many' }), ending('end_turn', { output_tokens: 2.5 })), worst);
  });

  it('charges the longest answer for one that broke off', () => {
    assert.deepEqual(usageOf(begin, start(0, { type: 'text', text: '' })), { input: 10, output: 4_000, cacheRead: 0, cacheWrite: 0, estimated: true });
  });
});
